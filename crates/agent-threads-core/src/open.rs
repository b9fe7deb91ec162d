//! What a vendor sends and this version does not know.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Visitor},
};
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// A member of a union whose kind this version does not know, kept as it came.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Unknown {
    value: Value,
    #[serde(skip)]
    kind: Box<str>,
}

impl Unknown {
    pub(crate) fn new(tag: &str, value: Value) -> Self {
        let kind = value.get(tag).and_then(Value::as_str).unwrap_or_default();
        Self { kind: kind.into(), value }
    }

    #[cfg(feature = "stream")]
    pub(crate) fn named(kind: &str, value: Value) -> Self {
        Self { kind: kind.into(), value }
    }

    /// What the value says it is, or the event that brought it; empty where nothing says so.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The whole value. What came as an event whose data are not JSON is a text.
    pub fn json(&self) -> &Value {
        &self.value
    }
}

/// A string that this version does not know, where a vendor names a choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// The string as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes what callers cannot: an unknown value made by hand could equal a known one in all but type.
pub fn unknown_value(text: &str) -> UnknownValue {
    UnknownValue(text.into())
}

/// Reads a string without copying it where the format allows, and turns it into `T`.
#[inline(never)]
pub fn deserialize_open_string<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: for<'s> From<&'s str>,
    D: Deserializer<'de>,
{
    OpenString::deserialize(deserializer).map(OpenString::known)
}

/// A string where a vendor names a choice: read by one reader for all choices, of which a vendor has dozens.
#[derive(Debug)]
pub struct OpenString<'a>(Cow<'a, str>);

impl OpenString<'_> {
    /// The choice that it names.
    pub fn known<T: for<'s> From<&'s str>>(self) -> T {
        T::from(&self.0)
    }
}

impl<'de> Deserialize<'de> for OpenString<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text).map(Self)
    }
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.to_owned().into())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::custom("a string that is not UTF-8")),
        }
    }
}
