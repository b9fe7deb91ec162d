//! Where the connections of a stream come from, and which of their events are for the consumer.

use super::{StreamEvent, Unreadable, is_keepalive, is_terminal, progress::Progress};
use crate::{Error, call::Core, codegen, operation::Operation, retry, sse};
use bytes::Bytes;
use reqwest::Request;

/// How a stream goes on by another request than the one that began it.
pub trait Reconnect: Send + Sync {
    /// The request for what follows the event with this id; empty for all events.
    fn request(&self, last_event_id: &str) -> Result<(&'static Operation, Request), Error>;

    /// Whether an event with the id `id` has been delivered already when the last one was `last`.
    fn is_repeat(&self, id: &str, last: &str) -> bool;
}

/// An event for the consumer.
pub(super) struct Arrival<T> {
    pub(super) event: Result<T, Error>,
    /// No event follows.
    pub(super) is_last: bool,
}

/// Where connections come from.
pub(super) struct Source {
    pub(super) core: Core,
    pub(super) operation: &'static Operation,
    /// The request that begins the stream, or why there is none.
    first: Option<Result<Request, Error>>,
    /// The server goes on from the header `Last-Event-ID` of the same request.
    pub(super) resumes: bool,
    pub(super) reconnect: Option<Box<dyn Reconnect>>,
    /// Keepalives are for the consumer too.
    pub(super) shows_keepalives: bool,
}

impl Source {
    pub(super) fn new(
        core: Core,
        operation: &'static Operation,
        first: Result<Request, Error>,
    ) -> Self {
        let first = Some(first);
        Self { core, operation, first, resumes: false, reconnect: None, shows_keepalives: false }
    }

    /// The request for the next connection.
    pub(super) fn request(
        &mut self,
        progress: &Progress,
    ) -> Result<(&'static Operation, Request), Error> {
        if progress.begun
            && let Some(reconnect) = &self.reconnect
        {
            return reconnect.request(&progress.last_id);
        }
        let first = match self.first.take() {
            Some(Ok(first)) => first,
            Some(Err(error)) => return Err(error),
            None => return Err(Error::interrupted("the request cannot be sent again")),
        };
        let request = match first.try_clone() {
            Some(clone) => {
                self.first = Some(Ok(first));
                clone
            }
            None => first,
        };
        let request = match self.resumes {
            true => codegen::with_last_event_id(self.operation, request, &progress.last_id)?,
            false => request,
        };
        Ok((self.operation, request))
    }

    /// The event to deliver; `None` for a repeat, for a keepalive nobody asked for, and for a mark
    /// that is no event.
    pub(super) fn read<T: StreamEvent>(
        &self,
        event: &sse::Event<'_>,
        last_id: &str,
    ) -> Option<Arrival<T>> {
        if self.is_repeat(event, last_id) {
            return None;
        }
        match T::read(event)? {
            Ok(event) if is_keepalive(&event) && !self.shows_keepalives => None,
            Ok(event) => Some(Arrival { is_last: is_terminal::<T>(event.tag()), event: Ok(event) }),
            Err(unreadable) => Some(self.unreadable(event.data, &unreadable)),
        }
    }

    /// Whether an event has been delivered already. One without an id of its own has if the one before it has, unless that
    /// is the last one delivered: behind it everything is new.
    fn is_repeat(&self, event: &sse::Event<'_>, last_id: &str) -> bool {
        let Some(reconnect) = &self.reconnect else {
            return false;
        };
        let known = !event.last_id.is_empty() && !last_id.is_empty();
        let behind = event.id.is_none() && event.last_id == last_id;
        known && !behind && reconnect.is_repeat(event.last_id, last_id)
    }

    /// An event that cannot be read can be the last one all the same: its tag says so.
    fn unreadable<T: StreamEvent>(&self, data: &str, unreadable: &Unreadable) -> Arrival<T> {
        let message = self.core.scrub(unreadable.message.clone());
        let error = Error::event(&message, Bytes::copy_from_slice(data.as_bytes()));
        let is_last = unreadable.tag.as_deref().is_some_and(is_terminal::<T>);
        Arrival { is_last, event: Err(error.of(self.operation)) }
    }

    /// Whether another connection can be made any number of times: it only reads. A key, in contrast, is kept by a server
    /// for a time, and a request that goes by it is not to be sent again for longer than the policy's few attempts take.
    pub(super) fn only_reads(&self, progress: &Progress) -> bool {
        match &self.first {
            _ if progress.begun => true,
            Some(Ok(request)) => self.operation.is_safe || request.method().is_safe(),
            _ => false,
        }
    }

    /// Whether another connection would neither repeat an effect nor an event.
    pub(super) fn can_go_on(&self, progress: &Progress) -> bool {
        let resumes = self.reconnect.is_some() || self.resumes;
        if progress.begun {
            return resumes && !progress.last_id.is_empty() && !progress.lost_place;
        }
        match &self.first {
            Some(Ok(request)) => retry::is_safe(self.operation, request),
            _ => false,
        }
    }
}
