//! One run: its events, how far it has come, what of it is retained.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{Stream, stream};
use serde_json::Value;
use tokio::sync::watch;

use super::cursor::{Cursor, id_after};
use super::event::Event;
use super::request::{Kind, RunRequest};
use super::script::{Resolved, Script, Then};
use crate::echo::echo;
use crate::refusal::Refusal;
use crate::sse::Frame;

/// The handle of a run. Clones are the same run.
#[derive(Clone)]
pub struct Run {
    shared: Arc<Shared>,
}

struct Shared {
    id: String,
    request: RunRequest,
    /// The run in the same thread that must be over before this one begins.
    after: Option<Run>,
    /// Whether a test has said what happens, and not the message.
    is_scripted: bool,
    life: watch::Sender<Life>,
    forgotten: AtomicUsize,
}

/// All of a run that can change.
struct Life {
    frames: Arc<[Frame]>,
    then: Then,
    /// How many steps have happened. Streams wait for those that have not.
    happened: usize,
    /// How many steps must have happened for the run to wait for a decision, which has not come.
    asks_after: Option<usize>,
    is_cancelled: bool,
    edited: Option<Value>,
}

/// Why a stream cannot begin where it was asked to.
pub(super) enum NoPlace {
    Expired,
    Refused(Refusal),
}

impl Run {
    /// Without a script it answers with a text that quotes the message.
    pub(super) fn new(
        id: String,
        request: RunRequest,
        script: Option<Script>,
        after: Option<Self>,
    ) -> Self {
        let is_scripted = script.is_some();
        let script = script.unwrap_or_else(|| Script::reply(echo(&request.message)));
        let life = watch::Sender::new(Life::new(script.resolve(&id, &request.thread_id)));
        let forgotten = AtomicUsize::new(0);
        Self { shared: Arc::new(Shared { id, request, after, is_scripted, life, forgotten }) }
    }

    /// The run's id.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// The organization it belongs to.
    pub fn organization_id(&self) -> &str {
        &self.shared.request.organization_id
    }

    /// The thread it belongs to. Empty for a workflow action.
    pub fn thread_id(&self) -> &str {
        &self.shared.request.thread_id
    }

    /// The body of the request that made it; of a buffered chat the run that comes to the same.
    pub fn request(&self) -> &Value {
        &self.shared.request.body
    }

    /// The turn that took the place of the request's while the run was queued, if one did.
    pub fn edited(&self) -> Option<Value> {
        self.shared.life.borrow().edited.clone()
    }

    /// Where it is: `queued`, `pending`, `running`, or once it is over the type of its last event.
    pub fn status(&self) -> String {
        if self.waits_for_its_thread() {
            return "queued".to_owned();
        }
        let life = self.shared.life.borrow();
        match (life.is_over(), life.happened) {
            (true, _) => life.last_type().unwrap_or_else(|| "done".to_owned()),
            (false, 0) => "pending".to_owned(),
            (false, _) => "running".to_owned(),
        }
    }

    /// Whether it has stopped at a [`Script::pauses`] and no decision has come.
    pub fn awaits_decision(&self) -> bool {
        let life = self.shared.life.borrow();
        let has_asked = life.asks_after.is_some_and(|steps| life.happened >= steps);
        has_asked && !life.is_cancelled && !self.waits_for_its_thread()
    }

    /// The ids of its events in order, without those that have none, held events included.
    pub fn event_ids(&self) -> Vec<String> {
        self.frames().iter().filter_map(Frame::id).map(str::to_owned).collect()
    }

    /// Lets `steps` more of what its script holds happen: events, comments, and at last a break-off.
    pub fn release(&self, steps: usize) {
        self.shared.life.send_modify(|life| life.happened = life.happened.saturating_add(steps));
    }

    /// Lets everything happen that its script holds.
    pub fn release_all(&self) {
        self.release(usize::MAX);
    }

