//! One thread and the run it is in.

use std::collections::VecDeque;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::account::{Account, Shown};
use super::message::Message;
use super::part::{Part, all_but_last_finished, with_ids};
use super::script::{Ending, Script};

/// A message that has been accepted, and the run it will cause.
pub(super) struct Turn {
    user_message: Value,
    reply_id: String,
    script: Script,
}

impl Turn {
    pub(super) fn new(message: &Message, script: Script, user_id: &str, reply_id: String) -> Self {
        let user_message = json!({
            "id": user_id,
            "role": "user",
            "parts": message.parts(),
            "status": "done",
            "createdAt": now(),
        });
        Self { user_message, reply_id, script }
    }

    /// The status in the answer to the message.
    pub(super) fn accepted_as(&self, usual: &str) -> String {
        self.script.accepted_as.clone().unwrap_or_else(|| usual.to_owned())
    }
}

pub(super) struct Thread {
    id: String,
    agent_id: String,
    status: String,
    failure_reason: Option<String>,
    messages: Vec<Value>,
    run: Option<Run>,
    /// Follow ups that came while a run was in flight.
    queued: VecDeque<Turn>,
    stale: Option<Stale>,
    /// While a run is being stopped, how many reads still show it as it was.
    stopping: Option<u32>,
    account: Account,
}

/// The thread as it was, for the reads that do not see a follow up yet.
struct Stale {
    view: Value,
    reads: u32,
}

impl Thread {
    pub(super) fn start(
        id: &str,
        agent_id: &str,
        turn: Turn,
        status: &str,
        must_wait: bool,
        account: Account,
    ) -> Self {
        let mut thread = Self {
            id: id.to_owned(),
            agent_id: agent_id.to_owned(),
            status: status.to_owned(),
            failure_reason: None,
            messages: Vec::new(),
            run: None,
            queued: VecDeque::new(),
            stale: None,
            stopping: None,
            account,
        };
        let usual: &[&str] = match must_wait {
            true => &["running"],
            false => &["pending", "queued", "running"],
        };
        thread.begin(turn, usual);
        thread
    }

    pub(super) fn agent_id(&self) -> &str {
        &self.agent_id
    }

    /// Whether a run is going on or waiting.
    pub(super) fn is_in_flight(&self) -> bool {
        self.run.is_some() || !self.queued.is_empty()
    }

    /// Adds a follow up behind the run in flight.
    pub(super) fn queue(&mut self, turn: Turn) {
        self.queued.push_back(turn);
    }

    /// Begins a follow up of a thread at rest.
    pub(super) fn resume(&mut self, turn: Turn, status: &str, shown: Shown) {
        let reads = turn.script.stale_reads;
        self.stale = (reads > 0).then(|| Stale { view: self.view(shown), reads });
        self.status = status.to_owned();
        self.begin(turn, &["running"]);
    }

    fn begin(&mut self, turn: Turn, usual_statuses: &[&str]) {
        self.failure_reason = None;
        self.account.begin();
        self.messages.push(turn.user_message);
        self.run = Some(Run::new(turn.script, turn.reply_id, usual_statuses));
    }

    /// The thread as it was before a follow up, for as many reads as its script says.
    pub(super) fn stale_view(&mut self) -> Option<Value> {
        let stale = self.stale.as_mut().filter(|stale| stale.reads > 0)?;
        stale.reads -= 1;
        Some(stale.view.clone())
    }

    /// Stops the run, and forgets the follow ups behind it. Returns the status in the answer.
    pub(super) fn cancel(&mut self) -> String {
        if !self.is_in_flight() {
            return self.status.clone();
        }
        if self.stopping.is_none() {
            if self.run.is_none()
                && let Some(turn) = self.queued.pop_front()
            {
                self.begin(turn, &[]);
            }
            self.queued.clear();
            self.stale = None;
            self.stopping = Some(self.run.as_ref().map_or(0, |run| run.script.cancel_takes));
        }
        "cancelled".to_owned()
    }

    /// A read. `has_agent` is whether no other thread has the agent.
    pub(super) fn step(&mut self, has_agent: bool) {
        match self.stopping {
            Some(0) => self.stopped(has_agent),
            Some(reads) => self.stopping = Some(reads - 1),
            None if !self.is_in_flight() => self.account.read_again(),
            None => self.go_on(has_agent),
        }
    }

    fn go_on(&mut self, has_agent: bool) {
        if has_agent {
            self.advance();
        } else {
            "queued".clone_into(&mut self.status);
        }
    }

    /// The read that shows that the run has been stopped, or the next run where one waits. The reply stays as it is.
    fn stopped(&mut self, has_agent: bool) {
        self.stopping = None;
        let Some(run) = self.run.take() else { return };
        self.account.end(&run.script, None, now());
        "cancelled".clone_into(&mut self.status);
        if !self.queued.is_empty() && !run.script.shows_end_between_turns {
            self.go_on(has_agent);
        }
    }

