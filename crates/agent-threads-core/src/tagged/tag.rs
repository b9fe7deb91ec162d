//! Tags, and the names of the fields that hold them.

use crate::decode;
use serde::{
    Deserialize, Deserializer,
    de::{
        IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// The name of a field, borrowed where the format can lend it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Name<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A tag: a string, or whatever else stands there.
pub(crate) enum Tag<'a> {
    Text(Cow<'a, str>),
    Other(Value),
}

impl<'de> Deserialize<'de> for Tag<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyTag)
    }
}

struct AnyTag;

impl<'de> Visitor<'de> for AnyTag {
    type Value = Tag<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tag")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Tag<'de>, E> {
        Ok(Tag::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tag<'de>, E> {
        Ok(Tag::Text(text.to_owned().into()))
    }

    fn visit_unit<E>(self) -> Result<Tag<'de>, E> {
        Ok(Tag::Other(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tag<'de>, E> {
        Ok(Tag::Other(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tag<'de>, E> {
        Ok(Tag::Other(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tag<'de>, E> {
        Ok(Tag::Other(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tag<'de>, E> {
        Ok(Tag::Other(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Tag<'de>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Tag::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Tag<'de>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(fields)).map(Tag::Other)
    }
}

impl From<Tag<'_>> for Value {
    fn from(tag: Tag<'_>) -> Self {
        match tag {
            Tag::Text(text) => text.into(),
            Tag::Other(value) => value,
        }
    }
}

/// The first value of this name in an object. `None` of what is no JSON.
pub(crate) fn first<'t>(text: &'t str, name: &str) -> Option<Tag<'t>> {
    decode::text_by(text, |reader| reader.deserialize_map(FirstOf(name))).ok()?
}

/// As [`first`], if it is a string.
pub(crate) fn first_tag<'t>(text: &'t str, name: &str) -> Option<Cow<'t, str>> {
    match first(text, name)? {
        Tag::Text(text) => Some(text),
        Tag::Other(_) => None,
    }
}

struct FirstOf<'n>(&'n str);

impl<'de> Visitor<'de> for FirstOf<'_> {
    type Value = Option<Tag<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        while let Some(Name(name)) = fields.next_key()? {
            if first.is_none() && name == self.0 {
                first = Some(fields.next_value()?);
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_the_first_counts_if_it_is_a_string() {
        for (text, tag) in [
            (r#"{"type":"a","type":"b"}"#, Some("a")),
            (r#"{"n":{"type":"c"},"t\u0079pe":"\u0061","type":5}"#, Some("a")),
            (r#"{"type":5,"type":"a"}"#, None),
            (r#"{"n":{"type":"a"}}"#, None),
            (r#"["type","a"]"#, None),
            (r#""type""#, None),
            (r#"{"type":"a""#, None),
            (r#"{"type":"a"} {}"#, None),
        ] {
            assert_eq!(first_tag(text, "type").as_deref(), tag, "{text}");
        }
    }
}
