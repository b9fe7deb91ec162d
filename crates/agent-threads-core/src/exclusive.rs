//! What only its owner can touch, and so may be shared between threads although it is not made for it.

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

/// A pinned future or stream that is polled by whoever owns it, and by nobody through a reference. The lock is never taken:
/// it says to the compiler that there is no other access.
pub struct Exclusive<T: ?Sized>(Mutex<Pin<Box<T>>>);

impl<T: ?Sized> Exclusive<T> {
    /// Takes what is owned.
    pub fn new(inner: Pin<Box<T>>) -> Self {
        Self(Mutex::new(inner))
    }

    /// What is inside.
    pub fn get_mut(&mut self) -> Pin<&mut T> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut()
    }
}

impl<T: Future + ?Sized> Exclusive<T> {
    /// Polls the future inside.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<T::Output> {
        self.get_mut().poll(cx)
    }
}