    /// Shows the next step of the run, or of the next run where one has ended and another waits.
    fn advance(&mut self) {
        loop {
            let Some(mut run) = self.run.take() else {
                let Some(turn) = self.queued.pop_front() else { return };
                self.begin(turn, &["running"]);
                continue;
            };
            if let Some(status) = run.next_status() {
                if is_work(&status) {
                    self.account.work(&run.script, now());
                }
                self.status = status;
                run.show_progress(&mut self.messages);
                self.run = Some(run);
                return;
            }
            let Some((status, failure_reason)) = run.end(&mut self.messages) else {
                self.run = Some(run);
                return;
            };
            if run.says_something() {
                self.account.work(&run.script, now());
            }
            self.account.end(&run.script, run.script.failure_type_at_end(), now());
            self.status = status;
            self.failure_reason = failure_reason;
            if self.queued.is_empty() || run.script.shows_end_between_turns {
                return;
            }
        }
    }

    pub(super) fn view(&self, shown: Shown) -> Value {
        let mut view = Map::from_iter([
            ("threadId".to_owned(), json!(self.id)),
            ("status".to_owned(), json!(self.status)),
            ("failureReason".to_owned(), json!(self.failure_reason)),
            ("messages".to_owned(), json!(self.messages)),
        ]);
        self.account.show(shown, self.is_in_flight(), &mut view);
        Value::Object(view)
    }
}

/// A run in flight: how far its script has been shown.
struct Run {
    script: Script,
    statuses: Vec<String>,
    shown: usize,
    parts: Vec<Part>,
    reply_id: String,
    /// Where the reply stands among the messages and since when, once it does.
    reply: Option<(usize, String)>,
}

impl Run {
    fn new(script: Script, reply_id: String, usual_statuses: &[&str]) -> Self {
        let usual = || usual_statuses.iter().map(ToString::to_string).collect();
        let statuses = script.statuses.clone().unwrap_or_else(usual);
        let parts = with_ids(&script.parts, &reply_id);
        Self { script, statuses, shown: 0, parts, reply_id, reply: None }
    }

    /// The next status before the end, if there is one.
    fn next_status(&mut self) -> Option<String> {
        let status = self.statuses.get(self.shown)?.clone();
        self.shown += 1;
        Some(status)
    }

    /// Whether the end alone shows that there was work.
    fn says_something(&self) -> bool {
        self.script.ending == Ending::Completed || !self.parts.is_empty()
    }

    /// Shows as large a share of the reply as of the work. The last part shown is still in flight.
    fn show_progress(&mut self, messages: &mut Vec<Value>) {
        let done = count_work(&self.statuses[..self.shown]);
        let total = count_work(&self.statuses).max(1);
        let visible = (self.parts.len() * done).div_ceil(total);
        let parts = all_but_last_finished(&self.parts[..visible]);
        self.show_reply(messages, &parts, "streaming");
    }

    /// The final status and its reason, unless the run never ends.
    fn end(&mut self, messages: &mut Vec<Value>) -> Option<(String, Option<String>)> {
        let end = match &self.script.ending {
            Ending::Completed => ("completed".to_owned(), None),
            Ending::Failed(reason) => ("failed".to_owned(), Some(reason.clone())),
            Ending::Blocked(reason) => ("blocked".to_owned(), Some(reason.clone())),
            Ending::Status(status) => (status.clone(), None),
            Ending::Never => return None,
        };
        if !self.script.leaves_unfinished {
            let parts: Vec<_> = self.parts.iter().map(Part::json).collect();
            self.show_reply(messages, &parts, "done");
        }
        Some(end)
    }

    /// Adds the reply to the messages or replaces it there. A reply without parts does not show.
    fn show_reply(&mut self, messages: &mut Vec<Value>, parts: &[Value], status: &str) {
        if parts.is_empty() {
            return;
        }
        let next = messages.len();
        let (index, created_at) = self.reply.get_or_insert_with(|| (next, now()));
        let reply = json!({
            "id": self.reply_id,
            "role": "assistant",
            "parts": parts,
            "status": status,
            "createdAt": created_at,
        });
        match messages.get_mut(*index) {
            Some(message) => *message = reply,
            None => messages.push(reply),
        }
    }
}

fn count_work(statuses: &[String]) -> usize {
    statuses.iter().filter(|status| is_work(status)).count()
}

fn is_work(status: &str) -> bool {
    !matches!(status, "idle" | "pending" | "queued")
}

