//! JSON written in another way that says the same.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::{collections::HashSet, fmt, fmt::Write as _};

/// What says which member of a union an object is.
const TAG: &str = "type";

/// The value of a text, where all readers must agree on it: no object has a name twice, and no number is
/// beyond what a double says exactly.
pub(crate) fn unambiguous(text: &str) -> Option<Value> {
    let Unique = serde_json::from_str(text).ok()?;
    let value: Value = serde_json::from_str(text).ok()?;
    (serde_json::from_str::<Value>(&value.to_string()).ok()? == value).then_some(value)
}

/// The value of a text, as one sees it who goes by the first tag of an object and passes over another: of other names the
/// last counts.
pub(crate) fn with_first_tag(text: &str) -> serde_json::Result<Value> {
    let value: Value = serde_json::from_str(text)?;
    match value {
        Value::Object(_) => serde_json::from_str(text).map(|FirstTag(fields)| fields.into()),
        other => Ok(other),
    }
}

/// The same value with all names in reverse order and blanks between all tokens.
pub(crate) fn rewritten(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, into: &mut String) {
    match value {
        Value::Array(items) => {
            into.push_str("[\n");
            for (at, item) in items.iter().enumerate() {
                into.push_str(if at == 0 { " " } else { "\t, " });
                write(item, into);
            }
            into.push_str(" ]");
        }
        Value::Object(fields) => {
            into.push_str("\n{ ");
            for (at, (name, field)) in fields.iter().rev().enumerate() {
                into.push_str(if at == 0 { " " } else { " ,\n" });
                escaped(name, into);
                into.push_str("\t: ");
                write(field, into);
            }
            into.push('}');
        }
        Value::String(text) => escaped(text, into),
        scalar => into.push_str(&scalar.to_string()),
    }
}

/// Each unit of UTF-16 as an escape.
fn escaped(text: &str, into: &mut String) {
    into.push('"');
    for unit in text.encode_utf16() {
        let _ = write!(into, "\\u{unit:04x}");
    }
    into.push('"');
}

/// The first tag of an object, if it is a string. What stands beside it has only to look like JSON: a number may be beyond
/// all that can be kept.
pub(crate) fn first_tag(text: &str) -> Option<String> {
    let TagAlone(tag) = serde_json::from_str(text).ok()?;
    tag?.as_str().map(str::to_owned)
}

/// The first tag of an object.
struct TagAlone(Option<Value>);

impl<'de> Deserialize<'de> for TagAlone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TagAloneOf)
    }
}

struct TagAloneOf;

impl<'de> Visitor<'de> for TagAloneOf {
    type Value = TagAlone;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<TagAlone, A::Error> {
        let mut first = None;
        while let Some(name) = entries.next_key::<String>()? {
            match name == TAG && first.is_none() {
                true => first = Some(entries.next_value()?),
                false => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(TagAlone(first))
    }
}

/// An object of whose tags the first counts.
struct FirstTag(Map<String, Value>);

impl<'de> Deserialize<'de> for FirstTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FirstTagOf)
    }
}

struct FirstTagOf;

impl<'de> Visitor<'de> for FirstTagOf {
    type Value = FirstTag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<FirstTag, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = entries.next_entry::<String, Value>()? {
            if name != TAG || !fields.contains_key(TAG) {
                fields.insert(name, value);
            }
        }
        Ok(FirstTag(fields))
    }
}

/// A value that has no name twice in an object.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while let Some(Self) = items.next_element()? {}
        Ok(Self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self, A::Error> {
        let mut names = HashSet::new();
        while let Some((name, Self)) = fields.next_entry::<String, Self>()? {
            if !names.insert(name) {
                return Err(serde::de::Error::custom("a name twice"));
            }
        }
        Ok(Self)
    }
}
