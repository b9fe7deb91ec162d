//! The log as lists show it.

use agent_threads_sandbox::mosoo::{Dialect, Entry, Script, ToolCall};
use chrono::DateTime;
use serde_json::{Value, json};

use super::caller::{Caller, answer, id, of_type, refused, types};

fn millis(event: &Value) -> i64 {
    let time = event["occurredAt"].as_str().unwrap();
    DateTime::parse_from_rfc3339(time).unwrap().timestamp_millis()
}

#[tokio::test]
async fn a_growing_message_is_one_entry_whose_id_changes_with_its_content() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::new().fragments(["Hel", "lo ", "you"]));
    let thread = caller.create("x").await;
    caller.events(&thread).await;
    let mut seen = Vec::new();
    for text in ["Hel", "Hello ", "Hello you"] {
        let events = caller.events(&thread).await;
        let message = of_type(&events, "agent.message.delta")[0].clone();
        assert_eq!(message["content"], text);
        seen.push(message);
    }
    assert!(seen.iter().all(|entry| entry["occurredAt"] == seen[0]["occurredAt"]));
    assert!(seen[0]["id"] != seen[1]["id"] && seen[1]["id"] != seen[2]["id"]);

    // The end of the run appends the final text once more, so that the id is stable only from there on.
    let ended = caller.played(&thread).await;
    assert_ne!(of_type(&ended, "agent.message.delta")[0]["id"], seen[2]["id"]);
    assert_eq!(caller.events(&thread).await, ended);
    assert_eq!(of_type(&ended, "agent.message.delta").len(), 1);
}

#[tokio::test]
async fn the_seed_lists_what_is_said_and_called_only_once_it_is_finished() {
    let caller = Caller::seed().await;
    let call = || ToolCall::new("call_1", "Read").progress().result("A plan.");
    caller.mosoo.next_run(
        Script::new()
            .fragments(["Hel"])
            .hold()
            .continued(["lo"])
            .thinking_fragments(["Hm"])
            .hold()
            .continued(["m"])
            .tool(call())
            .text("Done."),
    );
    let thread = caller.create("x").await;
    let queued = ["user.message", "session.status", "session.status", "run.started"];
    assert_eq!(types(&caller.played(&thread).await), queued);
    caller.mosoo.release(id(&thread));
    let events = caller.played(&thread).await;
    assert_eq!(types(&events)[4..], ["agent.message.delta"]);
    caller.mosoo.release(id(&thread));
    let events = caller.played(&thread).await;
    let expected = [
        "agent.message.delta",
        "agent.thinking.delta",
        "tool.use.completed",
        "agent.message.delta",
        "run.completed",
    ];
    assert_eq!(types(&events)[4..], expected);
    assert_eq!(events[4]["content"], "Hello");
    assert_eq!(events[6]["content"], "Read result: A plan.");
    let fields = ["content", "durationMs", "id", "occurredAt", "status", "tokens", "type"];
    assert!(events.iter().all(|event| event.as_object().unwrap().keys().eq(fields)));
}

#[tokio::test]
async fn the_last_of_several_messages_is_listed_again_before_the_end_in_the_current_dialect() {
    for (dialect, times) in [(Dialect::Seed, 1), (Dialect::Current, 2)] {
        let caller = Caller::of(dialect).await;
        caller.mosoo.next_run(Script::reply("One.").file_changed("a.md").text("Two.").usage(None));
        let thread = caller.create("x").await;
        let events = caller.played(&thread).await;
        let last: Vec<_> = events.iter().filter(|event| event["content"] == "Two.").collect();
        assert_eq!(last.len(), times);
        if times == 2 {
            assert_eq!(events[events.len() - 2], *last[1]);
            assert_ne!(last[0]["id"], last[1]["id"]);
            assert!(last[0]["occurredAt"] != last[1]["occurredAt"]);
        }
    }
}

#[tokio::test]
async fn durations_are_gaps_to_the_next_entry_and_change_as_the_log_grows() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let caller = Caller::of(dialect).await;
        caller.mosoo.next_run(Script::new().file_changed("a.md").usage(7));
        let thread = caller.create("x").await;
        caller.events(&thread).await;
        let changed = caller.events(&thread).await;
        assert_eq!(changed.last().unwrap()["durationMs"], 0);
        let events = caller.played(&thread).await;
        for pair in events.windows(2) {
            assert_eq!(pair[0]["durationMs"], millis(&pair[1]) - millis(&pair[0]), "{pair:?}");
        }
        assert_eq!(events[changed.len() - 1]["id"], changed.last().unwrap()["id"]);
    }
}

#[tokio::test]
async fn the_current_dialect_takes_no_gap_to_another_run_nor_one_of_more_than_five_minutes() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let first = caller.played(&thread).await.len();
    caller.mosoo.next_run(Script::new().hold());
    caller.mosoo.advance(std::time::Duration::from_secs(30));
    answer(caller.message(&thread, "y"), 200).await;
    let events = caller.events(&thread).await;
    assert_eq!(events[first - 1]["durationMs"], 0);
    caller.mosoo.advance(std::time::Duration::from_secs(601));
    caller.mosoo.release(id(&thread));
    let events = caller.played(&thread).await;
    assert_eq!(events[first + 1]["content"], "run.queued");
    assert_eq!(events[first + 1]["durationMs"], 300_000);

    caller.mosoo.set_dialect(Dialect::Seed);
    let events = caller.events(&thread).await;
    let gaps: Vec<_> = events.windows(2).map(|pair| millis(&pair[1]) - millis(&pair[0])).collect();
    assert!(gaps.iter().any(|gap| *gap >= 600_000));
    assert!(events.iter().any(|event| event["durationMs"].as_i64().unwrap() >= 600_000));
}

#[tokio::test]
async fn a_limit_takes_the_newest_entries_and_says_if_there_are_older_ones() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let all = caller.played(&thread).await;
    for (limit, truncated) in [(1, true), (all.len() - 1, true), (all.len(), false), (1000, false)]
    {
        let list = answer(caller.get(&format!("{thread}/events?limit={limit}")), 200).await;
        let events = list["events"].as_array().unwrap();
        assert_eq!(events[..], all[all.len().saturating_sub(limit)..]);
        assert_eq!(list["truncated"], truncated);
    }
    for limit in ["-1", "+1", "1e2", " 1", "99999999999999999999999"] {
        let path = format!("{thread}/events?limit={limit}");
        refused(caller.get(&path), 400, "invalid_request").await;
    }
}

#[tokio::test]
async fn an_entry_can_be_of_any_type_and_shape() {
    let caller = Caller::current().await;
    let odd = Entry::new("memory.updated", "a").unsupported().tokens(7).with("extra", json!([1]));
    let wrong = Entry::new("usage.updated", "b").with("tokens", "many").with("id", 7);
    caller.mosoo.next_run(Script::new().entry(odd).entry(wrong));
    let thread = caller.create("x").await;
    let events = caller.played(&thread).await;
    let odd = of_type(&events, "memory.updated")[0];
    assert_eq!((&odd["status"], &odd["tokens"]), (&json!("unsupported"), &json!(7)));
    assert_eq!(odd["extra"], json!([1]));
    let wrong = of_type(&events, "usage.updated")[0];
    assert_eq!((&wrong["tokens"], &wrong["id"]), (&json!("many"), &json!(7)));
}
