//! Runs: asked for, followed chunk by chunk, answered, attached again.

use crate::{
    Answer, Ask, Assembler, Client, Error, Handle, Outcome,
    follow::{Follow, Noted},
    settle::{self, Judge},
    types::{FinishReason, Thread, UiMessage, UiMessageChunk},
};
use futures_core::Stream;
use serde_json::Value;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// As long as the vendor lets a run be idle.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);
const INTERVAL: Duration = Duration::from_secs(1);

/// How often a thread at rest may lack what the run has said, until it is believed.
const READS: u32 = 30;

impl Client {
    /// Asks an agent, in a new thread: await it for the [`Run`] that answers.
    ///
    /// `message` is a text, or a [`UiMessage`] with files. The thread is made first, then its stream opened, so that no chunk
    /// is missed, and then the message posted.
    ///
    /// # Errors
    ///
    /// Those of [`create_thread`](Client::create_thread), [`stream_thread`](Client::stream_thread) and
    /// [`post_message`](Client::post_message). The post is repeated where that is safe: its message has an id by which the
    /// server knows it again. A thread is made once, unless no connection was made; after a failure it may be there, empty.
    pub fn ask(&self, agent_id: impl Into<String>, message: impl Into<UiMessage>) -> Ask {
        Ask::in_new_thread(self.clone(), agent_id.into(), message.into())
    }

    /// The run of a handle, in this process or another. Sends nothing.
    ///
    /// While the run goes on, its chunks come from its first one; the chunks of a run that is over are gone, and only its
    /// [outcome](Run::wait) is left.
    pub fn attach(&self, handle: Handle) -> Run {
        let follow = Follow::attached(self, &handle);
        Run::new(self.clone(), handle, follow, Assembler::new())
    }
}

/// One run of an agent: what it does with one message. [`next`](Self::next) chunk by chunk, as a [`Stream`], or
/// [`wait`](Self::wait) for the end.
///
/// A lost connection is made again, as often as the client's retry policy allows without anything new, if the thread says
/// that the run goes on. The server then tells the run from its start; what has been delivered is passed over. Where the
/// server tells it differently the chunks come anew from there on, and [`message`](Self::message) is right all the same.
///
/// # Cancel safety
///
/// A future of [`next`](Self::next) or [`wait`](Self::wait) that is dropped loses nothing: the request or the
/// connection stays, and the next call goes on with it. Dropping the run itself closes the connection and stops
/// nothing.
pub struct Run {
    client: Client,
    handle: Handle,
    pub(crate) follow: Follow,
    assembler: Assembler,
    /// The id that the stream has given the answer.
    told_id: Option<String>,
    error: Option<String>,
    unreadable: u32,
    /// How many more reads of a thread at rest may lack what the run has said.
    reads_left: u32,
    timeout: Duration,
    interval: Duration,
}

impl Run {
    pub(crate) fn new(
        client: Client,
        handle: Handle,
        follow: Follow,
        assembler: Assembler,
    ) -> Self {
        Self {
            client,
            handle,
            follow,
            assembler,
            told_id: None,
            error: None,
            unreadable: 0,
            reads_left: READS,
            timeout: TIMEOUT,
            interval: INTERVAL,
        }
    }

    /// The thread of the run.
    pub fn thread_id(&self) -> &str {
        &self.handle.thread_id
    }

    /// What to store so that the run can be [attached](Client::attach) again.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// How long [`wait`](Self::wait) waits before it fails with [`ErrorKind::Deadline`](crate::ErrorKind::Deadline). Default:
    /// 30 min, after which the vendor ends a run that does nothing.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The pause between two reads of the thread, where [`wait`](Self::wait) has to read it. Default: 1 s.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// The agent's message as the chunks delivered so far make it.
    pub fn message(&mut self) -> &UiMessage {
        self.assembler.message()
    }

