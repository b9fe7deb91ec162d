//! Unions whose member is chosen by a tag.

mod ahead;
mod tag;

use crate::{
    decode::{self, Mismatch},
    open::Unknown,
};
use serde::{
    Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};
use std::{fmt, marker::PhantomData};
pub(crate) use tag::first_tag;
use tag::{Name, Tag};

/// A generated union.
pub trait Tagged: Sized {
    /// Name of the property that says which member it is.
    const TAG: &'static str;

    /// What reads the member that a tag chooses. `None` for a tag that this version does not know.
    fn reader<'de, D: Deserializer<'de>>(kind: &str) -> Option<ReadMember<'de, Self, D>>;

    /// Keeps what this version does not know.
    fn unknown(value: Unknown) -> Self;
}

/// Reads a member of a union, which was chosen by the first argument, from an object that may or may not have the tag.
pub type ReadMember<'de, T, D> = fn(&str, D) -> Result<T, <D as Deserializer<'de>>::Error>;

/// Reads a union. An unknown tag, none at all, or no object is kept as [`Unknown`]; a known member that cannot be
/// read is an error. Of several tags the first counts.
///
/// Where the tag comes first, which is how servers write it, the member is read straight from the text. Otherwise
/// the object is buffered first.
pub fn deserialize_tagged<'de, T: Tagged, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(Members { ahead: None, union: PhantomData })
}

/// As [`deserialize_tagged`], of a whole text, in which a late tag is looked for, so that nothing is buffered.
pub(crate) fn from_text<T: Tagged>(text: &str) -> Result<T, Mismatch> {
    chosen(ahead::late_tag(text, T::TAG), text)
}

/// Reads a union of which may be known which member it is.
fn chosen<T: Tagged>(ahead: Option<&str>, text: &str) -> Result<T, Mismatch> {
    decode::text_by(text, |reader| reader.deserialize_any(Members { ahead, union: PhantomData }))
}

struct Members<'k, T> {
    /// The tag, if it has been looked for and found.
    ahead: Option<&'k str>,
    union: PhantomData<fn() -> T>,
}

impl<'de, T: Tagged> Visitor<'de> for Members<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a `{}`", T::TAG)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        if let Some(kind) = self.ahead
            && let Some(read) = T::reader(kind)
        {
            return read(kind, MapAccessDeserializer::new(map));
        }
        let mut seen = Map::new();
        while let Some(Name(name)) = map.next_key()? {
            if name != T::TAG {
                seen.insert(name.into_owned(), map.next_value()?);
                continue;
            }
            let tag = match map.next_value()? {
                Tag::Text(kind) => match T::reader(&kind) {
                    Some(read) if seen.is_empty() => {
                        return read(&kind, MapAccessDeserializer::new(map));
                    }
                    Some(_) => return buffered(&kind, rest::<T, A>(seen, map)?),
                    None => kind.into(),
                },
                Tag::Other(value) => value,
            };
            seen.insert(T::TAG.to_owned(), tag);
            return Ok(kept(Value::Object(rest::<T, A>(seen, map)?)));
        }
        Ok(kept(Value::Object(seen)))
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

/// All of an object whose tag has been read. Another tag is passed over: what is read as one thing must not say that it is
/// another.
fn rest<'de, T: Tagged, A: MapAccess<'de>>(
    mut seen: Map<String, Value>,
    mut map: A,
) -> Result<Map<String, Value>, A::Error> {
    while let Some((key, value)) = map.next_entry::<String, _>()? {
        if key != T::TAG {
            seen.insert(key, value);
        }
    }
    Ok(seen)
}

