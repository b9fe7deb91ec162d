//! How a struct is written that keeps what this version does not know.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

/// Writes such a struct: its fields, then what it kept.
pub struct OpenObjectWriter<'e, M> {
    map: M,
    extra: &'e Map<String, Value>,
}

impl<'e, M: SerializeMap> OpenObjectWriter<'e, M> {
    /// Begins to write.
    pub fn new<S: Serializer<SerializeMap = M, Ok = M::Ok, Error = M::Error>>(
        serializer: S,
        extra: &'e Map<String, Value>,
    ) -> Result<Self, M::Error> {
        Ok(Self { map: serializer.serialize_map(None)?, extra })
    }

    /// Writes a field that is always there.
    pub fn field(&mut self, name: &str, value: &impl Serialize) -> Result<(), M::Error> {
        self.map.serialize_entry(name, value)
    }

    /// Writes a field if it is there. One that came as null and has not been set since is null again.
    pub fn optional(&mut self, name: &str, value: Option<&impl Serialize>) -> Result<(), M::Error> {
        match value {
            Some(value) => self.map.serialize_entry(name, value),
            None if self.extra.get(name) == Some(&Value::Null) => {
                self.map.serialize_entry(name, &Value::Null)
            }
            None => Ok(()),
        }
    }

    /// Writes what was kept, but for what has the name of a field.
    pub fn end(mut self, fields: &[&str]) -> Result<M::Ok, M::Error> {
        for (name, value) in self.extra {
            if !fields.contains(&name.as_str()) {
                self.map.serialize_entry(name, value)?;
            }
        }
        self.map.end()
    }
}
