//! Unions whose member is chosen by a tag.

use crate::{decode, open::Unknown};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};
use std::{fmt, marker::PhantomData};

/// A generated union.
pub trait Tagged: Sized {
    /// Name of the property that says which member it is.
    const TAG: &'static str;

    /// The tags this version knows.
    const KINDS: &'static [&'static str];

    /// How tags begin of which this version knows no more than that.
    const PREFIXES: &'static [&'static str] = &[];

    /// Reads the member `kind`, a known one, from an object that may lack the tag.
    fn known<'de, D: Deserializer<'de>>(kind: &str, object: D) -> Result<Self, D::Error>;

    /// Keeps what this version does not know.
    fn unknown(value: Unknown) -> Self;
}

/// Reads a union. An unknown tag, none at all, or no object is kept as [`Unknown`]; a known member that cannot be
/// read is an error. Of several tags the first counts.
///
/// Where the tag comes first, which is how servers write it, the member is read straight from the text. Otherwise
/// the object is buffered first.
pub fn deserialize_tagged<'de, T: Tagged, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(Members(PhantomData))
}

fn is_known<T: Tagged>(kind: &str) -> bool {
    T::KINDS.contains(&kind) || T::PREFIXES.iter().any(|prefix| kind.starts_with(prefix))
}

struct Members<T>(PhantomData<fn() -> T>);

impl<'de, T: Tagged> Visitor<'de> for Members<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a `{}`", T::TAG)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut seen = Map::new();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if key.0 != T::TAG {
                seen.insert(key.0.into_owned(), map.next_value()?);
                continue;
            }
            let tag = match map.next_value()? {
                Tag::Text(Text(kind)) if is_known::<T>(&kind) => {
                    return match seen.is_empty() {
                        true => T::known(&kind, MapAccessDeserializer::new(map)),
                        false => buffered(&kind, rest::<T, A>(seen, map)?),
                    };
                }
                Tag::Text(Text(kind)) => kind.into(),
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
    let text = Value::Object(object).to_string();
    decode::json_as(Member(kind, PhantomData), text.as_bytes()).map_err(|mismatch| {
        E::custom(format_args!("in `{kind}`: {}", decode::without_position(&mismatch.message)))
    })
}

/// A member that is known before its object is read.
struct Member<'k, T>(&'k str, PhantomData<fn() -> T>);

impl<'de, T: Tagged> DeserializeSeed<'de> for Member<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, object: D) -> Result<T, D::Error> {
        object.deserialize_map(self)
    }
}

impl<'de, T: Tagged> Visitor<'de> for Member<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::known(self.0, MapAccessDeserializer::new(map))
    }
}

/// A string, borrowed where the format can lend it.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

/// A tag: a string, or whatever else stands there.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tag<'a> {
    #[serde(borrow)]
    Text(Text<'a>),
    Other(Value),
}

#[cfg(test)]
mod tests {
    use super::*;
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
        const KINDS: &'static [&'static str] = &["note"];

        fn known<'de, D: Deserializer<'de>>(_: &str, object: D) -> Result<Self, D::Error> {
            Note::deserialize(object).map(Self::Note)
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
