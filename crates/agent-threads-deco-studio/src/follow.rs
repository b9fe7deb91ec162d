//! The chunks of one run, out of a stream that outlives runs and keeps no place.

use crate::{
    BoxFuture, Client, Error, ErrorKind, Handle,
    look::Look,
    operations::StreamThreadRequest,
    replay::Delivered,
    settle,
    types::{Thread, ThreadStatus, UiMessageChunk},
};
use agent_threads_core::codegen::{Exclusive, Replay, Replays};
use std::task::{Context, Poll, ready};

/// The chunks of a run, until one ends it.
pub(crate) struct Follow {
    client: Client,
    handle: Handle,
    state: State,
    delivered: Delivered,
    /// Something of the run has been seen, so that a thread at rest is one at its end.
    pub(crate) begun: bool,
    /// What the thread last said.
    pub(crate) seen: Option<ThreadStatus>,
    opened: bool,
    look: Look,
    /// The thread says that the run is over: what has arrived is still delivered, and nothing is waited for.
    is_over: bool,
}

/// What a follower may want to know besides the chunks that are delivered.
pub(crate) enum Noted<'a> {
    /// A further connection stands, and the run is told from its start.
    Reopened,
    /// A chunk has come; `None` for one that cannot be read.
    Chunk {
        chunk: Option<&'a UiMessageChunk>,
        /// It has not been delivered before.
        is_new: bool,
    },
}

enum State {
    /// Chunks come from here.
    Open(Box<Replays<UiMessageChunk>>),
    /// The thread is asked whether there is anything to connect for.
    Asking(Box<Replays<UiMessageChunk>>, Asked),
    Ended,
}

/// The thread on its way.
type Asked = Exclusive<dyn Future<Output = Result<Thread, Error>> + Send>;

impl Follow {
    /// Of a run that is about to be asked for.
    pub(crate) fn ahead(client: &Client, handle: &Handle) -> Self {
        Self::with(client, handle, State::Open(Box::new(stream(client, handle))))
    }

    /// Of a run that may be over.
    pub(crate) fn attached(client: &Client, handle: &Handle) -> Self {
        let replays = Box::new(stream(client, handle));
        Self::with(client, handle, State::Asking(replays, Exclusive::new(read(client, handle))))
    }

    fn with(client: &Client, handle: &Handle, state: State) -> Self {
        Self {
            client: client.clone(),
            handle: handle.clone(),
            state,
            delivered: Delivered::default(),
            begun: false,
            seen: None,
            opened: false,
            look: Look::default(),
            is_over: false,
        }
    }

