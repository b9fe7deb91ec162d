//! What the log of a thread tells of one run.

use crate::types::{ThreadEvent, ThreadEventList, ThreadEventType};

/// What the log says when a decision has been noticed.
const RESOLVED: &str = "permission.resolved";

/// The events of one run, in order.
///
/// Where events name their runs, those that name this one. Where they do not, those from the run's beginning to its end:
/// a thread has one run at a time. `has_begun` says that the run is known to have begun, so that its beginning can have
/// left the log, which has no more than the thread's latest events.
pub(crate) fn of_run<'a>(
    log: &'a ThreadEventList,
    run_id: &str,
    has_begun: bool,
) -> impl Iterator<Item = &'a ThreadEvent> + use<'a> {
    let run_id = run_id.to_owned();
    let mut inside = log.truncated && begins_inside(&log.events, &run_id, has_begun);
    log.events.iter().filter(move |event| {
        if event.run_id.is_some() {
            return event.run_id.as_ref() == Some(&run_id);
        }
        match event.type_ {
            ThreadEventType::RunStarted => inside = event.content == run_id,
            // The end of a run that never began.
            ThreadEventType::RunCompleted if event.content == run_id => {
                inside = false;
                return true;
            }
            ThreadEventType::RunCompleted | ThreadEventType::RunFailed => {
                return std::mem::take(&mut inside);
            }
            _ => {}
        }
        inside
    })
}

/// Whether events of which the earlier ones are gone begin within the run.
fn begins_inside(events: &[ThreadEvent], run_id: &str, has_begun: bool) -> bool {
    let begins = |event: &&ThreadEvent| event.type_ == ThreadEventType::RunStarted;
    if events.iter().filter(begins).any(|event| event.content == run_id) {
        return false;
    }
    match events.iter().find(|event| begins(event) || event.ends_run()) {
        Some(first) if first.type_ == ThreadEventType::RunCompleted => first.content == run_id,
        Some(first) if first.type_ == ThreadEventType::RunStarted => false,
        _ => has_begun,
    }
}

/// What the run asks permission for, as far as the log shows that it still does.
pub(crate) fn pending<'a>(log: &'a ThreadEventList, run_id: &str) -> Option<&'a ThreadEvent> {
    let asked = of_run(log, run_id, true)
        .filter(|event| event.type_ == ThreadEventType::ToolConfirmationRequired)
        .last()?;
    let is_answered = |event: &ThreadEvent| match event.type_ {
        // Names no run where others do.
        ThreadEventType::SessionStatus => event.content == RESOLVED,
        ThreadEventType::ToolUseCompleted => event.tool_call_id == asked.tool_call_id,
        ThreadEventType::AgentMessageDelta => true,
        _ => event.ends_run(),
    };
    let behind = log.events.iter().skip_while(|event| event.id != asked.id).skip(1);
    behind.into_iter().all(|event| !is_answered(event)).then_some(asked)
}

/// The last text of the assistant in a run.
pub(crate) fn last_text(log: &ThreadEventList, run_id: &str) -> Option<String> {
    of_run(log, run_id, false)
        .filter(|event| event.is_text())
        .last()
        .map(|event| event.content.clone())
}

/// The event that ended a run.
pub(crate) fn ending<'a>(log: &'a ThreadEventList, run_id: &str) -> Option<&'a ThreadEvent> {
    of_run(log, run_id, false).find(|event| event.ends_run())
}

