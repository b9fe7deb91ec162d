//! The events of a run, over connections that begin anew each time.

use crate::{Client, Error, Run, operations::StreamRunRequest, types::RunStreamEvent};
use agent_threads_core::codegen::{Replay, Replays};
use futures_core::Stream;
use serde_json::Value;
use std::{
    fmt,
    hash::{DefaultHasher, Hasher as _},
    pin::Pin,
    task::{Context, Poll, ready},
};

/// The events of a run as they happen, as a [`Stream`] of `Result<RunStreamEvent, Error>`.
///
/// The vendor's stream has no place to go on from: each connection begins with the run's first event. So when one is lost,
/// the next brings the events again, and what was delivered before is passed over as long as it comes again as it was. Where
/// a connection brings something else, all of it is delivered from there on, and repeats can occur; they do no harm to a
/// program that takes each snapshot in the place of the one before. A process that begins anew gets all events again.
///
/// Nothing is sent before it is polled, and nothing goes on while it is not. After `RUN_FINISHED` and `RUN_ERROR` comes `None`. Neither tells how the run has ended: read it, as
/// [`Run::wait`](crate::Run::wait) does.
///
/// Whether the vendor ends the stream of a run that is interrupted is not documented. Where it soon closes the connection
/// without a last event (see [`EventStream`](crate::EventStream) for which connections stand), further ones are made, as many as the [`RetryPolicy`](crate::RetryPolicy) has attempts, and then comes
/// [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted): read the run then too.
///
/// # Cancel safety
///
/// An event is either returned or still to come. A future of [`next`](Self::next) that is dropped leaves the request or
/// the connection as it is, and the next call goes on with it. Dropping this value closes the connection; the run goes
/// on.
#[must_use = "a stream does nothing until it is polled"]
pub struct Events {
    run_id: String,
    replays: Replays<RunStreamEvent>,
    /// What was delivered, in order, as far as a connection has brought it again.
    history: Vec<u64>,
    /// How many events this connection has brought.
    place: usize,
    /// The connection has brought nothing that was not delivered before.
    repeats: bool,
    /// The most that any connection has brought.
    furthest: usize,
    stands: bool,
}

impl Events {
    pub(crate) fn of(run: &Run) -> Self {
        let (client, run_id) = (run.client().clone(), run.run_id().to_owned());
        Self {
            replays: replays(&client, run_id.clone()),
            run_id,
            history: Vec::new(),
            place: 0,
            repeats: true,
            furthest: 0,
            stands: false,
        }
    }

    /// The next event; `None` behind the last.
    ///
    /// An event that cannot be read is one `Err` with [`ErrorKind::Decode`](crate::ErrorKind::Decode), and more may follow.
    /// After any other `Err` comes `None`.
    ///
    /// # Cancel safety
    ///
    /// An event is either returned or still to come: call it again to go on.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted), [`ErrorKind::Transport`](crate::ErrorKind::Transport) and
    ///   [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) when the connection was lost and the retry policy is exhausted:
    ///   only a connection that gets further than all before it, or that stood, counts as a new beginning.
    /// - Those of [`stream_run`](Client::stream_run). What the vendor answers when the events are kept no longer is not
    ///   documented; 404 is likely.
    pub async fn next(&mut self) -> Option<Result<RunStreamEvent, Error>> {
        std::future::poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Whether a connection is open.
    pub(crate) fn stands(&self) -> bool {
        self.stands
    }

    pub(crate) fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<RunStreamEvent, Error>>> {
        loop {
            let replay = ready!(self.replays.poll_replay(cx));
            self.stands = matches!(replay, Some(Ok(Replay::Opened | Replay::Event(_))));
            match replay {
                Some(Ok(Replay::Opened)) => {
                    self.place = 0;
                    self.repeats = true;
                }
                Some(Ok(Replay::Lost)) => {}
                Some(Ok(Replay::Event(event))) if self.is_repeat(&event) => {}
                Some(Ok(Replay::Event(event))) => return Poll::Ready(Some(event)),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// Notes an event, and says whether it was delivered at the same place of an earlier connection.
    fn is_repeat(&mut self, event: &Result<RunStreamEvent, Error>) -> bool {
        let mark = mark(event);
        self.repeats &= self.history.get(self.place) == Some(&mark);
        if !self.repeats {
            self.history.truncate(self.place);
            self.history.push(mark);
        }
        self.place += 1;
        if self.place > self.furthest {
            self.furthest = self.place;
            self.replays.progressed();
        }
        self.repeats
    }
}

fn replays(client: &Client, run_id: String) -> Replays<RunStreamEvent> {
    let streamed = client.clone();
    client
        .core()
        .replays(&StreamRunRequest::OPERATION, move || streamed.stream_run(&run_id).request())
}

/// Stands for what an event brought, so that it is known when it comes again.
fn mark(event: &Result<RunStreamEvent, Error>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match event {
        Ok(event) => {
            hasher.write(event.kind().as_bytes());
            hasher.write(brought(event).to_string().as_bytes());
        }
        Err(error) => hasher.write(error.raw_body().map_or(&[][..], |body| body)),
    }
    hasher.finish()
}

fn brought(event: &RunStreamEvent) -> Value {
    match event {
        RunStreamEvent::RunStarted(event) => serde_json::to_value(event),
        RunStreamEvent::StateSnapshot(event) => serde_json::to_value(event),
        RunStreamEvent::RunFinished(event) => serde_json::to_value(event),
        RunStreamEvent::RunError(event) => serde_json::to_value(event),
        RunStreamEvent::Unknown(event) => Ok(event.json().clone()),
    }
    .unwrap_or_default()
}

impl Stream for Events {
    type Item = Result<RunStreamEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("run_id", &self.run_id).finish_non_exhaustive()
    }
}
