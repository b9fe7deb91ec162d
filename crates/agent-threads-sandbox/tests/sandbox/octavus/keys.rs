//! One key, one thread.

use agent_threads_sandbox::octavus::{Agent, Generation, Script, Target};
use agent_threads_sandbox::{Fault, RetryAfter};
use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::caller::{Caller, answer, header, refused, threads};

async fn caller() -> Caller {
    Caller::of(Generation::G4).await
}

fn keyed(caller: &Caller, key: &str, body: &Value) -> RequestBuilder {
    caller.dispatching_body(body).header("Idempotency-Key", key)
}

#[tokio::test]
async fn the_same_key_and_body_give_the_first_thread_and_no_second_run() {
    let caller = caller().await;
    caller.octavus.next_run(Script::reply("first"));
    caller.octavus.next_run(Script::reply("second"));
    let body = json!({ "message": "hello", "config": { "thinking": "low" } });

    let first = keyed(&caller, "job-7", &body).send().await.unwrap();
    assert_eq!((first.status().as_u16(), header(&first, "idempotent-replayed")), (201, None));
    let first: Value = first.json().await.unwrap();

    // The same JSON in another order and with other spaces is the same body.
    let same = r#"{ "config": {"thinking": "low"},  "message": "\u0068ello" }"#;
    let again =
        caller.request(Method::POST, &threads()).header("Idempotency-Key", "job-7").body(same);
    let again = again.send().await.unwrap();
    assert_eq!(
        (again.status().as_u16(), header(&again, "idempotent-replayed")),
        (200, Some("true"))
    );
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    assert_eq!(caller.octavus.thread_ids(), ["cmthread0001"]);

    let other = answer(keyed(&caller, "job-8", &body), 201).await;
    assert_eq!(other["threadId"], "cmthread0002");
}

#[tokio::test]
async fn a_used_key_with_another_body_is_a_conflict() {
    let caller = caller().await;
    let body = json!({ "message": "x" });
    answer(keyed(&caller, "job-7", &body), 201).await;
    for other in [json!({ "message": "y" }), json!({ "message": "x", "ifIdle": false })] {
        refused(keyed(&caller, "job-7", &other), 409, "IDEMPOTENCY_KEY_REUSED").await;
    }
    answer(keyed(&caller, "job-7", &body), 200).await;
    assert_eq!(caller.octavus.thread_ids().len(), 1);
}

#[tokio::test]
async fn repeats_are_told_to_wait_as_often_as_is_set() {
    let caller = caller().await;
    let body = json!({ "message": "x" });
    caller.octavus.hold_repeats(2, RetryAfter::Seconds(3));
    // The first is lost on its way back.
    caller.octavus.fault(Target::Dispatch, Fault::close().with_effect());
    assert!(keyed(&caller, "job-7", &body).send().await.is_err());
    for _ in 0..2 {
        let waits = keyed(&caller, "job-7", &body).send().await.unwrap();
        assert_eq!((waits.status().as_u16(), header(&waits, "retry-after")), (409, Some("3")));
        let error: Value = waits.json().await.unwrap();
        assert_eq!(error["code"], "IDEMPOTENCY_KEY_IN_PROGRESS");
    }
    answer(keyed(&caller, "job-7", &body), 200).await;
    assert_eq!(caller.octavus.thread_ids(), ["cmthread0001"]);
}

#[tokio::test]
async fn a_key_is_printable_ascii_without_spaces() {
    let caller = caller().await;
    let body = json!({ "message": "x" });
    let longest = "k".repeat(255);
    for key in ["!", "~", &longest] {
        answer(keyed(&caller, key, &body), 201).await;
    }
    let too_long = "k".repeat(256);
    for key in ["", "a b", "a\tb", "schlüssel", &too_long] {
        refused(keyed(&caller, key, &body), 400, "VALIDATION_ERROR").await;
    }
    assert_eq!(caller.octavus.thread_ids().len(), 3);
}

#[tokio::test]
async fn a_refused_dispatch_leaves_its_key_free() {
    let caller = caller().await;
    caller.octavus.set_agent("agent_1", Agent::new().paused());
    let body = json!({ "message": "x" });
    refused(keyed(&caller, "job-7", &body), 409, "AGENT_PAUSED").await;
    refused(keyed(&caller, "job-7", &json!({})), 400, "VALIDATION_ERROR").await;
    caller.octavus.set_agent("agent_1", Agent::new());
    answer(keyed(&caller, "job-7", &json!({ "message": "y" })), 201).await;
}

#[tokio::test]
async fn a_replay_asks_nothing_of_the_agent() {
    let caller = caller().await;
    let body = json!({ "message": "x", "ifIdle": true });
    let first = answer(keyed(&caller, "job-7", &body), 201).await;
    // Busy with that very thread, and then paused.
    assert_eq!(answer(keyed(&caller, "job-7", &body), 200).await, first);
    caller.octavus.set_agent("agent_1", Agent::new().paused());
    assert_eq!(answer(keyed(&caller, "job-7", &body), 200).await, first);
}

#[tokio::test]
async fn a_key_belongs_to_its_agent() {
    let caller = caller().await;
    let token = caller.octavus.add_agent("agent_2");
    let body = json!({ "message": "x" });
    answer(keyed(&caller, "job-7", &body), 201).await;
    let path = "/api/v1/workforce/agents/agent_2/threads";
    let other = caller.request_without_key(Method::POST, path).bearer_auth(token);
    answer(other.header("Idempotency-Key", "job-7").json(&body), 201).await;
}

#[tokio::test]
async fn requests_at_the_same_time_make_one_thread() {
    let caller = caller().await;
    let body = json!({ "message": "x" });
    let sent = (0..20).map(|_| keyed(&caller, "job-7", &body).send());
    let statuses =
        join_all(sent).await.into_iter().map(|response| response.unwrap().status().as_u16());
    let mut statuses: Vec<_> = statuses.collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200; 19], vec![201]].concat());
    assert_eq!(caller.octavus.thread_ids(), ["cmthread0001"]);
}

#[tokio::test]
async fn a_follow_up_knows_no_keys() {
    let caller = caller().await;
    let id = caller.dispatch("1").await;
    caller.statuses::<4>(&id).await;
    let path = format!("{}/{id}/messages", threads());
    for _ in 0..2 {
        let post = caller.request(Method::POST, &path).header("Idempotency-Key", "job-7");
        answer(post.json(&json!({ "message": "2" })), 202).await;
    }
    caller.statuses::<4>(&id).await;
    assert_eq!(caller.read(&id).await["messages"].as_array().unwrap().len(), 6);
}
