//! Reading events without a stream, and finding runs that are not over.

use agent_threads_sandbox::modus::Script;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused};

fn events_of(caller: &Caller, run_id: &str) -> RequestBuilder {
    caller.request(Method::GET, &format!("/agent/v1/runs/{run_id}/events"))
}

async fn active(caller: &Caller, query: &str) -> Value {
    let request = caller.request(Method::GET, &format!("/agent/v1/runs/active{query}"));
    let (status, page) = answer(request).await;
    assert_eq!(status, 200, "{page}");
    page
}

fn ids(page: &Value) -> Vec<&str> {
    page["runs"].as_array().unwrap().iter().map(|run| run["runId"].as_str().unwrap()).collect()
}

async fn open_run(caller: &Caller, id: &str, session: &str) {
    caller.modus.next_run(Script::reply("a").never_ends());
    caller.run(id, session).await;
}

#[tokio::test]
async fn events_are_read_as_json_after_the_cursor_and_as_far_as_the_run_has_come() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a ").heartbeat().comment("c").hold().text("b"));
    caller.run("run", "s").await;
    let token = json!({ "id": "1717000000000-0", "data": { "type": "token", "content": "a " } });
    let heartbeat = json!({ "id": null, "data": { "type": "heartbeat" } });
    assert_eq!(answer(events_of(&caller, "run")).await, (200, json!([token, heartbeat])));
    let after = || events_of(&caller, "run").header("Last-Event-ID", "1717000000000-0");
    assert_eq!(answer(after()).await.1, json!([heartbeat]));
    caller.modus.run("run").unwrap().release_all();
    let (_, rest) = answer(after()).await;
    let types: Vec<_> = rest.as_array().unwrap().iter().map(|e| &e["data"]["type"]).collect();
    assert_eq!(types, ["heartbeat", "token", "done"]);
    let end = events_of(&caller, "run").header("Last-Event-ID", "1717000000002-0");
    assert_eq!(answer(end).await.1, json!([]));

    refused(events_of(&caller, "nothing"), 404, "NOT_FOUND").await;
    refused(events_of(&caller, "run").header("Last-Event-ID", "$"), 400, "BAD_REQUEST").await;
}

#[tokio::test]
async fn the_newest_unfinished_run_of_each_thread_is_listed_newest_first() {
    let caller = Caller::start().await;
    for (id, session) in [("a1", "a"), ("b1", "b"), ("a2", "agent_0_a")] {
        open_run(&caller, id, session).await;
    }
    caller.run("over", "c").await;
    let page = active(&caller, "").await;
    assert_eq!(ids(&page), ["a2", "b1"]);
    assert_eq!(page["nextPageToken"], Value::Null);
    let expected = json!({
        "runId": "b1", "sessionId": "b", "status": "running", "message": "hello",
        "createdAt": "2024-05-29T16:26:41.000Z", "updatedAt": "2024-05-29T16:26:41.000Z",
    });
    assert_eq!(page["runs"][1], expected);
    caller.steering("a2", "cancel", &json!({})).send().await.unwrap();
    assert_eq!(ids(&active(&caller, "").await), ["b1", "a1"]);

    let key = caller.modus.add_organization("org_2");
    let theirs = caller.request_without_key(Method::GET, "/agent/v1/runs/active").bearer_auth(key);
    assert_eq!(answer(theirs).await.1["runs"], json!([]));
}

#[tokio::test]
async fn active_runs_come_in_pages_of_the_size_asked_for() {
    let caller = Caller::start().await;
    for index in 0..5 {
        open_run(&caller, &format!("r{index}"), &format!("s{index}")).await;
    }
    let first = active(&caller, "?pageSize=2").await;
    let token = first["nextPageToken"].as_str().unwrap();
    let second = active(&caller, &format!("?pageSize=2&pageToken={token}")).await;
    let token = second["nextPageToken"].as_str().unwrap();
    let last = active(&caller, &format!("?pageSize=2&pageToken={token}")).await;
    assert_eq!([ids(&first), ids(&second), ids(&last)].concat(), ["r4", "r3", "r2", "r1", "r0"]);
    assert_eq!(last["nextPageToken"], Value::Null);
    for query in ["?pageSize=0", "?pageSize=101", "?pageSize=x", "?pageToken=x"] {
        let request = caller.request(Method::GET, &format!("/agent/v1/runs/active{query}"));
        refused(request, 400, "BAD_REQUEST").await;
    }
}

#[tokio::test]
async fn unfinished_runs_are_found_by_session_or_thread() {
    let caller = Caller::start().await;
    for (id, session) in [("a", "s-a"), ("b", "s-b"), ("c", "s-c")] {
        open_run(&caller, id, session).await;
    }
    let find = |sessions: Value| {
        caller.post("/agent/v1/runs/active-by-session", &json!({ "sessionIds": sessions }))
    };
    let (status, found) = answer(find(json!(["s-a", "agent_0_s-c", "nothing"]))).await;
    assert_eq!((status, ids(&found)), (200, vec!["c", "a"]));
    assert_eq!(found.as_object().unwrap().len(), 1, "there are no pages");
    assert_eq!(answer(find(json!([]))).await.1, json!({ "runs": [] }));
    assert_eq!(answer(find(json!(vec!["x"; 100]))).await.0, 200);
    refused(find(json!(vec!["x"; 101])), 422, "VALIDATION").await;
    refused(find(json!("s-a")), 422, "VALIDATION").await;
}