    /// Forgets its first `frames`, comments included, as the vendor does after some time. A cursor before the last one
    /// forgotten has expired. What is forgotten cannot be brought back.
    pub fn forget(&self, frames: usize) {
        let frames = frames.min(self.frames().len());
        self.shared.forgotten.fetch_max(frames, Ordering::Relaxed);
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.shared.request.kind
    }

    pub(super) fn asked(&self) -> &RunRequest {
        &self.shared.request
    }

    pub(super) fn frames(&self) -> Arc<[Frame]> {
        self.shared.life.borrow().frames.clone()
    }

    /// Whether nothing more will happen.
    pub(super) fn is_over(&self) -> bool {
        self.shared.life.borrow().is_over() && !self.waits_for_its_thread()
    }

    /// Whether the next run in its thread may begin.
    pub(super) fn leaves_thread_idle(&self) -> bool {
        let before = self.shared.after.as_ref();
        self.shared.life.borrow().is_over() && before.is_none_or(Self::leaves_thread_idle)
    }

    pub(super) fn waits_for_its_thread(&self) -> bool {
        let before = self.shared.after.as_ref();
        !self.shared.life.borrow().is_cancelled
            && before.is_some_and(|before| !before.leaves_thread_idle())
    }

    /// Ends it with `cancelled` where it is. What has happened stays; a run that is over does, too.
    pub(super) fn cancel(&self) {
        if self.is_over() {
            return;
        }
        let has_begun = !self.waits_for_its_thread();
        self.shared.life.send_modify(|life| {
            let happened = if has_begun { life.happened.min(life.frames.len()) } else { 0 };
            let (id, millis) = id_after(&life.frames[..happened]);
            let last = Event::cancelled([&self.shared.id], millis).with_id(id);
            life.frames =
                life.frames[..happened].iter().cloned().chain([Frame::from(last)]).collect();
            life.then = Then::Ends;
            life.happened = usize::MAX;
            life.is_cancelled = true;
        });
    }

    /// Takes the decision that it waits for.
    pub(super) fn decide(&self) {
        self.shared.life.send_modify(|life| life.asks_after = None);
    }

    /// Puts another turn in the place of its request. What a script says stays.
    pub(super) fn edit(&self, turn: &RunRequest) {
        let Shared { id, request, is_scripted, .. } = &*self.shared;
        self.shared.life.send_modify(|life| {
            if !is_scripted {
                let script = Script::reply(echo(&turn.message));
                *life = Life::new(script.resolve(id, &request.thread_id));
            }
            life.edited = Some(turn.body.clone());
        });
    }

    pub(super) fn place(&self, cursor: Cursor<'_>) -> Result<usize, NoPlace> {
        let forgotten = self.shared.forgotten.load(Ordering::Relaxed);
        let place = cursor.position(&self.frames()).map_err(NoPlace::Refused)?;
        match cursor {
            Cursor::Start => Ok(forgotten),
            Cursor::After(_) if place < forgotten => Err(NoPlace::Expired),
            Cursor::After(_) => Ok(place),
        }
    }

    /// The frames from a place on that have happened.
    pub(super) fn so_far(&self, place: usize) -> Vec<Frame> {
        if self.waits_for_its_thread() {
            return Vec::new();
        }
        let life = self.shared.life.borrow();
        life.frames.iter().take(life.happened).skip(place).cloned().collect()
    }

    /// The frames from a place on, each as soon as it has happened and the client has taken the one before.
    pub(super) fn stream(&self, place: usize) -> impl Stream<Item = Frame> + Send + 'static {
        let state = (self.clone(), self.shared.life.subscribe(), place);
        stream::unfold(state, |(run, mut life, place)| async move {
            let frame = run.step(&mut life, place).await?;
            Some((frame, (run, life, place + 1)))
        })
    }

    async fn step(&self, life: &mut watch::Receiver<Life>, place: usize) -> Option<Frame> {
        if self.waits_for_its_thread() {
            tokio::select! {
                () = self.thread_is_free() => {}
                () = cancelled(life) => {}
            }
        }
        let life = life.wait_for(|life| life.has_come_to(place)).await.ok()?;
        life.frames.get(place).cloned()
    }

    /// Resolves when all runs before it are over.
    fn thread_is_free(&self) -> BoxFuture<'_, ()> {
        async {
            if let Some(before) = &self.shared.after {
                before.thread_is_free().await;
                // The error says that the sender is gone, but this run holds it.
                let _ = before.shared.life.subscribe().wait_for(Life::is_over).await;
            }
        }
        .boxed()
    }
}

