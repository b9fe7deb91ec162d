//! Telling the ending of a run from that of the run before it.

use crate::types::{MessageRole, Thread, ThreadStatus, UiMessage};
use serde::{Deserialize, Serialize};

/// What a thread showed before a reply.
///
/// A thread has one status, that of its latest run, so a read made soon after a reply can still show the ending of the run
/// before. The vendor documents that `completedAt` is cleared by a reply; servers of early revisions do not have it, and
/// there the reply has to show among the messages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Before {
    /// How many messages were the user's.
    pub user_messages: usize,
    /// When the run before ended, as the vendor writes it; `None` where that is not known.
    #[serde(default)]
    pub completed_at: Option<String>,
}

impl Before {
    pub(crate) fn of(thread: &Thread) -> Self {
        Self { user_messages: user_messages(thread), completed_at: completed_at(thread) }
    }

    /// Whether a thread at its end is still at the end that it had before the reply.
    pub(crate) fn still_shows(&self, thread: &Thread) -> bool {
        if let (Some(before), Some(now)) = (&self.completed_at, completed_at(thread)) {
            return *before == now;
        }
        let is_answered = thread.messages.last().is_none_or(|last| !is_users(last));
        let lacks_answer = thread.status == ThreadStatus::Completed && !is_answered;
        user_messages(thread) <= self.user_messages || lacks_answer
    }
}

fn user_messages(thread: &Thread) -> usize {
    thread.messages.iter().filter(|message| is_users(message)).count()
}

fn is_users(message: &UiMessage) -> bool {
    message.role == MessageRole::User
}

fn completed_at(thread: &Thread) -> Option<String> {
    let at = thread.completed_at.as_ref().filter(|at| !at.is_null())?;
    Some(at.as_str().map_or_else(|| at.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn thread(status: &str, completed_at: Option<&str>, roles: &[&str]) -> Thread {
        let message = |role| json!({ "id": "m", "role": role, "status": "done", "createdAt": 0, "parts": [] });
        let messages: Vec<_> = roles.iter().map(message).collect();
        let thread = json!({ "threadId": "t", "status": status, "messages": messages, "completedAt": completed_at });
        serde_json::from_value(thread).unwrap()
    }

    #[test]
    fn where_the_vendor_tells_when_a_run_ended_another_time_is_another_run() {
        let before = Before::of(&thread("completed", Some("1"), &["user", "assistant"]));
        assert!(before.still_shows(&thread("completed", Some("1"), &["user", "assistant"])));
        assert!(!before.still_shows(&thread("completed", Some("2"), &["user", "assistant"])));
    }

    #[test]
    fn elsewhere_the_reply_has_to_show() {
        let before = Before::of(&thread("completed", None, &["user", "assistant"]));
        assert!(before.still_shows(&thread("completed", None, &["user", "assistant"])));
        assert!(!before.still_shows(&thread(
            "completed",
            None,
            &["user", "assistant", "user", "assistant"]
        )));
        assert!(!before.still_shows(&thread("failed", None, &["user", "assistant", "user"])));
    }

    #[test]
    fn a_run_that_ends_while_the_reply_waits_is_not_the_replys() {
        let before = Before::of(&thread("running", None, &["user"]));
        assert!(before.still_shows(&thread("completed", Some("1"), &["user", "assistant"])));
        assert!(before.still_shows(&thread("completed", None, &["user", "assistant", "user"])));
    }
}
