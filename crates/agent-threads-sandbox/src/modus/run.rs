//! One run: its events, how far it has come, what of it is retained.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{Stream, stream};
use serde_json::Value;
use tokio::sync::watch;

use super::cursor::Cursor;
use super::request::RunRequest;
use super::script::{Resolved, Script, Then};
use crate::refusal::Refusal;
use crate::sse::Frame;

/// The handle of a run. Clones are the same run.
#[derive(Clone)]
pub struct Run {
    shared: Arc<Shared>,
}

struct Shared {
    id: String,
    organization_id: String,
    request: Value,
    frames: Vec<Frame>,
    then: Then,
    /// How many steps have happened. Streams wait for those that have not.
    happened: watch::Sender<usize>,
    forgotten: AtomicUsize,
}

/// Why a stream cannot begin where it was asked to.
pub(super) enum NoPlace {
    Expired,
    Refused(Refusal),
}

impl Run {
    pub(super) fn new(id: String, request: RunRequest, script: Script) -> Self {
        let Resolved { frames, hold, then } = script.resolve(&id, &request.session_id);
        Self {
            shared: Arc::new(Shared {
                id,
                organization_id: request.organization_id,
                request: request.body,
                frames,
                then,
                happened: watch::Sender::new(hold.unwrap_or(usize::MAX)),
                forgotten: AtomicUsize::new(0),
            }),
        }
    }

    /// The run's id.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// The organization it belongs to.
    pub fn organization_id(&self) -> &str {
        &self.shared.organization_id
    }

    /// The body of the request that made it.
    pub fn request(&self) -> &Value {
        &self.shared.request
    }

    /// The ids of its events in order, without those that have none, held events included.
    pub fn event_ids(&self) -> Vec<String> {
        self.frames().iter().filter_map(Frame::id).map(str::to_owned).collect()
    }

    /// Lets `steps` more of what its script holds happen: events, comments, and at last a break-off.
    pub fn release(&self, steps: usize) {
        self.shared.happened.send_modify(|happened| *happened = happened.saturating_add(steps));
    }

    /// Lets everything happen that its script holds.
    pub fn release_all(&self) {
        self.shared.happened.send_replace(usize::MAX);
    }

    /// Forgets its first `frames`, comments included, as the vendor does after some time. A cursor before the last one
    /// forgotten has expired. What is forgotten cannot be brought back.
    pub fn forget(&self, frames: usize) {
        let frames = frames.min(self.frames().len());
        self.shared.forgotten.fetch_max(frames, Ordering::Relaxed);
    }

    pub(super) fn frames(&self) -> &[Frame] {
        &self.shared.frames
    }

    pub(super) fn place(&self, cursor: Cursor<'_>) -> Result<usize, NoPlace> {
        let forgotten = self.shared.forgotten.load(Ordering::Relaxed);
        let place = cursor.position(self.frames()).map_err(NoPlace::Refused)?;
        match cursor {
            Cursor::Start => Ok(forgotten),
            Cursor::After(_) if place < forgotten => Err(NoPlace::Expired),
            Cursor::After(_) => Ok(place),
        }
    }

    /// The frames from a place on, each as soon as it has happened and the client has taken the one before.
    pub(super) fn stream(&self, place: usize) -> impl Stream<Item = Frame> + Send + 'static {
        let state = (self.clone(), self.shared.happened.subscribe(), place);
        stream::unfold(state, |(run, mut happened, place)| async move {
            let frame = run.step(&mut happened, place).await?;
            Some((frame, (run, happened, place + 1)))
        })
    }

    async fn step(&self, happened: &mut watch::Receiver<usize>, place: usize) -> Option<Frame> {
        let frame = self.frames().get(place);
        match (frame, self.shared.then) {
            (None, Then::Ends) => return None,
            (None, Then::StaysOpen) => std::future::pending().await,
            _ => {}
        }
        // The error says that the sender is gone, but this run holds it.
        let _ = happened.wait_for(|happened| *happened > place).await;
        frame.cloned()
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
        Run::new("r".to_owned(), RunRequest::parse(body).unwrap(), script)
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