async fn cancelled(life: &mut watch::Receiver<Life>) {
    // The error says that the sender is gone, but whoever asks holds it.
    let _ = life.wait_for(|life| life.is_cancelled).await;
}

impl Life {
    fn new(resolved: Resolved) -> Self {
        Self {
            frames: resolved.frames.into(),
            then: resolved.then,
            happened: resolved.hold.unwrap_or(usize::MAX),
            asks_after: resolved.asks_after,
            is_cancelled: false,
            edited: None,
        }
    }

    fn is_over(&self) -> bool {
        self.then == Then::Ends && self.happened >= self.frames.len()
    }

    /// Whether it is known what is at a place: a frame, or the end.
    fn has_come_to(&self, place: usize) -> bool {
        match self.then {
            Then::Ends if place >= self.frames.len() => true,
            Then::StaysOpen if place >= self.frames.len() => false,
            _ => self.happened > place,
        }
    }

    fn last_type(&self) -> Option<String> {
        let last: Value = serde_json::from_slice(self.frames.last()?.data_bytes()?).ok()?;
        Some(last["type"].as_str()?.to_owned())
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("id", &self.shared.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};

    use super::*;

    fn run(script: Script) -> Run {
        let body = br#"{"message":"m","sessionId":"s","organizationId":"o"}"#;
        Run::new("r".to_owned(), RunRequest::first(body).unwrap(), Some(script), None)
    }

    /// How many frames come without waiting, and whether the stream ends after them.
    fn ready(stream: &mut (impl Stream<Item = Frame> + Unpin)) -> (usize, bool) {
        let mut frames = 0;
        loop {
            match stream.next().now_or_never() {
                Some(Some(_)) => frames += 1,
                Some(None) => return (frames, true),
                None => return (frames, false),
            }
        }
    }

    #[test]
    fn what_is_held_comes_when_released_and_to_every_stream() {
        let run = run(Script::reply("a ").hold().text("b c"));
        let (mut one, mut other) = (Box::pin(run.stream(0)), Box::pin(run.stream(1)));
        assert_eq!((ready(&mut one), ready(&mut other)), ((1, false), (0, false)));
        run.release(1);
        assert_eq!((ready(&mut one), ready(&mut other)), ((1, false), (1, false)));
        run.release(2);
        assert_eq!((ready(&mut one), ready(&mut other)), ((2, true), (2, true)));
        run.release(usize::MAX);
        assert_eq!(ready(&mut Box::pin(run.stream(0))), (4, true));
    }

    #[test]
    fn a_break_off_can_be_held_and_a_run_that_never_ends_stays_open() {
        let broken = run(Script::reply("a").hold().breaks_off());
        let mut stream = Box::pin(broken.stream(0));
        assert_eq!(ready(&mut stream), (1, false));
        broken.release_all();
        assert_eq!(ready(&mut stream), (0, true));
        let open = run(Script::reply("a").never_ends());
        assert_eq!(ready(&mut Box::pin(open.stream(0))), (1, false));
    }

    #[test]
    fn a_cursor_expires_when_an_event_after_it_is_forgotten() {
        let run = run(Script::reply("a b"));
        let ids = run.event_ids();
        let place = |id: Option<&str>| run.place(Cursor::new(id)).ok();
        run.forget(2);
        run.forget(1);
        assert_eq!(place(Some(&ids[0])), None);
        assert_eq!(place(Some(&ids[1])), Some(2));
        assert_eq!((place(None), place(Some("0"))), (Some(2), Some(2)));
        run.forget(usize::MAX);
        assert_eq!((place(Some(&ids[1])), place(Some(&ids[2]))), (None, Some(3)));
    }
}
