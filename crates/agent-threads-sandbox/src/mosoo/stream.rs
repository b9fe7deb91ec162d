//! The log as a stream: what there is at first, and then what happens.

use std::collections::VecDeque;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use futures_util::{Stream, stream};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::Mosoo;
use super::api::{Answer, Named, named, only_in};
use super::dialect::{Dialect, Takes};
use super::events::{limit, newest};
use super::fold;
use super::state::Signal;
use crate::sse::{EVENT_STREAM, Frame, StreamFault};

pub(super) async fn open(
    State(mosoo): State<Mosoo>,
    path: Named,
    query: RawQuery,
    fault: Option<Extension<StreamFault>>,
    headers: HeaderMap,
) -> Answer {
    let watcher = {
        let mut state = mosoo.state();
        only_in(Dialect::Current, state.dialect)?;
        let caller = state.caller(&headers, Takes::PersonalTokens)?;
        let limit = limit(&query)?;
        let at = state.find(&caller, &named(path)?)?;
        let thread = &state.threads[at];
        let (replay, _) = newest(fold::frames(&thread.log), limit);
        let connected = Frame::comment("connected");
        Watcher {
            thread_id: thread.id.clone(),
            seen: thread.log.len(),
            signals: state.signals.len(),
            ready: [connected].into_iter().chain(replay.iter().map(frame)).collect(),
            is_over: false,
            changes: mosoo.shared.changes.subscribe(),
            mosoo: mosoo.clone(),
        }
    };
    let fault = fault.map(|Extension(fault)| fault);
    Ok(named_as_the_vendor_does(mosoo.shared.streams.response(watcher.frames(), fault)))
}

/// Gives the answer the vendor's headers, where no fault has changed its type.
fn named_as_the_vendor_does(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.get(CONTENT_TYPE).is_some_and(|value| value == EVENT_STREAM) {
        let content_type = HeaderValue::from_static("text/event-stream; charset=utf-8");
        headers.insert(CONTENT_TYPE, content_type);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn frame(entry: &Value) -> Frame {
    let id = entry["id"].as_str().unwrap_or_default();
    Frame::data(entry.to_string()).with_event("thread.event").with_id(id)
}

/// One open stream, and how far it has come.
struct Watcher {
    mosoo: Mosoo,
    thread_id: String,
    /// How much of the log has been shown.
    seen: usize,
    /// How many signals have been shown, or were there before.
    signals: usize,
    ready: VecDeque<Frame>,
    is_over: bool,
    changes: watch::Receiver<u64>,
}

impl Watcher {
    fn frames(self) -> impl Stream<Item = Frame> + Send + 'static {
        stream::unfold(self, |mut watcher| async move {
            let frame = watcher.next().await?;
            Some((frame, watcher))
        })
    }

    /// The next frame. A stream takes the run further by itself when there is nothing else to show.
    async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some(frame);
            }
            if self.is_over {
                return None;
            }
            self.changes.mark_unchanged();
            if !self.gather() {
                // The error says that the sender is gone, but the handle that this holds has it.
                self.changes.changed().await.ok()?;
            }
        }
    }

    /// Puts what has happened into frames, or lets something happen. Whether there is a reason to look again.
    fn gather(&mut self) -> bool {
        let mosoo = self.mosoo.clone();
        let mut state = mosoo.peeked();
        let signals = state.signals[self.signals..].to_vec();
        if !signals.is_empty() {
            self.signals += signals.len();
            signals.iter().for_each(|signal| self.signal(signal));
            return true;
        }
        // Deleting a thread does not end its streams.
        let Some(at) = state.place(&self.thread_id) else { return false };
        let log = &state.threads[at].log;
        if log.len() > self.seen {
            self.ready.extend(fold::frames(&log[self.seen..]).iter().map(frame));
            self.seen = log.len();
            return true;
        }
        let has_moved = state.step(at);
        drop(state);
        if has_moved {
            mosoo.changed();
        }
        has_moved
    }

    fn signal(&mut self, signal: &Signal) {
        match signal {
            Signal::KeepAlive => self.ready.push_back(Frame::comment("keepalive")),
            Signal::Fail { code, message } => {
                let error = json!({ "error": { "code": code, "message": message } });
                let frame = Frame::data(error.to_string()).with_event("thread.error");
                self.ready.push_back(frame);
                self.is_over = true;
            }
        }
    }
}
