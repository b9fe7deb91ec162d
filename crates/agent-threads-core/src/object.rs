//! Generated structs: how they are read, and how those are written that keep what this version does not know.
//!
//! All of them are read by two loops, which find the field that a name stands for. A struct of its own has only the
//! places where its values go: so little is compiled for each, where a derived reader is a loop of its own and a second
//! one for lists, which no vendor sends.

mod place;
mod writer;

pub use place::{Field, Nullable, PassedOver, Place, Tag};
pub use writer::OpenObjectWriter;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use std::{borrow::Cow, fmt, marker::PhantomData};

/// A generated struct.
pub trait Object: Sized {
    /// Its name, for errors.
    const NAME: &'static str;

    /// Reads all its fields.
    fn read<'de, A: MapAccess<'de>>(entries: Entries<A>) -> Result<Self, A::Error>;
}

/// Reads such a struct.
#[inline(never)]
pub fn deserialize_object<'de, T: Object, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Reader { tag: None, object: PhantomData })
}

/// Reads such a struct that was chosen by how its tag begins, and keeps the tag. Another one in it is passed over.
pub fn deserialize_prefixed<'de, T: Object, D: Deserializer<'de>>(
    tag: &str,
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Reader { tag: Some(tag.to_owned()), object: PhantomData })
}

struct Reader<T> {
    tag: Option<String>,
    object: PhantomData<fn() -> T>,
}

impl<'de, T: Object> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        named(T::NAME, f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(Entries { map, tag: self.tag })
    }
}

/// Apart from the visitors, each of which would have it inlined.
fn named(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "struct {name}")
}

/// What an object holds, before it is read.
pub struct Entries<A> {
    map: A,
    tag: Option<String>,
}

/// The names of an object's fields, and where their values go.
pub type Places<'p, 'de, A> = [(&'static str, &'p mut dyn Place<'de, A>)];

impl<'de, A: MapAccess<'de>> Entries<A> {
    /// The place for a tag that is kept, with the tag where it is known already.
    pub fn tag(&mut self) -> Tag {
        Tag(self.tag.take())
    }

    /// Reads the fields, and passes over all else. A name that comes twice is an error.
    pub fn read(self, places: &mut Places<'_, 'de, A>) -> Result<(), A::Error> {
        self.read_all(places, None)
    }

    /// Reads the fields, and gives all else, with null for the fields to which it is no value. Of a name that comes twice
    /// the last counts, and of tags the first.
    pub fn read_and_keep(
        self,
        places: &mut Places<'_, 'de, A>,
    ) -> Result<Map<String, Value>, A::Error> {
        let mut kept = Map::new();
        self.read_all(places, Some(&mut kept))?;
        for (name, place) in places {
            if place.is_null() {
                kept.insert((*name).to_owned(), Value::Null);
            }
        }
        Ok(kept)
    }

    fn read_all(
        mut self,
        places: &mut Places<'_, 'de, A>,
        mut kept: Option<&mut Map<String, Value>>,
    ) -> Result<(), A::Error> {
        let (mut next, mut seen) = (0, 0);
        while let Some(found) = self.map.next_key_seed(Name { places, next })? {
            match (found, &mut kept) {
                (Ok(at), kept) => {
                    let (name, place) = &mut places[at];
                    if kept.is_none() && seen & bit(at) != 0 {
                        return Err(A::Error::duplicate_field(name));
                    }
                    place.read(&mut self.map)?;
                    seen |= bit(at);
                    next = at + 1;
                }
                (Err(name), Some(kept)) => {
                    kept.insert(name.into_owned(), self.map.next_value()?);
                }
                (Err(_), None) => {
                    self.map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A mark for the field at a place. Where a struct has more than there are bits, the last counts of those behind.
fn bit(at: usize) -> u128 {
    u32::try_from(at).ok().and_then(|at| 1u128.checked_shl(at)).unwrap_or_default()
}

/// Finds the place for what comes next in an object; or gives the name that none is for.
struct Name<'p, 'q, 'de, A> {
    places: &'p Places<'q, 'de, A>,
    /// Where to look first, since fields mostly come in one order.
    next: usize,
}

impl<'de, A> DeserializeSeed<'de> for Name<'_, '_, 'de, A> {
    type Value = Result<usize, Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<A> Name<'_, '_, '_, A> {
    fn find(&self, name: &str) -> Option<usize> {
        let (before, after) = self.places.split_at(self.next);
        let is_it = |(other, _): &(&str, _)| *other == name;
        match after.iter().position(is_it) {
            Some(at) => Some(self.next + at),
            None => before.iter().position(is_it),
        }
    }
}

impl<'de, A> Visitor<'de> for Name<'_, '_, 'de, A> {
    type Value = Result<usize, Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.find(name).ok_or_else(|| name.to_owned().into()))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(self.find(name).ok_or(name.into()))
    }
}

#[cfg(test)]
mod tests;
