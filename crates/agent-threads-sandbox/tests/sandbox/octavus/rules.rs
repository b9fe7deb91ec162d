//! Who is let in and what is refused.

use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, header, thread, threads};

fn assert_error(body: &Value, code: &str) {
    assert_eq!(body["code"], code, "{body}");
    assert!(body["error"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
}

#[tokio::test]
async fn without_a_valid_bearer_key_every_operation_is_refused_with_401() {
    let caller = Caller::start().await;
    let id = caller.dispatch("x").await;
    let operations = [
        (Method::POST, threads()),
        (Method::GET, thread(&id)),
        (Method::POST, format!("{}/messages", thread(&id))),
    ];
    for (method, path) in operations {
        let request = || caller.request_without_key(method.clone(), &path);
        assert_error(&answer(request(), 401).await, "UNAUTHORIZED");
        for value in [
            "Bearer oct_agt_other",
            "Bearer",
            "Bearer ",
            "Basic oct_agt_sandbox",
            "oct_agt_sandbox",
        ] {
            let refused = request().header("Authorization", value);
            assert_error(&answer(refused, 401).await, "UNAUTHORIZED");
        }
    }
    assert_eq!(caller.octavus.thread_ids(), [id]);
}

#[tokio::test]
async fn a_key_drives_its_own_agent_only() {
    let caller = Caller::start().await;
    let key = caller.octavus.add_agent("agent/2 ü");
    assert_ne!(key, caller.octavus.key());
    let own = "/api/v1/workforce/agents/agent%2F2%20%C3%BC/threads";
    let body = json!({ "message": "x" });

    let foreign =
        caller.request_without_key(Method::POST, &threads()).bearer_auth(&key).json(&body);
    assert_error(&answer(foreign, 403).await, "FORBIDDEN");
    assert_error(&answer(caller.request(Method::POST, own).json(&body), 403).await, "FORBIDDEN");
    let unknown = "/api/v1/workforce/agents/nobody/threads";
    assert_error(
        &answer(caller.request(Method::POST, unknown).json(&body), 403).await,
        "FORBIDDEN",
    );

    let accepted = caller.request_without_key(Method::POST, own).bearer_auth(&key).json(&body);
    let id = answer(accepted, 201).await["threadId"].as_str().unwrap().to_owned();
    let read = caller.request_without_key(Method::GET, &format!("{own}/{id}")).bearer_auth(&key);
    answer(read, 200).await;
    // The thread exists, but not for the other agent.
    assert_error(&answer(caller.reading(&id), 404).await, "NOT_FOUND");
}

#[tokio::test]
async fn an_unknown_thread_is_not_found() {
    let caller = Caller::start().await;
    assert_error(&answer(caller.reading("cmthread0001"), 404).await, "NOT_FOUND");
    let path = format!("{}/messages", thread("cmthread0001"));
    let follow_up = caller.request(Method::POST, &path).json(&json!({ "message": "x" }));
    assert_error(&answer(follow_up, 404).await, "NOT_FOUND");
}

#[tokio::test]
async fn a_body_that_breaks_a_rule_is_refused_and_changes_nothing() {
    let caller = Caller::start().await;
    let id = caller.dispatch("x").await;
    let before = caller.octavus.peek(&id);
    for path in [threads(), format!("{}/messages", thread(&id))] {
        for body in [
            "",
            "{",
            "null",
            "{}",
            r#"{"message":1}"#,
            r#"{"message":""}"#,
            r#"{"message":"x","files":7}"#,
        ] {
            let refused = caller.request(Method::POST, &path).body(body);
            assert_error(&answer(refused, 400).await, "VALIDATION_ERROR");
        }
    }
    assert_eq!(caller.octavus.peek(&id), before);
    assert_eq!(caller.octavus.thread_ids(), [id]);
}

#[tokio::test]
async fn a_path_that_is_not_utf8_is_refused() {
    let caller = Caller::start().await;
    let path = "/api/v1/workforce/agents/%FF/threads/x";
    assert_error(&answer(caller.request(Method::GET, path), 400).await, "VALIDATION_ERROR");
}

#[tokio::test]
async fn wrong_methods_and_unknown_paths_get_json_errors() {
    let caller = Caller::start().await;
    let id = caller.dispatch("x").await;
    let before = caller.octavus.peek(&id);
    for (method, path) in [
        (Method::GET, threads()),
        (Method::DELETE, thread(&id)),
        (Method::POST, thread(&id)),
        (Method::GET, format!("{}/messages", thread(&id))),
    ] {
        let body = answer(caller.request(method, &path), 405).await;
        assert_error(&body, "METHOD_NOT_ALLOWED");
    }
    let head = caller.request(Method::HEAD, &thread(&id)).send().await.unwrap();
    assert_eq!(head.status(), 405);
    for path in
        ["/", "/api/v1/workforce/agents/agent_1", "/api/v1/workforce/agents/agent_1/threads/"]
    {
        assert_error(&answer(caller.request(Method::GET, path), 404).await, "NOT_FOUND");
    }
    assert_eq!(caller.octavus.peek(&id), before);
}

#[tokio::test]
async fn bodies_up_to_the_limit_are_taken_and_larger_ones_refused() {
    const LIMIT: usize = 4 * 1024 * 1024;
    let caller = Caller::start().await;
    let overhead = r#"{"message":""}"#.len();
    caller.dispatch(&"x".repeat(LIMIT - overhead)).await;
    let refused = caller.dispatching(&"x".repeat(LIMIT - overhead + 1));
    assert_error(&answer(refused, 413).await, "PAYLOAD_TOO_LARGE");
    assert_eq!(caller.octavus.requests()[1].body.len(), LIMIT);
    assert_eq!(caller.octavus.thread_ids().len(), 1);
}

#[tokio::test]
async fn files_are_kept_as_parts_of_the_users_message() {
    let caller = Caller::start().await;
    let file = json!({
        "id": "f-91", "mediaType": "text/csv", "url": "https://files.example/f-91", "filename": "may.csv", "size": 5120,
    });
    let body = json!({ "message": "Reconcile the May ledger", "files": [file] });
    answer(caller.request(Method::POST, &threads()).json(&body), 201).await;
    let thread = caller.read("cmthread0001").await;
    let parts = &thread["messages"][0]["parts"];
    assert_eq!(
        parts[0],
        json!({ "type": "text", "text": "Reconcile the May ledger", "status": "done" })
    );
    let mut expected = file;
    expected["type"] = json!("file");
    assert_eq!(parts[1], expected);
}

#[tokio::test]
async fn requests_are_recorded_as_they_were_sent_and_debug_hides_the_key() {
    let caller = Caller::start().await;
    let path = "/api/v1/workforce/agents/agent%5F1/threads?trace=1";
    let request = caller.request(Method::POST, path).header("X-Octavus-Sdk-Version", "4");
    let response = request.json(&json!({ "message": "x" })).send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    caller.reading("unknown").send().await.unwrap();

    let requests = caller.octavus.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].path, "/api/v1/workforce/agents/agent%5F1/threads");
    assert_eq!(requests[0].query.as_deref(), Some("trace=1"));
    assert_eq!(requests[0].header("x-octavus-sdk-version"), Some("4"));
    assert_eq!(requests[0].header("authorization"), Some("Bearer oct_agt_sandbox"));
    assert_eq!(requests[0].body, r#"{"message":"x"}"#);
    assert!(!format!("{requests:?}").contains("oct_agt_sandbox"));
}
