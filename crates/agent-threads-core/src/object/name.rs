//! From the name of a field to its place.

use super::Places;
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, Visitor},
};
use std::{borrow::Cow, fmt};

/// Finds the place for what comes next in an object; or gives the name that none is for.
pub(super) struct Name<'p, 'q, 'de, A> {
    pub(super) places: &'p Places<'q, 'de, A>,
    /// Where to look first, since fields mostly come in one order.
    pub(super) next: usize,
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

impl<'de, A> DeserializeSeed<'de> for Name<'_, '_, 'de, A> {
    type Value = Result<usize, Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, A> Visitor<'de> for Name<'_, '_, 'de, A> {
    type Value = Result<usize, Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.find(name).ok_or_else(|| name.to_owned().into()))
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(self.find(name).ok_or(name.into()))
    }
}

/// The same, of which nobody wants a name without a place.
pub(super) struct Known<'p, 'q, 'de, A>(pub(super) Name<'p, 'q, 'de, A>);

impl<'de, A> DeserializeSeed<'de> for Known<'_, '_, 'de, A> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, A> Visitor<'de> for Known<'_, '_, 'de, A> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(name))
    }
}
