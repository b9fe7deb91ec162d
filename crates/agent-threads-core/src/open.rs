//! What a vendor sends and this version does not know.

use serde::{Deserializer, Serialize, de::Visitor};
use serde_json::Value;
use std::{fmt, marker::PhantomData};

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
pub fn deserialize_open_string<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: for<'s> From<&'s str>,
    D: Deserializer<'de>,
{
    struct Text<T>(PhantomData<fn() -> T>);
    impl<T: for<'s> From<&'s str>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }

        fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<T, E> {
            std::str::from_utf8(bytes)
                .map(T::from)
                .map_err(|_| E::custom("a string that is not UTF-8"))
        }
    }
    deserializer.deserialize_str(Text(PhantomData))
}