    /// Why the run finished, as the stream told; `None` before, and for a run that was not followed to its end.
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.assembler.finish_reason()
    }

    /// The next chunk; `None` behind the last, which is `finish`, `abort` or the first `error`, and where there is nothing to
    /// follow: the run is over, or the server has no stream of it. [`wait`](Self::wait) then tells the outcome.
    ///
    /// While no chunk comes, the thread is read every 15 s, so that a run that ended without a word is noticed.
    ///
    /// A chunk that cannot be read is one `Err` with [`ErrorKind::Decode`](crate::ErrorKind::Decode), and the run goes on behind
    /// it. After any other `Err` comes `None`.
    ///
    /// # Cancel safety
    ///
    /// A chunk is either returned or still to come: call it again to go on.
    ///
    /// # Errors
    ///
    /// Those of [`stream_thread`](Client::stream_thread) and [`get_thread`](Client::get_thread).
    pub async fn next(&mut self) -> Option<Result<UiMessageChunk, Error>> {
        std::future::poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Follows the run to its end, or until it waits for its user, and reads what the thread then has.
    ///
    /// What the stream tells comes before it is stored, so the thread is read until it agrees, every
    /// [`interval`](Self::interval), but not for ever: an ending without the agent's message is believed after 30 reads. A
    /// thread that is as it was before the message was posted is never taken for the end. Where the stream fails, the thread
    /// alone is read.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped, by a timeout for one: call it again to go on. What has been seen
    /// counts, but the [`timeout`](Self::timeout) begins anew.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Deadline`](crate::ErrorKind::Deadline) when the [`timeout`](Self::timeout) passes first; the run goes on.
    /// - Those of [`get_thread`](Client::get_thread) and [`list_messages`](Client::list_messages) that do not pass.
    pub async fn wait(&mut self) -> Result<Outcome, Error> {
        let (thread, messages) = settle::settle(self, self.timeout, self.interval).await?;
        Ok(Outcome {
            thread,
            messages,
            message: self.assembler.message().clone(),
            error: self.error.clone(),
            unreadable: self.unreadable,
        })
    }

    /// Reads the thread once.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; nothing else comes of it.
    ///
    /// # Errors
    ///
    /// Those of [`get_thread`](Client::get_thread), and [`ErrorKind::Decode`](crate::ErrorKind::Decode) when the thread is not
    /// there.
    pub async fn read(&self) -> Result<Thread, Error> {
        settle::read(&self.client, self.thread_id()).await
    }

    /// Sends the next message into the thread: await it for the run that answers it.
    ///
    /// # Errors
    ///
    /// As [`Client::ask`], and [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) while the thread is at work: the
    /// server would queue the message, and its run could not be told from those before it.
    pub fn follow_up(&self, message: impl Into<UiMessage>) -> Ask {
        Ask::in_thread(self.client.clone(), &self.handle, message.into())
    }

    /// Answers the question that the run has stopped for: await it for the run that goes on.
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn reply(&self, response: impl Into<Value>) -> Ask {
        self.answer([Answer::Reply { tool_call_id: None, response: response.into() }])
    }

    /// Lets the call be made that the run has stopped for. Otherwise as [`answer`](Self::answer).
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn approve(&self) -> Ask {
        self.answer([Answer::Decide { tool_call_id: None, approved: true, reason: None }])
    }

    /// Lets the call not be made that the run has stopped for. Otherwise as [`answer`](Self::answer).
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn deny(&self, reason: impl Into<String>) -> Ask {
        let reason = Some(reason.into());
        self.answer([Answer::Decide { tool_call_id: None, approved: false, reason }])
    }

    /// Answers what the run has stopped for, all of it: await it for the run that goes on.
    ///
    /// The vendor has no operation for it: the agent's latest message is posted back as it is stored, but for the calls that
    /// are answered.
    ///
    /// # Errors
    ///
    /// As [`follow_up`](Self::follow_up), those of [`list_messages`](Client::list_messages), and
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) without an answer, and for one that fits no call of the
    /// message, or more than one.
    pub fn answer(&self, answers: impl IntoIterator<Item = Answer>) -> Ask {
        Ask::answering(self.client.clone(), &self.handle, answers.into_iter().collect())
    }

    /// Asks the server to stop the run, which it does a little later, or not: [`wait`](Self::wait) tells. A run that was
    /// stopped is `failed`.
    ///
    /// # Cancel safety
    ///
    /// Whether the server was asked is not known when the future is dropped. It can be called again.
    ///
    /// # Errors
    ///
    /// Those of [`cancel_run`](Client::cancel_run).
    pub async fn cancel(&self) -> Result<(), Error> {
        self.client.cancel_run(self.thread_id()).await.map(|_| ())
    }

    /// What it takes to see the run's end in its thread.
    pub(crate) fn settling(&mut self) -> (&Client, &str, Judge<'_>) {
        let Self { client, handle, follow, told_id, reads_left, .. } = self;
        let judge = Judge {
            before: &handle.before,
            told_id: told_id.as_deref(),
            begun: &mut follow.begun,
            left: reads_left,
        };
        (client, &handle.thread_id, judge)
    }

    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<UiMessageChunk, Error>>> {
        let Self { follow, assembler, told_id, error, unreadable, .. } = self;
        follow.poll_chunk(cx, |noted| match noted {
            Noted::Reopened => assembler.reconnected(),
            Noted::Chunk { chunk, is_new } => {
                let fits = chunk.is_some_and(|chunk| {
                    note(chunk, told_id, error);
                    assembler.push(chunk).is_ok()
                });
                *unreadable += u32::from(is_new && !fits);
            }
        })
    }
}

/// What a chunk says of the run.
fn note(chunk: &UiMessageChunk, told_id: &mut Option<String>, error: &mut Option<String>) {
    match chunk {
        UiMessageChunk::Start(start) if start.message_id.is_some() => {
            told_id.clone_from(&start.message_id);
        }
        // The first says why; those after it have been seen to say nothing.
        UiMessageChunk::Error(told) if error.is_none() => {
            *error = Some(told.error_text.clone().unwrap_or_default());
        }
        _ => {}
    }
}

impl Stream for Run {
    type Item = Result<UiMessageChunk, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

/// Shows no message.
impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("handle", &self.handle).finish_non_exhaustive()
    }
}
