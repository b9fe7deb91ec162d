//! What happens in a scripted run.

use serde_json::{Value, json};

use super::event::{Event, Severity};
use crate::sse::Frame;

/// The time in the first id of a run.
pub(super) const FIRST_MILLIS: u64 = 1_717_000_000_000;

/// One run: its events in order, where it pauses, and how it ends. Unless set, it ends with `done`.
///
/// ```
/// use agent_threads_sandbox::modus::{Script, Severity};
/// use serde_json::json;
///
/// let script = Script::new()
///     .tool_start(json!({ "name": "crm-lookup" }))
///     .tool_end(json!({ "name": "crm-lookup" }))
///     .notice("The CRM is slow today", Severity::Warning)
///     .text("12 tickets are open.");
/// let failing = Script::reply("12 tick").fails("The model did not answer");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a script does nothing until it is queued"]
pub struct Script {
    steps: Vec<Step>,
    hold: Option<usize>,
    asks_after: Option<usize>,
    ending: Ending,
    thread: Thread,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Event(Event),
    Frame(Frame),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Ending {
    #[default]
    Done,
    Cancelled,
    Event(Event),
    EndOfStream,
    Never,
}

/// The thread that `done` names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Thread {
    #[default]
    OfRun,
    Absent,
    Is(String),
}

/// A script that has become a run's.
pub(super) struct Resolved {
    pub(super) frames: Vec<Frame>,
    /// How many frames are there before the first that is held.
    pub(super) hold: Option<usize>,
    /// How many frames are there up to the one that asks for a decision.
    pub(super) asks_after: Option<usize>,
    pub(super) then: Then,
}

/// What follows the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The stream ends, as it does after a terminal event.
    Ends,
    /// The stream ends without a terminal event, which is a step of its own and can be held.
    BreaksOff,
    StaysOpen,
}

impl Script {
    /// A run that says nothing and is done.
    pub fn new() -> Self {
        Self::default()
    }

    /// A run that says one text and is done.
    pub fn reply(text: impl AsRef<str>) -> Self {
        Self::new().text(text)
    }

    /// Adds a text, as one `token` for each of its words with the space after it.
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.tokens(text.as_ref().split_inclusive(char::is_whitespace))
    }

    /// Adds a `token` for each of these pieces of text.
    pub fn tokens<S: Into<String>>(self, pieces: impl IntoIterator<Item = S>) -> Self {
        pieces.into_iter().fold(self, |script, piece| script.event(Event::token(piece)))
    }

    /// Adds a `notice`.
    pub fn notice(self, message: impl Into<String>, severity: Severity) -> Self {
        self.event(Event::notice(message, severity))
    }

    /// Adds a `heartbeat`.
    pub fn heartbeat(self) -> Self {
        self.event(Event::heartbeat())
    }

    /// Adds a `tool_start` with the fields of an object.
    pub fn tool_start(self, fields: Value) -> Self {
        self.event(Event::of_type("tool_start", fields))
    }

    /// Adds a `tool_end` with the fields of an object.
    pub fn tool_end(self, fields: Value) -> Self {
        self.event(Event::of_type("tool_end", fields))
    }

    /// Adds an `assistant_content_reset`.
    pub fn reset(self, content: impl Into<String>) -> Self {
        self.event(Event::reset(content))
    }

    /// Adds an event of any type, also one that clients cannot know.
    pub fn unknown(self, name: &str) -> Self {
        self.event(Event::of_type(name, json!({ "detail": "as the vendor likes" })))
    }

    /// Adds an event of any JSON, sent as it is.
    pub fn raw(self, json: Value) -> Self {
        self.event(Event::json(json))
    }

    /// Adds any event, also a terminal one in the middle.
    pub fn event(mut self, event: Event) -> Self {
        self.steps.push(Step::Event(event));
        self
    }

    /// Adds a comment.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.frame(Frame::comment(text))
    }

    /// Adds any frame, sent as it is and without an id of the run's.
    pub fn frame(mut self, frame: Frame) -> Self {
        self.steps.push(Step::Frame(frame));
        self
    }

    /// Holds what follows, the end included, until [`Run::release`](super::Run::release). Only the first hold counts, because a
    /// run can be released step by step.
    pub fn hold(mut self) -> Self {
        self.hold.get_or_insert(self.steps.len());
        self
    }

    /// Adds the event that says what the run needs, an approval or an account to be connected, and lets it be resumed. The
    /// vendor documents neither the event nor how such a stream ends, so both are as scripted.
    pub fn pauses(self, event: Event) -> Self {
        let mut script = self.event(event);
        script.asks_after = Some(script.steps.len());
        script
    }

    /// Ends with `error`.
    pub fn fails(self, error: impl Into<String>) -> Self {
        self.ends_with(Event::error(error))
    }

    /// Ends with `cancelled`, which names this run and has the time of its id.
    pub fn cancelled(mut self) -> Self {
        self.ending = Ending::Cancelled;
        self
    }

    /// Ends with `stream_timeout`.
    pub fn times_out(self) -> Self {
        self.ends_with(Event::stream_timeout())
    }

    /// Ends with any event, in which clients need not see an end.
    pub fn ends_with(mut self, event: Event) -> Self {
        self.ending = Ending::Event(event);
        self
    }

    /// Ends without a terminal event: the body ends properly, each time that the run is streamed.
    pub fn breaks_off(mut self) -> Self {
        self.ending = Ending::EndOfStream;
        self
    }

    /// Never ends: after the last event the stream stays open and silent.
    pub fn never_ends(mut self) -> Self {
        self.ending = Ending::Never;
        self
    }

    /// The thread that `done` names. It can be empty.
    pub fn thread_id(mut self, thread_id: impl Into<String>) -> Self {
        self.thread = Thread::Is(thread_id.into());
        self
    }

    /// Leaves the thread out of `done`.
    pub fn without_thread_id(mut self) -> Self {
        self.thread = Thread::Absent;
        self
    }

    pub(super) fn resolve(self, run_id: &str, thread_id: &str) -> Resolved {
        let mut clock = Clock(FIRST_MILLIS);
        let mut frames: Vec<_> =
            self.steps.into_iter().map(|step| step.frame(&mut clock)).collect();
        let (last, then) = match self.ending {
            Ending::Done => (Some(self.thread.done(run_id, thread_id)), Then::Ends),
            Ending::Cancelled => (Some(Event::cancelled([run_id], clock.0)), Then::Ends),
            Ending::Event(event) => (Some(event), Then::Ends),
            Ending::EndOfStream => (None, Then::BreaksOff),
            Ending::Never => (None, Then::StaysOpen),
        };
        frames.extend(last.map(|event| event.in_run(|| clock.next_id())));
        Resolved { frames, hold: self.hold, asks_after: self.asks_after, then }
    }
}

