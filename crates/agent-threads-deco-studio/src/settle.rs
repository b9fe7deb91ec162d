//! Past the end of a stream: the thread as it is stored.

use crate::{
    Before, Client, Error, Run,
    handle::latest_answer,
    operations::GetThreadRequest,
    types::{ListMessages, MessageList, MessageRole, Thread, ThreadMessage, ToolState, UiPart},
};
use agent_threads_core::codegen::{self, Observation, Poll};
use std::{
    collections::HashSet,
    future::{pending, ready},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// What the vendor's page asks for at once.
const PAGE: i64 = 200;

/// Follows the run to its end, and reads what the thread has then.
pub(crate) async fn settle(
    run: &mut Run,
    timeout: Duration,
    interval: Duration,
) -> Result<(Thread, Vec<ThreadMessage>), Error> {
    let start = Instant::now();
    let poll = Poll {
        operation: &GetThreadRequest::OPERATION,
        subject: format!("thread {}", run.thread_id()),
        interval,
        timeout,
        pauses_first: false,
        cancel: pending(),
    };
    let is_followed = match start.checked_add(timeout) {
        Some(deadline) => timeout_at(deadline, drain(run)).await.is_ok(),
        None => {
            drain(run).await;
            true
        }
    };
    if !is_followed && let Some(status) = run.follow.seen.clone() {
        // The deadline has passed: nothing is read any more, and the wait ends with what was seen last.
        let seen = || ready(Ok(status.to_string()));
        return poll.until_from(start, seen, |status| Ok(Observation::Pending(status))).await;
    }
    let (client, thread_id, mut judge) = run.settling();
    let read_all = || async {
        let thread = read(client, thread_id).await?;
        let messages = match thread.status.is_resting() {
            true => Some(newest(client, thread_id).await?),
            false => None,
        };
        Ok((thread, messages))
    };
    let (thread, newest) =
        poll.until_from(start, read_all, |found| Ok(judge.observe(found))).await?;
    let messages = transcript(client, thread_id, newest).await?;
    Ok((thread, messages))
}

/// Chunks, until there are none any more. What ends them without being final is no matter: the thread is read.
async fn drain(run: &mut Run) {
    while run.next().await.is_some() {}
}

/// Decides after each read whether the thread shows the end of the run. What it has seen is the run's, so that a wait which
/// is dropped and begun anew goes on from there.
pub(crate) struct Judge<'r> {
    pub(crate) before: &'r Before,
    pub(crate) told_id: Option<&'r str>,
    pub(crate) begun: &'r mut bool,
    /// How many more reads may lack what the run has said.
    pub(crate) left: &'r mut u32,
}

impl Judge<'_> {
    fn observe(
        &mut self,
        (thread, messages): (Thread, Option<MessageList>),
    ) -> Observation<(Thread, MessageList)> {
        let Some(messages) = messages else {
            *self.begun = true;
            return Observation::Pending(thread.status.to_string());
        };
        // As long as the thread is as it was before the post, the ending it shows is another run's. It was read before the
        // messages, which can be of a later moment: what they show counts from the next read on.
        if !*self.begun && !self.before.has_changed(&thread) {
            *self.begun = self.before.has_answered(&messages.items);
            return Observation::Pending(thread.status.to_string());
        }
        *self.begun = true;
        if self.is_stored(&messages.items) || *self.left == 0 {
            return Observation::Done((thread, messages));
        }
        *self.left -= 1;
        Observation::Pending(thread.status.to_string())
    }

    /// Whether the thread has what the run has said: the message that the stream told of, or else one that was not there
    /// before. One that goes on may keep its first id; then its calls are no longer as they were before the answer.
    fn is_stored(&self, messages: &[ThreadMessage]) -> bool {
        let before = self.before;
        let is_answered = |message: &ThreadMessage| {
            !before.calls.is_empty() && before.calls.iter().all(|call| is_answered(message, call))
        };
        let latest = latest_answer(messages);
        let is_new = match self.told_id {
            Some(told) => messages.iter().any(|message| message.id == told),
            None if before.known => latest.map(|message| &message.id) != before.answer.as_ref(),
            None => messages.last().is_none_or(|message| message.role == MessageRole::Assistant),
        };
        is_new || latest.is_some_and(is_answered)
    }
}

fn is_answered(message: &ThreadMessage, call: &str) -> bool {
    message.parts.iter().any(|part| match part {
        UiPart::Tool(part) => part.tool_call_id == call && is_settled(&part.state),
        UiPart::DynamicTool(part) => part.tool_call_id == call && is_settled(&part.state),
        _ => false,
    })
}

fn is_settled(state: &ToolState) -> bool {
    !matches!(
        state,
        ToolState::InputStreaming | ToolState::InputAvailable | ToolState::ApprovalRequested
    )
}

pub(crate) async fn read(client: &Client, thread_id: &str) -> Result<Thread, Error> {
    let found = client.get_thread(thread_id).send().await?;
    match &found.value().item {
        Some(thread) => Ok(thread.clone()),
        None => Err(codegen::unexpected(&found, "there is no such thread")),
    }
}

/// The page with the newest messages.
pub(crate) async fn newest(client: &Client, thread_id: &str) -> Result<MessageList, Error> {
    client.list_messages(ListMessages::new(thread_id).limit(PAGE)).await
}

/// All messages, the oldest first. Pages lead from the newest messages to the oldest.
async fn transcript(
    client: &Client,
    thread_id: &str,
    newest: MessageList,
) -> Result<Vec<ThreadMessage>, Error> {
    let mut page = newest;
    let mut pages = Vec::new();
    let (mut seen, mut offset) = (HashSet::new(), 0);
    loop {
        let has_more = page.has_more.unwrap_or(i64::try_from(page.items.len()) == Ok(PAGE));
        let before = seen.len();
        page.items.retain(|message| seen.insert(message.id.clone()));
        let is_new = seen.len() > before;
        pages.push(page.items);
        if !has_more || !is_new {
            break;
        }
        offset += PAGE;
        page =
            client.list_messages(ListMessages::new(thread_id).limit(PAGE).offset(offset)).await?;
    }
    let mut messages: Vec<_> = pages.into_iter().rev().flatten().collect();
    // Servers of the first generation tell the oldest first. Where a time is missing, the order is the server's.
    if messages.iter().all(|message| message.created_at.is_some()) {
        messages.sort_by_key(|message| message.created_at);
    }
    Ok(messages)
}
