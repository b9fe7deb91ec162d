//! Integers of servers that write all numbers alike: `42.0` is read as `42`.

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Unexpected, Visitor},
};
use std::{collections::BTreeMap, fmt, marker::PhantomData};

/// The types of generated fields that are integers or hold some.
pub trait Integers: Sized {
    /// Reads a value.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

macro_rules! integer {
    ($type:ident) => {
        impl Integers for $type {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_i64(Integer::<$type>(stringify!($type), PhantomData))
            }
        }
    };
}

integer!(i32);
integer!(i64);

impl<T: Integers> Integers for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read: Option<Whole<T>> = Deserialize::deserialize(deserializer)?;
        Ok(read.map(|Whole(value)| value))
    }
}

impl<T: Integers> Integers for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }
}

impl<T: Integers> Integers for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Map(PhantomData))
    }
}

/// Beyond this a double does not tell which integer was meant.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An integer, with the name of the type that it is read for.
struct Integer<T>(&'static str, PhantomData<fn() -> T>);

impl<T: TryFrom<i64>> Visitor<'_> for Integer<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        T::try_from(value).map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(value), &self)),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "the value is whole and within `EXACT`")]
    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        match value.fract() == 0.0 && value.abs() <= EXACT {
            true => self.visit_i64(value as i64),
            false => Err(E::invalid_value(Unexpected::Float(value), &self)),
        }
    }
}

struct List<T>(PhantomData<fn() -> T>);

impl<'de, T: Integers> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(Whole(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(all)
    }
}

struct Map<T>(PhantomData<fn() -> T>);

impl<'de, T: Integers> Visitor<'de> for Map<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = BTreeMap::new();
        while let Some((key, Whole(value))) = map.next_entry()? {
            all.insert(key, value);
        }
        Ok(all)
    }
}

/// A value of an answer that is an integer or holds some. A number with a fraction, or beyond the type, is an error.
#[derive(Debug, Default, PartialEq)]
pub struct Whole<T>(pub T);

impl<'de, T: Integers> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Counts {
        id: Whole<i64>,
        #[serde(default)]
        small: Whole<Option<i32>>,
        #[serde(default)]
        list: Whole<Vec<i64>>,
        #[serde(default)]
        map: Whole<Option<BTreeMap<String, i64>>>,
    }

    fn counts(text: &str) -> Result<Counts, String> {
        crate::decode::json(text.as_bytes()).map_err(|mismatch| mismatch.message)
    }

    #[test]
    fn whole_numbers_are_integers_however_they_are_written() {
        let read = counts(r#"{"id":42.0,"small":-7.00,"list":[1,2.0,3e2],"map":{"a":1.0,"b":2}}"#);
        let map = BTreeMap::from([("a".into(), 1), ("b".into(), 2)]);
        let expected = Counts {
            id: Whole(42),
            small: Whole(Some(-7)),
            list: Whole(vec![1, 2, 300]),
            map: Whole(Some(map)),
        };
        assert_eq!(read.unwrap(), expected);
        let least =
            Counts { id: Whole(0), small: Whole(None), list: Whole(Vec::new()), map: Whole(None) };
        assert_eq!(counts(r#"{"id":-0.0,"small":null,"map":null}"#).unwrap(), least);
        assert_eq!(counts(r#"{"id":9223372036854775807}"#).unwrap().id.0, i64::MAX);
        assert_eq!(counts(r#"{"id":9007199254740992.0}"#).unwrap().id.0, 1 << 53);
    }

    #[test]
    fn what_is_no_integer_of_that_type_is_an_error_that_names_the_place() {
        for (text, place) in [
            (r#"{"id":42.5}"#, "at `id`: invalid value: floating point, expected i64"),
            (r#"{"id":"42"}"#, "at `id`: invalid type: string, expected i64"),
            (r#"{"id":null}"#, "at `id`: invalid type: null, expected i64"),
            (r#"{}"#, "missing field `id`"),
            (r#"{"id":9223372036854775808}"#, "at `id`: invalid value: integer, expected i64"),
            // The text may have meant the integer after it, which a double does not have.
            (r#"{"id":9007199254740994.0}"#, "at `id`: invalid value: floating point"),
            (r#"{"id":1e300}"#, "at `id`: invalid value: floating point"),
            (
                r#"{"id":1,"small":2147483648.0}"#,
                "at `small`: invalid value: integer, expected i32",
            ),
            (r#"{"id":1,"list":[1,0.5]}"#, "at `list[1]`: invalid value: floating point"),
            (r#"{"id":1,"map":{"a":1,"b":0.5}}"#, "at `map.b`: invalid value: floating point"),
        ] {
            let message = counts(text).unwrap_err();
            assert!(message.contains(place), "{text}: {message}");
        }
    }
}
