//! The chunks of one run, out of a stream that outlives runs and keeps no place.

use crate::{
    BoxFuture, Client, Error, ErrorKind, Handle,
    operations::StreamThreadRequest,
    replay::Delivered,
    settle,
    types::{Thread, UiMessageChunk},
};
use agent_threads_core::codegen::{Replay, Replays};
use std::task::{Context, Poll, ready};

/// The chunks of a run, until one ends it.
pub(crate) struct Follow {
    client: Client,
    handle: Handle,
    state: State,
    delivered: Delivered,
    /// Something of the run has been seen, so that a thread at rest is one at its end.
    pub(crate) begun: bool,
    opened: bool,
}

enum State {
    /// Chunks come from here.
    Open(Box<Replays<UiMessageChunk>>),
    /// The thread is asked whether there is anything to connect for.
    Asking(Box<Replays<UiMessageChunk>>, BoxFuture<'static, Result<Thread, Error>>),
    Ended,
}

impl Follow {
    /// Of a run that is about to be asked for.
    pub(crate) fn ahead(client: &Client, handle: &Handle) -> Self {
        Self::with(client, handle, State::Open(Box::new(stream(client, handle))))
    }

    /// Of a run that may be over.
    pub(crate) fn attached(client: &Client, handle: &Handle) -> Self {
        let replays = Box::new(stream(client, handle));
        Self::with(client, handle, State::Asking(replays, read(client, handle)))
    }

    fn with(client: &Client, handle: &Handle, state: State) -> Self {
        Self {
            client: client.clone(),
            handle: handle.clone(),
            state,
            delivered: Delivered::default(),
            begun: false,
            opened: false,
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
        mut note: impl FnMut(Option<Result<&UiMessageChunk, &Error>>),
    ) -> Poll<Option<Result<UiMessageChunk, Error>>> {
        loop {
            let replay = match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Asking(_, asking) => {
                    let thread = ready!(asking.as_mut().poll(cx));
                    if let Err(error) = self.answered(thread) {
                        return Poll::Ready(Some(Err(error)));
                    }
                    continue;
                }
                State::Open(replays) => ready!(replays.poll_replay(cx)),
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
                        note(None);
                    }
                }
                Some(Ok(Replay::Lost)) => self.ask(),
                Some(Ok(Replay::Event(Err(error)))) => {
                    note(Some(Err(&error)));
                    return Poll::Ready(Some(Err(error)));
                }
                Some(Ok(Replay::Event(Ok(chunk)))) => {
                    note(Some(Ok(&chunk)));
                    if let Some(chunk) = self.take(chunk) {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
            }
        }
    }

    fn take(&mut self, chunk: UiMessageChunk) -> Option<UiMessageChunk> {
        self.begun = true;
        let is_new = self.delivered.is_new(&chunk);
        if let State::Open(replays) = &mut self.state
            && is_new
        {
            replays.progressed();
        }
        if ends_run(&chunk) {
            self.state = State::Ended;
        }
        is_new.then_some(chunk)
    }

    /// Before it connects again: a run that has ended meanwhile is not told any more.
    fn ask(&mut self) {
        if let State::Open(replays) = std::mem::replace(&mut self.state, State::Ended) {
            self.state = State::Asking(replays, read(&self.client, &self.handle));
        }
    }

    fn answered(&mut self, thread: Result<Thread, Error>) -> Result<(), Error> {
        let State::Asking(replays, _) = std::mem::replace(&mut self.state, State::Ended) else {
            return Ok(());
        };
        match thread {
            Ok(thread) => {
                let rests = thread.status.is_resting();
                self.begun |= !rests;
                let is_over = rests && (self.begun || self.handle.before.has_changed(&thread));
                if !is_over {
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

fn ends_run(chunk: &UiMessageChunk) -> bool {
    matches!(chunk, UiMessageChunk::Finish(_) | UiMessageChunk::Abort(_) | UiMessageChunk::Error(_))
}
