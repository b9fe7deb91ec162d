//! What the log of a thread tells of one run.

use crate::types::{ThreadEvent, ThreadEventType};

/// The events of one run, in order.
///
/// Where events name their runs, those that name this one. Where they do not, those from the run's beginning to its end:
/// a thread has one run at a time.
pub(crate) fn of_run<'a>(
    events: &'a [ThreadEvent],
    run_id: &str,
) -> impl Iterator<Item = &'a ThreadEvent> + use<'a> {
    let run_id = run_id.to_owned();
    let mut inside = false;
    events.iter().filter(move |event| {
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

/// The last text of the assistant in a run.
pub(crate) fn last_text(events: &[ThreadEvent], run_id: &str) -> Option<String> {
    of_run(events, run_id).filter(|event| event.is_text()).last().map(|event| event.content.clone())
}

/// The event that ended a run.
pub(crate) fn ending<'a>(events: &'a [ThreadEvent], run_id: &str) -> Option<&'a ThreadEvent> {
    of_run(events, run_id).find(|event| event.ends_run())
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

    fn contents<'a>(events: impl Iterator<Item = &'a ThreadEvent>) -> Vec<&'a str> {
        events.map(|event| event.content.as_str()).collect()
    }

    #[test]
    fn events_that_name_their_run_are_those_of_that_run() {
        let events = [
            event("run.started", "a", Some("a")),
            event("agent.message.delta", "one", Some("a")),
            event("run.completed", "a", Some("a")),
            event("agent.message.delta", "two", Some("b")),
        ];
        assert_eq!(contents(of_run(&events, "a")), ["a", "one", "a"]);
        assert_eq!(last_text(&events, "b").as_deref(), Some("two"));
        assert_eq!(ending(&events, "b"), None);
    }

    #[test]
    fn events_that_do_not_are_those_between_its_beginning_and_its_end() {
        let events = [
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
        ];
        assert_eq!(last_text(&events, "a").as_deref(), Some("one"));
        assert_eq!(contents(of_run(&events, "b")), ["b", "two", "no provider"]);
        assert_eq!(ending(&events, "b").unwrap().content, "no provider");
        assert_eq!(contents(of_run(&events, "never begun")), ["never begun"]);
        assert_eq!(contents(of_run(&events, "c")), ["c"]);
    }
}