impl Step {
    fn frame(self, clock: &mut Clock) -> Frame {
        match self {
            Self::Event(event) => event.in_run(|| clock.next_id()),
            Self::Frame(frame) => frame,
        }
    }
}

impl Thread {
    fn done(self, run_id: &str, thread_id: &str) -> Event {
        match self {
            Self::Absent => Event::done(run_id),
            Self::Is(thread_id) => Event::done_in(run_id, thread_id),
            Self::OfRun => Event::done_in(run_id, thread_id),
        }
    }
}

/// Passes by one millisecond per id.
struct Clock(u64);

impl Clock {
    fn next_id(&mut self) -> String {
        let id = format!("{}-0", self.0);
        self.0 += 1;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sse::{Delivery, wire};

    fn text(script: Script) -> String {
        let wire = wire(&script.resolve("run", "session").frames, &Delivery::new());
        String::from_utf8(wire.to_vec()).unwrap()
    }

    #[test]
    fn the_example_of_the_vendors_page_comes_out_byte_for_byte() {
        let script = Script::reply("Hello").without_thread_id();
        let wire = wire(&script.resolve("abc-123", "session").frames, &Delivery::new());
        assert_eq!(
            wire,
            "id: 1717000000000-0\ndata: {\"type\":\"token\",\"content\":\"Hello\"}\n\n\
             id: 1717000000001-0\ndata: {\"type\":\"done\",\"runId\":\"abc-123\"}\n\n"
        );
    }

    #[test]
    fn a_text_becomes_tokens_that_make_the_same_text() {
        let said = text(Script::reply("Ein  Maß\nvoll ").breaks_off());
        let tokens: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
        let contents: Vec<_> = tokens
            .iter()
            .map(|token| serde_json::from_str::<Value>(token).unwrap()["content"].clone())
            .collect();
        assert_eq!(contents, ["Ein ", " ", "Maß\n", "voll "]);
    }

    #[test]
    fn only_events_with_ids_of_the_run_take_time() {
        let script = Script::new()
            .comment("c")
            .heartbeat()
            .event(Event::token("a").with_id("x"))
            .frame(Frame::data("f"))
            .event(Event::token("b").without_id())
            .cancelled();
        let said = text(script);
        let ids: Vec<_> = said.lines().filter(|line| line.starts_with("id")).collect();
        assert_eq!(ids, ["id: x", "id: 1717000000000-0"]);
        assert!(said.contains(r#""runIds":["run"],"timestamp":1717000000000"#), "{said}");
    }

    #[test]
    fn done_names_the_thread_of_the_run() {
        let thread = |script: Script, thread_id: &str| {
            let wire = wire(&script.resolve("r", thread_id).frames, &Delivery::new());
            let data = std::str::from_utf8(&wire).unwrap().trim().split_once("data: ").unwrap().1;
            serde_json::from_str::<Value>(data).unwrap()["threadId"].clone()
        };
        assert_eq!(thread(Script::new(), "agent_0_s"), "agent_0_s");
        assert_eq!(thread(Script::new().thread_id(""), "s"), "");
        assert_eq!(thread(Script::new().without_thread_id(), "s"), Value::Null);
    }

    #[test]
    fn only_the_first_hold_counts() {
        let held = Script::reply("a").hold().text("b").hold();
        assert_eq!(held.resolve("r", "s").hold, Some(1));
    }
}
