//! Where the values of an object's fields go while it is read.

use crate::integer::{Integers, Whole};
use serde::{
    Deserialize,
    de::{Error, IgnoredAny, MapAccess},
};

/// Where a value goes.
pub trait Place<'de, A: MapAccess<'de>> {
    /// Reads the value that comes next.
    fn read(&mut self, map: &mut A) -> Result<(), A::Error>;

    /// Whether null was read, where that is no value of the field but has to be told from a field that is not there.
    fn is_null(&self) -> bool {
        false
    }
}

/// The place of a field that may be null, or not there.
impl<'de, A: MapAccess<'de>, T: Deserialize<'de>> Place<'de, A> for Option<T> {
    fn read(&mut self, map: &mut A) -> Result<(), A::Error> {
        *self = map.next_value()?;
        Ok(())
    }
}

/// The place of integers that may be left out.
impl<'de, A: MapAccess<'de>, T: Integers> Place<'de, A> for Whole<T> {
    fn read(&mut self, map: &mut A) -> Result<(), A::Error> {
        *self = map.next_value()?;
        Ok(())
    }
}

/// The place of a field that is not null.
#[derive(Debug)]
pub struct Field<T>(Option<T>);

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Field<T> {
    /// The value of a field that must be there.
    pub fn required<E: Error>(self, name: &'static str) -> Result<T, E> {
        self.0.ok_or_else(|| E::missing_field(name))
    }

    /// The value, or that there is none.
    pub fn value(self) -> Option<T> {
        self.0
    }

    /// The value, or the empty one.
    pub fn or_default(self) -> T
    where
        T: Default,
    {
        self.0.unwrap_or_default()
    }
}

impl<'de, A: MapAccess<'de>, T: Deserialize<'de>> Place<'de, A> for Field<T> {
    fn read(&mut self, map: &mut A) -> Result<(), A::Error> {
        self.0 = Some(map.next_value()?);
        Ok(())
    }
}

/// The place of a field that may be null, in an object that is written again as it came.
#[derive(Debug)]
pub struct Nullable<T>(Option<Option<T>>);

impl<T> Default for Nullable<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Nullable<T> {
    /// The value, or that there is none.
    pub fn value(self) -> Option<T> {
        self.0.flatten()
    }
}

impl<'de, A: MapAccess<'de>, T: Deserialize<'de>> Place<'de, A> for Nullable<T> {
    fn read(&mut self, map: &mut A) -> Result<(), A::Error> {
        self.0 = Some(map.next_value()?);
        Ok(())
    }

    fn is_null(&self) -> bool {
        matches!(self.0, Some(None))
    }
}

/// The place of a tag that tells something.
#[derive(Debug)]
pub struct Tag(pub(super) Option<String>);

impl Tag {
    /// The first that was read; empty where there was none.
    pub fn value(self) -> String {
        self.0.unwrap_or_default()
    }
}

impl<'de, A: MapAccess<'de>> Place<'de, A> for Tag {
    fn read(&mut self, map: &mut A) -> Result<(), A::Error> {
        match self.0 {
            None => self.0 = Some(map.next_value()?),
            Some(_) => PassedOver.read(map)?,
        }
        Ok(())
    }
}

/// The place of what is known already.
#[derive(Debug)]
pub struct PassedOver;

impl<'de, A: MapAccess<'de>> Place<'de, A> for PassedOver {
    fn read(&mut self, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }
}