/// The event that told the failure of the thread's latest run, which can have failed before it began.
pub(crate) fn latest_failure<'a>(
    log: &'a ThreadEventList,
    run_id: &str,
) -> Option<&'a ThreadEvent> {
    let is_own = |event: &&ThreadEvent| event.run_id.as_ref().is_none_or(|id| id == run_id);
    let failed = |event: &&ThreadEvent| event.type_ == ThreadEventType::RunFailed;
    log.events.iter().rev().filter(is_own).find(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(kind: &str, content: &str, run: Option<&str>) -> ThreadEvent {
        let mut event = json!({ "id": format!("{kind} {content}"), "type": kind, "status": "available", "content": content,
                                "occurredAt": "2026-05-19T00:00:01.000Z", "durationMs": 0, "tokens": null });
        if let Some(run) = run {
            event["runId"] = json!(run);
        }
        serde_json::from_value(event).unwrap()
    }

    fn log(events: impl Into<Vec<ThreadEvent>>) -> ThreadEventList {
        let events = serde_json::to_value(events.into()).unwrap();
        serde_json::from_value(json!({ "events": events, "truncated": false })).unwrap()
    }

    fn truncated(events: impl Into<Vec<ThreadEvent>>) -> ThreadEventList {
        let mut log = log(events);
        log.truncated = true;
        log
    }

    fn contents<'a>(events: impl Iterator<Item = &'a ThreadEvent>) -> Vec<&'a str> {
        events.map(|event| event.content.as_str()).collect()
    }

    #[test]
    fn events_that_name_their_run_are_those_of_that_run() {
        let events = log([
            event("run.started", "a", Some("a")),
            event("agent.message.delta", "one", Some("a")),
            event("run.completed", "a", Some("a")),
            event("agent.message.delta", "two", Some("b")),
        ]);
        assert_eq!(contents(of_run(&events, "a", true)), ["a", "one", "a"]);
        assert_eq!(last_text(&events, "b").as_deref(), Some("two"));
        assert_eq!(ending(&events, "b"), None);
    }

    #[test]
    fn events_that_do_not_are_those_between_its_beginning_and_its_end() {
        let events = log([
            event("run.started", "a", None),
            event("agent.message.delta", "one", None),
            event("agent.message.delta", "Message updated.", None),
            event("run.completed", "a", None),
            event("user.message", "next", None),
            event("run.completed", "never begun", None),
            event("run.started", "b", None),
            event("agent.message.delta", "two", None),
            event("run.failed", "no provider", None),
            event("run.started", "c", None),
        ]);
        assert_eq!(last_text(&events, "a").as_deref(), Some("one"));
        assert_eq!(contents(of_run(&events, "b", false)), ["b", "two", "no provider"]);
        assert_eq!(ending(&events, "b").unwrap().content, "no provider");
        assert_eq!(contents(of_run(&events, "never begun", false)), ["never begun"]);
        assert_eq!(contents(of_run(&events, "c", false)), ["c"]);
    }

    #[test]
    fn events_whose_beginning_is_gone_are_those_of_the_run_that_is_known_to_be_their() {
        let ours = truncated([
            event("agent.message.delta", "one", None),
            event("run.completed", "a", None),
            event("run.started", "b", None),
        ]);
        assert_eq!(contents(of_run(&ours, "a", false)), ["one", "a"]);
        assert_eq!(contents(of_run(&ours, "b", true)), ["b"]);
        assert_eq!(contents(of_run(&ours, "c", true)), [] as [&str; 0]);
        for end in ["run.failed", "file.changed"] {
            let log = truncated([event("agent.message.delta", "one", None), event(end, "x", None)]);
            assert_eq!(contents(of_run(&log, "a", true)), ["one", "x"]);
            assert_eq!(contents(of_run(&log, "a", false)), [] as [&str; 0]);
        }
        let whole = log([event("session.status", "run.queued", None)]);
        assert_eq!(contents(of_run(&whole, "a", true)), [] as [&str; 0]);
    }

    #[test]
    fn a_run_that_failed_before_it_began_has_told_why() {
        let events = log([
            event("run.started", "a", None),
            event("run.failed", "first", None),
            event("session.status", "run.queued", None),
            event("run.failed", "second", None),
        ]);
        assert_eq!(latest_failure(&events, "b").unwrap().content, "second");
    }

    #[test]
    fn a_question_is_pending_until_something_shows_that_it_was_answered() {
        let asked = || event("tool.confirmation.required", "rm", Some("a"));
        let started = || event("run.started", "a", Some("a"));
        for (kind, content, run, pending) in [
            ("session.status", "Runtime timing x: 1 ms.", Some("a"), true),
            ("usage.updated", "Usage updated.", Some("a"), true),
            ("session.status", "permission.resolved", None, false),
            ("tool.use.completed", "rm", Some("a"), false),
            ("agent.message.delta", "Gone.", Some("a"), false),
            ("run.completed", "a", Some("a"), false),
        ] {
            let events = log([started(), asked(), event(kind, content, run)]);
            assert_eq!(super::pending(&events, "a").is_some(), pending, "{kind} {content}");
        }
        assert_eq!(super::pending(&log([started()]), "a"), None);
        let again = log([started(), asked(), event("agent.message.delta", "So?", Some("a")), {
            let mut second = asked();
            second.id = "second".into();
            second
        }]);
        assert_eq!(super::pending(&again, "a").unwrap().id, "second");
    }
}
