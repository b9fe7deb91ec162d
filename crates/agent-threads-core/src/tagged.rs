//! Unions whose member is chosen by a tag.

#[cfg(feature = "stream")]
mod ahead;
mod tag;
#[cfg(feature = "stream")]
mod text;

use crate::{
    decode::{self, Mismatch},
    open::Unknown,
};
use serde::de::{
    Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer,
};
use serde_json::{Deserializer, Map, Value};
use std::{fmt, marker::PhantomData};
use tag::{Name, Tag};
#[cfg(feature = "stream")]
pub(crate) use text::{first, first_tag, from_text};

/// A generated union.
pub trait Tagged: Sized {
    /// Name of the property that says which member it is.
    const TAG: &'static str;

    /// What reads the member that a tag chooses. `None` for a tag that this version does not know.
    fn reader<'de, D: serde::Deserializer<'de>>(kind: &str) -> Option<ReadMember<'de, Self, D>>;

    /// Keeps what this version does not know.
    fn unknown(value: Unknown) -> Self;
}

/// Reads a member of a union, which was chosen by the first argument, from an object that may or may not have the tag.
pub type ReadMember<'de, T, D> = fn(&str, D) -> Result<T, <D as serde::Deserializer<'de>>::Error>;

/// Reads a union. An unknown tag, none at all, or no object is kept as [`Unknown`]; a known member that cannot be
/// read is an error. Of several tags the first counts.
///
/// Where the tag comes first, which is how servers write it, the member is read straight from the text. Otherwise
/// the object is buffered first.
pub fn deserialize_tagged<'de, T: Tagged, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(Members(PhantomData))
}

struct Members<T>(PhantomData<fn() -> T>);

impl<'de, T: Tagged> Visitor<'de> for Members<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a `{}`", T::TAG)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let (mut tag, mut fields) = (None, Map::new());
        while let Some(Name(name)) = map.next_key()? {
            if name != T::TAG {
                fields.insert(name.into_owned(), map.next_value()?);
            } else if tag.is_some() {
                map.next_value::<IgnoredAny>()?;
            } else {
                let first = map.next_value()?;
                if let Tag::Text(kind) = &first
                    && fields.is_empty()
                    && let Some(read) = T::reader(kind)
                {
                    return read(kind, MapAccessDeserializer::new(map));
                }
                tag = Some(first);
            }
        }
        chosen(tag, fields).map_err(A::Error::custom)
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(kept(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(kept(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<T, E> {
        Ok(kept(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<T, E> {
        Ok(kept(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<T, E> {
        Ok(kept(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<T, E> {
        Ok(kept(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(kept(Value::Array(all)))
    }
}

fn kept<T: Tagged>(value: Value) -> T {
    T::unknown(Unknown::new(T::TAG, value))
}

/// What an object is whose fields, but for its tag, have been buffered. A member is read as text again, so that only one
/// reader has code for each type. The path inside it goes into the message, as the reader around it cannot know it.
fn chosen<T: Tagged>(tag: Option<Tag<'_>>, mut fields: Map<String, Value>) -> Result<T, String> {
    if let Some(Tag::Text(kind)) = &tag
        && let Some(read) = T::reader(kind)
    {
        let text = Value::Object(fields).to_string();
        let mut reader = Deserializer::from_str(&text);
        let read = read(kind, &mut reader);
        return decode::at_end(&text, &mut reader, read).map_err(|Mismatch { message, .. }| {
            format!("in `{kind}`: {}", decode::without_position(&message))
        });
    }
    if let Some(tag) = tag {
        fields.insert(T::TAG.to_owned(), tag.into());
    }
    Ok(kept(Value::Object(fields)))
}

#[cfg(test)]
mod tests;
