//! A run as it happens.

use crate::{
    BoxFuture, Dialect, Error, ErrorKind, Run,
    fold::{Piece, Seen, Text},
    log,
    lookout::{Lookout, Standing},
    operations::StreamEventsRequest,
    run::WHOLE_LOG,
    types::{ThreadEvent, ThreadEventList, ThreadEventType, ThreadStreamError, ThreadStreamEvent},
};
use agent_threads_core::codegen::{self, Replay, Replays};
use futures_core::Stream;
use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// How often the log is read where there is no stream. The vendor's server looks for new events as often.
const INTERVAL: Duration = Duration::from_secs(2);

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RunEvent {
    /// More of the assistant's text. In the dialect `current` a fragment, without anything between two messages; in `seed`
    /// a whole message.
    Text(String),
    /// The assistant's text so far is void, and this stands in its place: the server tells it differently after a
    /// connection was lost.
    TextReset(String),
    /// More of what the assistant thinks; all of it where the server tells it differently after a connection was lost.
    Thinking(String),
    /// Any other event. After `run.completed` or `run.failed` comes none.
    Event(Box<ThreadEvent>),
}

/// The events of one run, as they happen: [`next`](Self::next) one by one, or as a [`Stream`]. The last is `run.completed`
/// or `run.failed`; how the run ended is told by [`Run::wait`]. Where the server has that event no longer, or never had it,
/// `None` comes without it: while nothing comes the thread is read every 30 s, and a run that is over twice, and whose end the
/// log does not have, is so. Where the log has it, the connection is made anew.
///
/// The vendor replays a thread's latest 1000 entries on every connection and gives text no stable ids, so this is what is
/// promised. Text: what has been delivered adds up to what the server has, over lost connections too, as long as its
/// beginning is among those entries; where the server tells it differently, [`RunEvent::TextReset`] says so. All other events: each once, as long as no more than 1000 lie
/// between two connections. Events of other runs of the thread are left out.
///
/// Connections that bring nothing new and do not stand (see [`EventStream`](crate::EventStream)) are made as often as the
/// client's retry policy allows.
///
/// # Cancel safety
///
/// An event is either returned or still to come. A future of [`next`](Self::next) that is dropped leaves the request or
/// the connection as it is, and the next call goes on with it. Dropping this value closes the connection and stops
/// nothing.
#[must_use = "events do nothing until they are polled"]
pub struct Events {
    run: Run,
    source: Source,
    text: Text,
    thinking: Text,
    seen: Seen,
    /// Events of the run have come, so that those which belong to no run are of its time.
    inside: bool,
    /// The run has begun, so that its beginning can have left the log.
    has_begun: bool,
    lookout: Lookout,
    ready: VecDeque<RunEvent>,
    ended: bool,
}

enum Source {
    Stream(Box<Replays<ThreadStreamEvent>>),
    Pausing(Pin<Box<Sleep>>),
    Reading(BoxFuture<'static, Result<ThreadEventList, Error>>),
}

impl Events {
    pub(crate) fn of(run: Run) -> Self {
        let source = match run.client().dialect() {
            Dialect::Seed => read(&run),
            _ => Source::Stream(Box::new(stream(&run))),
        };
        Self {
            run,
            source,
            text: Text::default(),
            thinking: Text::default(),
            seen: Seen::default(),
            inside: false,
            has_begun: false,
            lookout: Lookout::default(),
            ready: VecDeque::new(),
            ended: false,
        }
    }

    /// The assistant's text so far.
    pub fn text(&self) -> &str {
        self.text.so_far()
    }

