//! Generated structs: how they are read, and how those are written that keep what this version does not know.
//!
//! All of them are read by two loops, which find the field that a name stands for. A struct of its own has only the
//! places where its values go: so little is compiled for each, where a derived reader is a loop of its own and a second
//! one for lists, which no vendor sends.

mod name;
mod place;
mod writer;

pub use place::{Field, Nullable, PassedOver, Place, Tag};
pub use writer::OpenObjectWriter;

use name::{Known, Name};
use serde::{
    Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use std::{fmt, marker::PhantomData};

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
    pub fn read(mut self, places: &mut Places<'_, 'de, A>) -> Result<(), A::Error> {
        let (mut next, mut seen) = (0, 0);
        while let Some(found) = self.map.next_key_seed(Known(Name { places, next }))? {
            let Some(at) = found else {
                self.map.next_value::<IgnoredAny>()?;
                continue;
            };
            let (name, place) = &mut places[at];
            if seen & bit(at) != 0 {
                return Err(A::Error::duplicate_field(name));
            }
            seen |= bit(at);
            place.read(&mut self.map)?;
            next = at + 1;
        }
        Ok(())
    }

    /// Reads the fields, and gives all else, with null for the fields to which it is no value. Of a name that comes twice
    /// the last counts, and of tags the first.
    pub fn read_and_keep(
        mut self,
        places: &mut Places<'_, 'de, A>,
    ) -> Result<Map<String, Value>, A::Error> {
        let (mut next, mut kept) = (0, Map::new());
        while let Some(found) = self.map.next_key_seed(Name { places, next })? {
            match found {
                Ok(at) => {
                    places[at].1.read(&mut self.map)?;
                    next = at + 1;
                }
                Err(name) => {
                    kept.insert(name.into_owned(), self.map.next_value()?);
                }
            }
        }
        for (name, place) in places {
            if place.is_null() {
                kept.insert((*name).to_owned(), Value::Null);
            }
        }
        Ok(kept)
    }
}

/// A mark for the field at a place. Where a struct has more than there are bits, the last counts of those behind.
fn bit(at: usize) -> u64 {
    if at < 64 { 1 << at } else { 0 }
}

#[cfg(test)]
mod tests;