fn now() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::octavus::Agent;

    fn turn(script: Script, text: &str) -> Turn {
        let body = json!({ "message": text }).to_string();
        let message = Message::parse(body.as_bytes()).unwrap();
        Turn::new(&message, script, &format!("user-{text}"), format!("reply-{text}"))
    }

    fn thread(script: Script) -> Thread {
        let account = Account::new("t", Agent::new(), None);
        Thread::start("t", "a", turn(script, "1"), "pending", false, account)
    }

    fn statuses(thread: &mut Thread, reads: usize) -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..reads {
            thread.advance();
            seen.push(thread.status.clone());
        }
        seen
    }

    fn reply_texts(thread: &Thread) -> Vec<&Value> {
        let reply = thread.messages.last().unwrap();
        reply["parts"].as_array().unwrap().iter().map(|part| &part["text"]).collect()
    }

    #[test]
    fn a_run_shows_one_status_per_read_and_stays_at_its_end() {
        let mut thread = thread(Script::reply("Yes"));
        assert_eq!(
            statuses(&mut thread, 5),
            ["pending", "queued", "running", "completed", "completed"]
        );
        assert_eq!(thread.messages.len(), 2);
    }

    #[test]
    fn the_reply_grows_with_the_work_and_its_last_part_is_in_flight() {
        let script = Script::reply("one").text("two").text("six6");
        let mut thread = thread(script.statuses(["pending", "running", "thinking", "running"]));
        thread.advance();
        assert_eq!(thread.messages.len(), 1);
        thread.advance();
        assert_eq!(reply_texts(&thread), ["o"]);
        thread.advance();
        assert_eq!(reply_texts(&thread), ["one", "t"]);
        thread.advance();
        assert_eq!(reply_texts(&thread), ["one", "two", "si"]);
        assert_eq!(thread.messages[1]["status"], "streaming");
        thread.advance();
        assert_eq!(reply_texts(&thread), ["one", "two", "six6"]);
        assert_eq!(thread.messages[1]["status"], "done");
    }

    #[test]
    fn each_ending_has_its_status_and_reason() {
        let endings = [
            (Script::new(), "completed", None),
            (Script::new().fails("no"), "failed", Some("no")),
            (Script::new().blocked("limit"), "blocked", Some("limit")),
            (Script::new().cancelled(), "cancelled", None),
            (Script::new().ends_as("exploded"), "exploded", None),
        ];
        for (script, status, reason) in endings {
            let mut thread = thread(script.statuses::<String>([]));
            thread.advance();
            assert_eq!(thread.status, status);
            assert_eq!(thread.failure_reason.as_deref(), reason);
            assert!(!thread.is_in_flight());
        }
    }

    #[test]
    fn a_run_that_never_ends_stays_at_its_last_status() {
        let mut thread = thread(Script::reply("Yes").statuses(["running"]).never_ends());
        assert_eq!(statuses(&mut thread, 3), ["running"; 3]);
        assert!(thread.is_in_flight());
    }

    #[test]
    fn a_run_may_leave_its_reply_unfinished() {
        let mut thread = thread(Script::reply("done").fails("no").leaves_unfinished());
        statuses(&mut thread, 4);
        assert_eq!(thread.status, "failed");
        assert_eq!(reply_texts(&thread), ["do"]);
        assert_eq!(thread.messages[1]["parts"][0]["status"], "streaming");
    }

    #[test]
    fn hidden_parts_do_not_count() {
        use crate::octavus::{Display, ToolCall};
        let script = Script::new().tool(ToolCall::new("t").display(Display::Hidden)).text("Yes");
        let mut thread = thread(script);
        statuses(&mut thread, 4);
        assert_eq!(reply_texts(&thread), ["Yes"]);
    }

    #[test]
    fn queued_turns_follow_without_an_end_in_between() {
        let mut thread = thread(Script::reply("1").statuses(["running"]).fails("no"));
        thread.queue(turn(Script::reply("2"), "2"));
        assert_eq!(statuses(&mut thread, 3), ["running", "running", "completed"]);
        assert_eq!(thread.failure_reason, None);
        let ids: Vec<_> = thread.messages.iter().map(|message| &message["id"]).collect();
        assert_eq!(ids, ["user-1", "reply-1", "user-2", "reply-2"]);
    }

    #[test]
    fn a_run_may_show_its_end_before_a_queued_turn() {
        let mut thread = thread(Script::reply("1").statuses(["running"]).shows_end_between_turns());
        thread.queue(turn(Script::reply("2"), "2"));
        assert_eq!(statuses(&mut thread, 2), ["running", "completed"]);
        assert_eq!(thread.messages.len(), 2);
        assert!(thread.is_in_flight());
        assert_eq!(statuses(&mut thread, 2), ["running", "completed"]);
    }

    #[test]
    fn times_are_iso_8601_with_a_zone() {
        let time = now();
        assert!(DateTime::parse_from_rfc3339(&time).is_ok(), "{time}");
        assert!(time.ends_with('Z'), "{time}");
    }
}
