//! A body on its way: chunked anew, with what is repeated in it, and broken.

use super::{
    dice::Dice,
    faults::{End, Place},
};
use agent_threads_core::{Body, Phase, TransportError};
use bytes::Bytes;
use futures::{StreamExt as _, future, stream};
use std::collections::VecDeque;

/// How a body is passed on.
pub(super) struct Passing {
    pub(super) dice: Dice,
    pub(super) breaks: Option<(Place, End)>,
    /// Which events of the stream may come again.
    pub(super) may_repeat: Option<fn(&[u8]) -> bool>,
    /// Called when the body breaks, and for each event that is repeated.
    pub(super) tell: Box<dyn Fn(&'static str) + Send>,
    /// How an answer that breaks here is counted.
    pub(super) name: &'static str,
}

struct Passage {
    passing: Passing,
    body: Body,
    ready: VecDeque<Bytes>,
    /// Events that may come again.
    earlier: VecDeque<Bytes>,
    bytes: usize,
    events: usize,
    characters: usize,
    /// Nothing follows what is ready but this.
    end: Option<End>,
}

pub(super) fn passed(body: Body, passing: Passing) -> Body {
    let passage = Passage {
        passing,
        body,
        ready: VecDeque::new(),
        earlier: VecDeque::new(),
        bytes: 0,
        events: 0,
        characters: 0,
        end: None,
    };
    Body::from_stream(stream::unfold(Some(passage), |passage| async move {
        let mut passage = passage?;
        let item = passage.next().await?;
        let rest = item.is_ok().then_some(passage);
        Some((item, rest))
    }))
}

impl Passage {
    async fn next(&mut self) -> Option<Result<Bytes, TransportError>> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Some(Ok(chunk));
            }
            match self.end {
                Some(End::Clean) => return None,
                Some(End::Cut) => {
                    return Some(Err(TransportError::new(Phase::Body, "cut on purpose")));
                }
                Some(End::Stall) => future::pending().await,
                None if self.is_broken_here() => self.breaks_off(),
                None => match self.body.next().await {
                    Some(Ok(chunk)) => self.take(&chunk),
                    Some(Err(error)) => return Some(Err(error)),
                    None if self.passing.breaks.is_some() => self.breaks_off(),
                    None => return None,
                },
            }
        }
    }

    fn is_broken_here(&self) -> bool {
        match self.passing.breaks {
            Some((Place::Bytes(bytes), _)) => self.bytes >= bytes,
            Some((Place::Events(events), _)) => self.events >= events,
            Some((Place::InCharacter(_), _)) | None => false,
        }
    }

    fn breaks_off(&mut self) {
        if let Some((_, end)) = self.passing.breaks.take() {
            (self.passing.tell)(self.passing.name);
            self.end = Some(end);
        }
    }

    /// A chunk of the server's is an event of a stream.
    fn take(&mut self, event: &Bytes) {
        self.events += 1;
        let mut bytes = event.to_vec();
        if let Some(kept) = self.kept(event) {
            bytes.truncate(kept);
            self.breaks_off();
        } else {
            self.repeat(event, &mut bytes);
        }
        self.bytes += bytes.len();
        while !bytes.is_empty() {
            let size = match self.passing.dice.below(4) {
                0 => 1 + self.passing.dice.small(4),
                _ => bytes.len(),
            };
            let rest = bytes.split_off(size.min(bytes.len()));
            self.ready.push_back(std::mem::replace(&mut bytes, rest).into());
        }
    }

    /// How much of an event comes, where the body breaks in it.
    fn kept(&mut self, event: &[u8]) -> Option<usize> {
        match self.passing.breaks? {
            (Place::Bytes(bytes), _) => {
                let left = bytes.saturating_sub(self.bytes);
                (left < event.len()).then_some(left)
            }
            (Place::InCharacter(nth), _) => {
                for (at, _) in event.iter().enumerate().filter(|(_, byte)| **byte >= 0xc0) {
                    self.characters += 1;
                    if self.characters > nth {
                        return Some(at + 1);
                    }
                }
                None
            }
            (Place::Events(_), _) => None,
        }
    }

    /// Puts behind an event what comes again, and comments, which say nothing.
    fn repeat(&mut self, event: &Bytes, bytes: &mut Vec<u8>) {
        let Some(may_repeat) = self.passing.may_repeat else { return };
        if self.passing.dice.one_in(12) {
            bytes.extend_from_slice(b": still here\n\n");
        }
        if may_repeat(event) {
            self.earlier.push_back(event.clone());
            self.earlier.truncate(8);
        }
        if self.passing.dice.one_in(6) && !self.earlier.is_empty() {
            let again = self.passing.dice.below(self.earlier.len() as u64);
            bytes.extend_from_slice(&self.earlier[usize::try_from(again).unwrap()]);
            (self.passing.tell)("event repeated");
        }
    }
}
