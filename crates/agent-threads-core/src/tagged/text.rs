//! Texts of which it is looked up first what they are.

use super::{Tag, Tagged, ahead, chosen, kept, tag::Name};
use crate::decode::{self, Mismatch};
use serde::{
    Deserialize as _, Deserializer as _,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Deserializer, Value};
use std::{borrow::Cow, fmt};

/// As [`deserialize_tagged`](super::deserialize_tagged), of a whole text, in which a tag is looked for first, so that
/// nothing is buffered wherever it stands.
#[inline]
pub(crate) fn from_text<T: Tagged>(text: &str) -> Result<T, Mismatch> {
    let Some((kind, read)) =
        ahead::plain_tag(text, T::TAG).and_then(|kind| Some((kind, T::reader(kind)?)))
    else {
        return buffered(text);
    };
    let mut reader = Deserializer::from_str(text);
    let read = read(kind, &mut reader);
    decode::at_end(text, &mut reader, read)
}

/// As [`from_text`], where the tag is not known or not written plainly.
#[cold]
fn buffered<T: Tagged>(text: &str) -> Result<T, Mismatch> {
    match decode::text_by(text, |reader| Value::deserialize(reader))? {
        Value::Object(mut fields) => {
            fields.remove(T::TAG);
            chosen(first(text, T::TAG), fields)
                .map_err(|message| Mismatch { message, truncated: false })
        }
        other => Ok(kept(other)),
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
