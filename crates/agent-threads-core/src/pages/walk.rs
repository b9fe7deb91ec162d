//! One page after the other, each led to by the one before it.

use super::{Numbered, Paged};
use crate::{BoxFuture, Error, operation::Operation};
use bytes::Bytes;
use std::{
    collections::HashSet,
    hash::{BuildHasher as _, Hash, RandomState},
    task::{Context, Poll, ready},
};

/// Where a page is in its list.
#[derive(Clone)]
pub(super) enum Place {
    Token(String),
    Number(i64),
}

/// A page as it came.
struct Turned<T> {
    page: T,
    /// The place of the page that follows.
    next: Option<Place>,
    /// The answer that the page was read from, where nothing else tells it from the others.
    body: Option<Bytes>,
}

type Turning<T> = BoxFuture<'static, Result<Turned<T>, Error>>;

/// Asks for one page after the other.
pub(super) struct Walk<T> {
    pub(super) operation: &'static Operation,
    fetch: Box<dyn Fn(Option<Place>) -> Turning<T> + Send>,
    state: State<T>,
    /// Of the page that comes next.
    pub(super) place: Option<Place>,
    /// Hashes of what tells the pages so far apart, their tokens or else their bodies: eight bytes a page.
    seen: HashSet<u64>,
    hashes: RandomState,
}

enum State<T> {
    /// A page is to be asked for.
    Ready,
    /// A page is on its way.
    Fetching(Turning<T>),
    /// The page that comes next has been there.
    Looped,
    /// Nothing comes any more.
    Ended,
}

impl<T: Send + 'static> Walk<T> {
    /// By the token that each page has for the next one.
    pub(super) fn by_token<P: Paged>(request: P, read: fn(P::Page) -> T) -> Self {
        let begin = request.token().map(Place::Token);
        Self::new(P::OPERATION, begin, move |place| {
            let page = request.fetch(place.and_then(Place::into_token));
            Box::pin(async move {
                let page = page.await?;
                let next = P::next(&page).filter(|next| !next.trim().is_empty());
                let next = next.map(|next| Place::Token(next.to_owned()));
                Ok(Turned { page: read(page), next, body: None })
            })
        })
    }

    /// By numbers, from 1 or what the caller has set.
    pub(super) fn by_number<P: Numbered>(request: P, read: fn(P::Page) -> T) -> Self {
        let begin = Place::Number(request.page().unwrap_or(1));
        Self::new(P::OPERATION, Some(begin), move |place| {
            let number = place.and_then(|place| place.number()).unwrap_or(1);
            let page = request.fetch(number);
            Box::pin(async move {
                let answer = page.await?;
                let body = Some(answer.raw().clone());
                let page = answer.into_inner();
                let goes_on = P::more(&page) && !P::is_empty(&page);
                let next = number.checked_add(1).filter(|_| goes_on).map(Place::Number);
                Ok(Turned { page: read(page), next, body })
            })
        })
    }

    fn new(
        operation: &'static Operation,
        begin: Option<Place>,
        fetch: impl Fn(Option<Place>) -> Turning<T> + Send + 'static,
    ) -> Self {
        let mut walk = Self {
            operation,
            fetch: Box::new(fetch),
            state: State::Ready,
            place: None,
            seen: HashSet::new(),
            hashes: RandomState::new(),
        };
        if let Some(begin) = begin {
            walk.turn_to(begin);
        }
        walk
    }

    pub(super) fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            match &mut self.state {
                State::Ready => self.state = State::Fetching((self.fetch)(self.place.clone())),
                State::Fetching(page) => {
                    let turned = ready!(page.as_mut().poll(cx));
                    self.state = State::Ended;
                    match turned {
                        Err(error) => return Poll::Ready(Some(Err(error))),
                        Ok(turned) => {
                            if let Some(page) = self.turn(turned) {
                                return Poll::Ready(Some(Ok(page)));
                            }
                        }
                    }
                }
                State::Looped => {
                    self.state = State::Ended;
                    return Poll::Ready(Some(Err(Error::looped().of(self.operation))));
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }

    /// The page that has come, unless it is one that has been there.
    fn turn(&mut self, turned: Turned<T>) -> Option<T> {
        let Turned { page, next, body } = turned;
        self.place = None;
        if body.is_some_and(|body| !self.is_new(&body)) {
            self.state = State::Looped;
            return None;
        }
        if let Some(next) = next {
            self.turn_to(next);
        }
        Some(page)
    }

    /// Goes on with a page, unless it has been there. The page that named it is good all the same.
    fn turn_to(&mut self, place: Place) {
        let is_new = match &place {
            Place::Token(token) => self.is_new(token),
            // Each is greater than the one before it.
            Place::Number(_) => true,
        };
        match is_new {
            true => (self.state, self.place) = (State::Ready, Some(place)),
            false => self.state = State::Looped,
        }
    }

    fn is_new(&mut self, mark: &impl Hash) -> bool {
        self.seen.insert(self.hashes.hash_one(mark))
    }
}

impl Place {
    fn into_token(self) -> Option<String> {
        match self {
            Self::Token(token) => Some(token),
            Self::Number(_) => None,
        }
    }

    pub(super) fn token(&self) -> Option<&str> {
        match self {
            Self::Token(token) => Some(token),
            Self::Number(_) => None,
        }
    }

    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Token(_) => None,
            Self::Number(number) => Some(*number),
        }
    }
}
