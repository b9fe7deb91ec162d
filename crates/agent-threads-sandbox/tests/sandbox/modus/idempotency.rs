//! One key, one run.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::modus::{Conflict, Event, Script, Target};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::caller::{Caller, body, events, refused, text, whole};

#[tokio::test]
async fn the_same_key_and_body_replay_one_run_from_its_beginning() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("first run"));
    caller.modus.next_run(Script::reply("second run"));
    let first = caller.create("key").await;
    assert_eq!(text(&first), "first run");
    // The same JSON in another order and with other spaces is the same body.
    let same = r#"{ "organizationId": "org_sandbox", "sessionId": "session-1",  "message": "\u0068ello" }"#;
    let post = caller.request(Method::POST, "/agent/runs").header("Idempotency-Key", "key");
    let again = post.header("Last-Event-ID", "1717000000000-0").body(same);
    assert_eq!(whole(again).await, first);
    assert_eq!(caller.modus.run_ids(), ["key"]);
    assert_eq!(text(&caller.create("other").await), "second run");
}

#[tokio::test]
async fn requests_at_the_same_time_make_one_run() {
    let caller = Caller::start().await;
    let streams = join_all((0..20).map(|_| caller.create("key"))).await;
    assert!(streams.iter().all(|stream| *stream == streams[0]));
    assert_eq!(caller.modus.run_ids(), ["key"]);
}

#[tokio::test]
async fn the_header_goes_before_the_body_and_a_blank_key_counts_as_none() {
    let caller = Caller::start().await;
    let mut with_id = body("x");
    with_id["runId"] = json!("from-body");
    whole(caller.posting("from-header", &with_id)).await;
    whole(caller.posting("", &with_id)).await;
    whole(caller.posting(" ", &with_id)).await;
    assert_eq!(caller.modus.run_ids(), ["from-header", "from-body"]);

    // Without any id each request is a run of its own.
    let post = || caller.request(Method::POST, "/agent/runs").json(&body("x"));
    let made = [whole(post()).await, whole(post()).await];
    let ids = caller.modus.run_ids();
    assert_ne!(ids[2], ids[3]);
    for (stream, id) in made.iter().zip(&ids[2..]) {
        assert_eq!(events(stream).last().unwrap()["runId"], json!(id));
    }
}

#[tokio::test]
async fn a_used_key_with_another_body_is_a_conflict_in_the_form_that_is_set() {
    let caller = Caller::start().await;
    let first = caller.create("key").await;
    let other = || caller.posting("key", &body("something else"));

    let error = refused(other(), 409, "CONFLICT").await;
    assert_eq!(error["status"], "ALREADY_EXISTS");

    caller.modus.set_conflict(Conflict::ErrorEvent);
    let stream = whole(other()).await;
    let [event] = &events(&stream)[..] else { panic!("one event, not {stream:?}") };
    assert_eq!((&event["type"], &event["status"]), (&json!("error"), &json!(409)));
    assert!(event["error"].as_str().unwrap().contains("different body"));
    assert!(stream.starts_with(b"data: "), "an error that is no event of a run has no id");

    caller.modus.set_conflict(Conflict::Event(Event::error("409")));
    assert_eq!(events(&whole(other()).await), [json!({ "type": "error", "error": "409" })]);

    assert_eq!(caller.create("key").await, first);
    assert_eq!(caller.modus.run_ids(), ["key"]);
}

#[tokio::test]
async fn a_run_id_in_the_body_is_as_good_as_a_key() {
    let caller = Caller::start().await;
    let post = |message: &str| {
        let mut request = body(message);
        request["runId"] = json!("run");
        caller.request(Method::POST, "/agent/runs").json(&request)
    };
    let first = whole(post("a")).await;
    assert_eq!(whole(post("a")).await, first);
    refused(post("b"), 409, "CONFLICT").await;
}

#[tokio::test]
async fn a_repeated_post_resumes_after_its_cursor_when_the_server_is_set_to() {
    let caller = Caller::start().await;
    caller.modus.set_post_resumes(true);
    caller.modus.next_run(Script::reply("a b"));
    let repeat = || caller.creating("key").header("Last-Event-ID", "1717000000000-0");
    // A cursor means nothing to a run that is just made.
    assert_eq!(text(&whole(repeat()).await), "a b");
    assert_eq!(text(&whole(repeat()).await), "b");
}

#[tokio::test]
async fn a_run_whose_answer_was_lost_is_there_for_the_next_try() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("only once"));
    caller.modus.fault(Target::CreateRun, Fault::close().with_effect());
    assert!(caller.creating("key").send().await.is_err());
    assert_eq!(text(&caller.create("key").await), "only once");
    assert_eq!(caller.modus.run_ids(), ["key"]);
}