    /// The next event; `None` behind the last.
    ///
    /// An event of a stream that cannot be read is one `Err` with [`ErrorKind::Decode`], and the run goes on behind it. After
    /// any other `Err` comes `None`.
    ///
    /// # Cancel safety
    ///
    /// An event is either returned or still to come: call it again to go on.
    ///
    /// # Errors
    ///
    /// Those of [`stream_events`](crate::Client::stream_events), [`list_events`](crate::Client::list_events) and
    /// [`get_thread`](crate::Client::get_thread), and
    /// [`ErrorKind::Interrupted`] when the server ends the stream with an error or the retry policy is exhausted.
    pub async fn next(&mut self) -> Option<Result<RunEvent, Error>> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    pub(crate) fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<RunEvent, Error>>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            let heard = match self.poll_source(cx) {
                Poll::Ready(heard) => heard,
                Poll::Pending => ready!(self.poll_lookout(cx)),
            };
            if let Err(error) = heard {
                let is_one_event =
                    error.kind() == ErrorKind::Decode && matches!(self.source, Source::Stream(_));
                self.ended = !is_one_event;
                return Poll::Ready(Some(Err(error)));
            }
            if !self.ready.is_empty() {
                self.lookout.heard();
            }
        }
    }

    /// Ends the events of a run that is over without having said so.
    fn poll_lookout(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match ready!(self.lookout.poll_standing(&self.run, cx))? {
            Standing::Over(log) => Poll::Ready(self.take_end(log.as_ref())),
            Standing::Begun => {
                self.has_begun = true;
                Poll::Ready(Ok(()))
            }
            Standing::Unknown => Poll::Ready(Ok(())),
        }
    }

    /// A run that is over while its events are silent. Where the log has its end, the source is at fault.
    fn take_end(&mut self, log: Option<&ThreadEventList>) -> Result<(), Error> {
        let run_id = self.run.run_id();
        let told =
            log.filter(|log| log::of_run(log, run_id, self.has_begun).any(ThreadEvent::ends_run));
        match (told, &mut self.source) {
            (Some(_), Source::Stream(replays)) => {
                replays.give_up("the run is over, and the stream does not tell its end")
            }
            (Some(log), _) => {
                self.take_log(log);
                Ok(())
            }
            (None, _) => {
                if self.lookout.is_over_again() {
                    self.close();
                }
                Ok(())
            }
        }
    }

    /// Brings what is new among the events that are ready.
    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match &mut self.source {
            Source::Stream(replays) => {
                let replay = ready!(replays.poll_replay(cx)).transpose()?;
                Poll::Ready(self.take_replay(replay))
            }
            Source::Pausing(pause) => {
                ready!(pause.as_mut().poll(cx));
                self.source = read(&self.run);
                Poll::Ready(Ok(()))
            }
            Source::Reading(reading) => {
                let log = ready!(reading.as_mut().poll(cx))?;
                self.take_log(&log);
                self.source = Source::Pausing(Box::pin(sleep(INTERVAL)));
                Poll::Ready(Ok(()))
            }
        }
    }

    fn take_replay(&mut self, replay: Option<Replay<ThreadStreamEvent>>) -> Result<(), Error> {
        match replay {
            Some(Replay::Opened) => {
                self.text.reopened();
                self.thinking.reopened();
                self.inside = false;
            }
            Some(Replay::Lost) => {}
            Some(Replay::Event(event)) => match event? {
                ThreadStreamEvent::Event(event) => self.take(event),
                ThreadStreamEvent::Error(told) => return Err(self.failed(&told)),
                _ => {}
            },
            None => self.ended = true,
        }
        Ok(())
    }

    fn failed(&self, told: &ThreadStreamError) -> Error {
        let detail = told.error.as_ref();
        let message = detail.map(|detail| detail.message.as_str());
        codegen::interrupted(
            self.run.client().core(),
            &StreamEventsRequest::OPERATION,
            message.unwrap_or("the server ended the stream with an error"),
            detail.map(|detail| detail.code.as_str()),
        )
    }

    fn take(&mut self, event: ThreadEvent) {
        let is_own = event.run_id.as_deref() == Some(self.run.run_id());
        self.inside |= is_own;
        let is_amid = self.inside && event.run_id.is_none();
        if !is_own && !is_amid {
            return;
        }
        let ready = self.ready.len();
        match event.type_ {
            ThreadEventType::AgentMessageDelta | ThreadEventType::AgentThinkingDelta
                if event.is_filler() => {}
            ThreadEventType::AgentMessageDelta => match self.text.take(&event.content) {
                Piece::Known => {}
                Piece::More(more) => self.ready.push_back(RunEvent::Text(more)),
                Piece::Instead(text) => self.ready.push_back(RunEvent::TextReset(text)),
            },
            ThreadEventType::AgentThinkingDelta => match self.thinking.take(&event.content) {
                Piece::Known => {}
                Piece::More(more) | Piece::Instead(more) => {
                    self.ready.push_back(RunEvent::Thinking(more));
                }
            },
            _ if self.seen.is_new(&mark(&event)) => {
                self.ended = event.ends_run();
                self.ready.push_back(RunEvent::Event(Box::new(event)));
            }
            _ => {}
        }
        if let Source::Stream(replays) = &mut self.source
            && self.ready.len() > ready
        {
            replays.progressed();
        }
        if self.ended {
            self.close();
        }
    }

    fn close(&mut self) {
        self.ended = true;
        if let Source::Stream(replays) = &mut self.source {
            replays.close();
        }
    }

    /// Entries of the log are whole, and their ids are stable.
    fn take_log(&mut self, log: &ThreadEventList) {
        for event in log::of_run(log, self.run.run_id(), self.has_begun) {
            self.has_begun = true;
            if self.ended || !self.seen.is_new(&mark(event)) {
                continue;
            }
            match event.type_ {
                ThreadEventType::AgentMessageDelta | ThreadEventType::AgentThinkingDelta
                    if event.is_filler() => {}
                ThreadEventType::AgentMessageDelta => {
                    self.text.take(&event.content);
                    self.ready.push_back(RunEvent::Text(event.content.clone()));
                }
                ThreadEventType::AgentThinkingDelta => {
                    self.ready.push_back(RunEvent::Thinking(event.content.clone()));
                }
                _ => {
                    self.ended = event.ends_run();
                    self.ready.push_back(RunEvent::Event(Box::new(event.clone())));
                }
            }
        }
    }
}

/// What stands for an event. One that a later connection tells as another is another: bytes that were not UTF-8 may have hidden what
/// it was, the end of the run among others.
fn mark(event: &ThreadEvent) -> String {
    format!("{} {}", event.id, event.type_)
}

fn stream(run: &Run) -> Replays<ThreadStreamEvent> {
    let request = run.client().stream_events(run.thread_id()).limit(WHOLE_LOG);
    run.client().core().replays(&StreamEventsRequest::OPERATION, move || request.request())
}

fn read(run: &Run) -> Source {
    let run = run.clone();
    Source::Reading(Box::pin(async move { run.log().await }))
}

impl Stream for Events {
    type Item = Result<RunEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx)
    }
}

/// Shows no text.
impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("run", &self.run).finish_non_exhaustive()
    }
}
