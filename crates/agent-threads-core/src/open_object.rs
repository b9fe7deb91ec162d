//! Objects that a caller sends back as they came: what this version does not know is kept, and written again.

use crate::integer::{Integers, Read};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::{Map, Value};
use std::{borrow::Cow, fmt, marker::PhantomData, ops::Deref};

/// A generated struct that keeps what it does not know.
pub trait OpenObject: Sized {
    /// Its name, for errors.
    const NAME: &'static str;

    /// Reads all its fields.
    fn read<'de, A: MapAccess<'de>>(object: Fields<A>) -> Result<Self, A::Error>;
}

/// Reads such a struct.
pub fn deserialize_open_object<'de, T: OpenObject, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Object { tag: None, object: PhantomData })
}

/// Reads such a struct that was chosen by how its tag begins, and keeps the tag. Another one in it is passed over.
pub fn deserialize_prefixed<'de, T: OpenObject, D: Deserializer<'de>>(
    tag: &str,
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Object { tag: Some(tag.to_owned()), object: PhantomData })
}

struct Object<T> {
    tag: Option<String>,
    object: PhantomData<fn() -> T>,
}

impl<'de, T: OpenObject> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(Fields { map, tag: self.tag, extra: Map::new() })
    }
}

/// The fields of an object, while they are read. Of a name that comes twice the last counts, and of tags the first.
pub struct Fields<A> {
    map: A,
    tag: Option<String>,
    extra: Map<String, Value>,
}

impl<'de, A: MapAccess<'de>> Fields<A> {
    /// The next name. One of the other methods must follow.
    pub fn next_name(&mut self) -> Result<Option<Name<'de>>, A::Error> {
        self.map.next_key()
    }

    /// The value of a field.
    pub fn value<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.map.next_value().map(Some)
    }

    /// The value of a field that may be null. Null is kept beside the fields, to be told from a field that is not there.
    pub fn nullable<T: Deserialize<'de>>(&mut self, name: &str) -> Result<Option<T>, A::Error> {
        let value = self.map.next_value()?;
        Ok(self.noted(name, value))
    }

    /// The value of a field of integers, as [`Integers`] reads them.
    pub fn integers<T: Integers>(&mut self) -> Result<Option<T>, A::Error> {
        self.map.next_value().map(|Read(value)| Some(value))
    }

    /// The value of a field of integers that may be null.
    pub fn nullable_integers<T: Integers>(&mut self, name: &str) -> Result<Option<T>, A::Error> {
        let Read(value) = self.map.next_value()?;
        Ok(self.noted(name, value))
    }

    fn noted<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        match value {
            Some(_) => self.extra.remove(name),
            None => self.extra.insert(name.to_owned(), Value::Null),
        };
        value
    }

    /// Keeps what is no field.
    pub fn keep(&mut self, name: Name<'de>) -> Result<(), A::Error> {
        let value = self.map.next_value()?;
        self.extra.insert(name.0.into_owned(), value);
        Ok(())
    }

    /// The tag, which may be known already.
    pub fn tag(&mut self) -> Result<(), A::Error> {
        match self.tag {
            None => self.map.next_value().map(|tag| self.tag = Some(tag)),
            Some(_) => self.pass_over(),
        }
    }

    /// The tag that was read; empty where there was none.
    pub fn take_tag(&mut self) -> String {
        self.tag.take().unwrap_or_default()
    }

    /// Passes over a value.
    pub fn pass_over(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// A field that must be there.
    pub fn required<T>(&self, name: &'static str, value: Option<T>) -> Result<T, A::Error> {
        value.ok_or_else(|| A::Error::missing_field(name))
    }

    /// What was kept.
    pub fn extra(self) -> Map<String, Value> {
        self.extra
    }
}

/// The name of a field, borrowed where the format can lend it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Name<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

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

#[cfg(test)]
mod tests;