    /// Resolves when the server has answered that the stream begins, or that it has none.
    pub(crate) async fn open(&mut self) -> Result<(), Error> {
        std::future::poll_fn(|cx| self.poll_open(cx)).await
    }

    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while let State::Open(replays) = &mut self.state
            && !self.opened
        {
            match ready!(replays.poll_replay(cx)) {
                Some(Ok(Replay::Opened)) => self.opened = true,
                Some(Ok(_)) => {}
                None => self.state = State::Ended,
                Some(Err(error)) => self.end(error)?,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// The next chunk for the consumer. `note` is told of every chunk, delivered before or not, and of each new connection.
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        mut note: impl FnMut(Noted<'_>),
    ) -> Poll<Option<Result<UiMessageChunk, Error>>> {
        loop {
            let replay = match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Asking(_, asking) => {
                    let thread = ready!(asking.poll(cx));
                    if let Err(error) = self.answered(thread) {
                        return Poll::Ready(Some(Err(error)));
                    }
                    continue;
                }
                State::Open(replays) => match replays.poll_replay(cx) {
                    Poll::Ready(replay) => replay,
                    Poll::Pending if self.is_over => None,
                    Poll::Pending => {
                        let thread = ready!(
                            self.look.poll_thread(cx, || { read(&self.client, &self.handle) })
                        );
                        self.looked(thread);
                        continue;
                    }
                },
            };
            match replay {
                None => self.state = State::Ended,
                Some(Err(error)) => {
                    if let Err(error) = self.end(error) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Some(Ok(Replay::Opened)) => {
                    if std::mem::replace(&mut self.opened, true) {
                        self.delivered.reopened();
                        note(Noted::Reopened);
                    }
                }
                Some(Ok(Replay::Lost)) => self.ask(),
                Some(Ok(Replay::Event(chunk))) => {
                    let is_new = self.take(&chunk);
                    note(Noted::Chunk { chunk: chunk.as_ref().ok(), is_new });
                    if is_new {
                        return Poll::Ready(Some(chunk));
                    }
                }
            }
        }
    }

    /// Whether the chunk, or what stands for one that cannot be read, has not been delivered before.
    fn take(&mut self, chunk: &Result<UiMessageChunk, Error>) -> bool {
        self.look.put_off();
        let is_new = match chunk {
            Ok(chunk) => self.delivered.is_new(chunk),
            Err(error) => self.delivered.is_new_unreadable(error),
        };
        if let State::Open(replays) = &mut self.state
            && is_new
        {
            replays.progressed();
        }
        if let Ok(chunk) = chunk {
            self.begun |= tells_of_a_run_at_work(chunk);
            if ends_run(chunk) {
                self.state = State::Ended;
            }
        }
        is_new
    }

    /// The thread, while the stream is silent. What has ended is told before it is stored, so behind a thread at rest no
    /// chunk is left to come. A look that fails decides nothing.
    fn looked(&mut self, thread: Result<Thread, Error>) {
        if let Ok(thread) = thread {
            self.is_over = self.rests(&thread);
        }
    }

    /// Whether the thread shows the end of the run.
    fn rests(&mut self, thread: &Thread) -> bool {
        self.seen = Some(thread.status.clone());
        let rests = thread.status.is_resting();
        self.begun |= !rests;
        rests && (self.begun || self.handle.before.has_changed(thread))
    }

    /// Before it connects again: a run that has ended meanwhile is not told any more.
    fn ask(&mut self) {
        if let State::Open(replays) = std::mem::replace(&mut self.state, State::Ended) {
            self.state = State::Asking(replays, Exclusive::new(read(&self.client, &self.handle)));
        }
    }

    fn answered(&mut self, thread: Result<Thread, Error>) -> Result<(), Error> {
        let State::Asking(replays, _) = std::mem::replace(&mut self.state, State::Ended) else {
            return Ok(());
        };
        match thread {
            Ok(thread) => {
                if !self.rests(&thread) {
                    self.state = State::Open(replays);
                }
            }
            // The connection that follows tells what is wrong, if anything is.
            Err(error) if error.is_retryable() => self.state = State::Open(replays),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// No stream to be had is no failure: the thread can be read.
    fn end(&mut self, error: Error) -> Result<(), Error> {
        self.state = State::Ended;
        match error.kind() {
            ErrorKind::NothingToStream => Ok(()),
            _ => Err(error),
        }
    }
}

fn stream(client: &Client, handle: &Handle) -> Replays<UiMessageChunk> {
    let request = client.stream_thread(&handle.thread_id);
    client.core().replays(&StreamThreadRequest::OPERATION, move || request.request())
}

fn read(client: &Client, handle: &Handle) -> BoxFuture<'static, Result<Thread, Error>> {
    let (client, thread_id) = (client.clone(), handle.thread_id.clone());
    Box::pin(async move { settle::read(&client, &thread_id).await })
}

/// Data may come of a run that waits for its turn.
fn tells_of_a_run_at_work(chunk: &UiMessageChunk) -> bool {
    !matches!(chunk, UiMessageChunk::Data(_))
}

fn ends_run(chunk: &UiMessageChunk) -> bool {
    matches!(chunk, UiMessageChunk::Finish(_) | UiMessageChunk::Abort(_) | UiMessageChunk::Error(_))
}