/// Reads a member whose tag did not come first: as text again, so that only one reader has code for each type. The path
/// inside it goes into the message, as the reader around it cannot know it.
fn buffered<T: Tagged, E: serde::de::Error>(
    kind: &str,
    object: Map<String, Value>,
) -> Result<T, E> {
    chosen(Some(kind), &Value::Object(object).to_string()).map_err(
        |Mismatch { message, .. }| {
            E::custom(format_args!("in `{kind}`: {}", decode::without_position(&message)))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Note {
        text: String,
        #[serde(default)]
        inner: Vec<Part>,
    }

    #[derive(Debug, PartialEq)]
    enum Part {
        Note(Note),
        Unknown(Unknown),
    }

    impl Tagged for Part {
        const TAG: &'static str = "type";

        fn reader<'de, D: Deserializer<'de>>(kind: &str) -> Option<ReadMember<'de, Self, D>> {
            (kind == "note").then_some(|_, object| Note::deserialize(object).map(Self::Note))
        }

        fn unknown(value: Unknown) -> Self {
            Self::Unknown(value)
        }
    }

    impl<'de> Deserialize<'de> for Part {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserialize_tagged(deserializer)
        }
    }

    fn parts(text: &str) -> Result<Vec<Part>, String> {
        crate::decode::json(text.as_bytes()).map_err(|mismatch| mismatch.message)
    }

    #[test]
    fn the_place_of_the_tag_does_not_matter() {
        let note = |text: &str| Part::Note(Note { text: text.into(), inner: Vec::new() });
        let read = parts(
            r#"[{"type":"note","text":"a"},{"text":"b","type":"note","more":1},{"type":"n\u006fte","text":"c"}]"#,
        );
        assert_eq!(read.unwrap(), [note("a"), note("b"), note("c")]);
    }

    #[test]
    fn what_is_not_known_is_kept_whole() {
        let all = json!([
            {"type": "dance", "steps": [1, 2]}, {"steps": 3, "type": "dance"}, {"steps": 4}, {},
            {"type": null}, {"type": 5, "a": 1}, {"type": {"a": 1}}, {"type": ["note"]},
            null, true, -1, 18446744073709551615u64, 1.5, "note", [["note"]],
        ]);
        let read = parts(&all.to_string()).unwrap();
        for (part, value) in read.iter().zip(all.as_array().unwrap()) {
            let Part::Unknown(unknown) = part else { panic!("{part:?}") };
            assert_eq!(unknown.json(), value);
            assert_eq!(unknown.kind(), value["type"].as_str().unwrap_or_default());
            assert_eq!(&serde_json::to_value(unknown).unwrap(), value);
        }
        assert_eq!(read.len(), 15);
    }

    #[test]
    fn a_number_is_kept_to_its_last_bit() {
        for text in
            ["1.8446027447370954e25", "0.30000000000000004", "51.24817837550540", "-7.2e-300"]
        {
            let read = parts(&format!(r#"[{{"type":"dance","n":{text}}}]"#)).unwrap();
            let Part::Unknown(unknown) = &read[0] else { panic!("{read:?}") };
            // The standard library reads decimals exactly.
            assert_eq!(unknown.json()["n"].as_f64(), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn of_several_tags_the_first_counts() {
        let read = parts(
            r#"[{"type":"note","text":"a","type":"dance"},{"text":"b","type":"note","type":5},
                {"type":"dance","text":"c","type":"note"},{"text":"d","type":5,"type":"note"}]"#,
        );
        let read = read.unwrap();
        let note = |text: &str| Part::Note(Note { text: text.into(), inner: Vec::new() });
        assert_eq!(read[..2], [note("a"), note("b")]);
        let kept = [json!({"type": "dance", "text": "c"}), json!({"type": 5, "text": "d"})];
        for (part, (kind, value)) in read[2..].iter().zip(["dance", ""].iter().zip(kept)) {
            let Part::Unknown(unknown) = part else { panic!("{part:?}") };
            assert_eq!((unknown.kind(), unknown.json()), (*kind, &value));
        }
    }

    #[test]
    fn a_known_member_that_cannot_be_read_is_an_error_with_its_path() {
        let first = parts(r#"[{"type":"note","text":"a","inner":[{"type":"note","text":7}]}]"#)
            .unwrap_err();
        assert!(
            first.starts_with("at `[0].inner[0].text`: invalid type: integer, expected a string"),
            "{first}"
        );
        let late = parts(r#"[{"text":"a","inner":[{"type":"note"}],"type":"note"}]"#).unwrap_err();
        assert!(
            late.starts_with("at `[0]`: in `note`: at `inner[0]`: missing field `text`"),
            "{late}"
        );
    }
}
