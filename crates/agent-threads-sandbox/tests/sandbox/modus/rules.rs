//! Who is let in and what is refused.

use agent_threads_sandbox::modus::Target;
use agent_threads_sandbox::{Fault, RetryAfter};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, body, header, refused, stream, types, whole};

#[tokio::test]
async fn without_a_known_bearer_key_every_operation_is_refused_with_401() {
    let caller = Caller::start().await;
    caller.create("run").await;
    for (method, path) in [(Method::POST, "/agent/runs".to_owned()), (Method::GET, stream("run"))] {
        let request = || caller.request_without_key(method.clone(), &path).json(&body("x"));
        refused(request(), 401, "UNAUTHORIZED").await;
        for value in [
            "Bearer modus_other",
            "Bearer sandbox_key",
            "Bearer ",
            "Basic modus_sandbox_key",
            "modus_sandbox_key",
        ] {
            let error =
                refused(request().header("Authorization", value), 401, "UNAUTHORIZED").await;
            assert_eq!(error["status"], "UNAUTHENTICATED");
        }
    }
    assert_eq!(caller.modus.run_ids(), ["run"]);
}

#[tokio::test]
async fn the_organization_must_be_that_of_the_key() {
    let caller = Caller::start().await;
    let key = caller.modus.add_organization("org_2");
    assert!(key.starts_with("modus_") && key != caller.modus.key());
    let mut theirs = body("x");
    theirs["organizationId"] = json!("org_2");

    let error = refused(caller.posting("run", &theirs), 403, "FORBIDDEN").await;
    assert_eq!(error["status"], "PERMISSION_DENIED");
    let with_their_key = |body: &Value| {
        let request = caller.request_without_key(Method::POST, "/agent/runs").bearer_auth(&key);
        request.header("Idempotency-Key", "run").json(body)
    };
    refused(with_their_key(&body("x")), 403, "FORBIDDEN").await;
    assert_eq!(caller.modus.run_ids(), [""; 0]);

    whole(with_their_key(&theirs)).await;
    assert_eq!(caller.modus.run("run").unwrap().organization_id(), "org_2");
    // The run exists, but not for the other organization, which can use the same id.
    refused(caller.watching("run"), 404, "NOT_FOUND").await;
    caller.create("run").await;
    assert_eq!(caller.modus.run_ids(), ["run", "run"]);
}

#[tokio::test]
async fn an_unknown_run_is_not_found() {
    let caller = Caller::start().await;
    let error = refused(caller.watching("nothing"), 404, "NOT_FOUND").await;
    assert_eq!(error["status"], "NOT_FOUND");
    refused(caller.request(Method::GET, "/agent/runs/%FF/stream"), 400, "BAD_REQUEST").await;
}

#[tokio::test]
async fn a_run_id_with_any_characters_is_found_by_its_encoded_form() {
    let caller = Caller::start().await;
    let mut request = body("x");
    request["runId"] = json!("a/b ü?");
    let made = whole(caller.request(Method::POST, "/agent/runs").json(&request)).await;
    assert_eq!(whole(caller.watching("a%2Fb%20%C3%BC%3F")).await, made);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_with_400_and_one_of_another_shape_with_422() {
    let caller = Caller::start().await;
    let post = || caller.request(Method::POST, "/agent/runs");
    for text in ["", "{", "message=x"] {
        let error = refused(post().body(text), 400, "BAD_REQUEST").await;
        assert_eq!(error["status"], "INVALID_ARGUMENT");
        assert_eq!(error.get("info"), None);
    }
    for field in ["message", "sessionId", "organizationId"] {
        let mut incomplete = body("x");
        incomplete.as_object_mut().unwrap().remove(field);
        let error = refused(post().json(&incomplete), 422, "VALIDATION").await;
        assert_eq!(error["status"], "INVALID_ARGUMENT");
        let errors = error["info"]["errors"].as_array().unwrap();
        assert!(errors[0].as_str().unwrap().contains(field) && errors.len() == 1, "{errors:?}");
    }
    let mut other_action = body("x");
    other_action["action"] = json!("resume");
    refused(post().json(&other_action), 422, "VALIDATION").await;
    assert_eq!(caller.modus.run_ids(), [""; 0]);

    other_action["action"] = json!("chat");
    whole(post().json(&other_action)).await;
}

#[tokio::test]
async fn wrong_methods_and_unknown_paths_get_the_envelope() {
    let caller = Caller::start().await;
    caller.create("run").await;
    for (method, path) in [
        (Method::GET, "/agent/runs".to_owned()),
        (Method::POST, stream("run")),
        (Method::DELETE, stream("run")),
    ] {
        refused(caller.request(method, &path), 405, "METHOD_NOT_ALLOWED").await;
    }
    let head = caller.request(Method::HEAD, &stream("run")).send().await.unwrap();
    assert_eq!(head.status(), 405);
    for path in ["/", "/agent/runs/", "/agent/runs/run", "/agent/v1/runs"] {
        refused(caller.request(Method::GET, path), 404, "NOT_FOUND").await;
    }
}

#[tokio::test]
async fn a_header_that_is_not_text_is_refused() {
    let caller = Caller::start().await;
    let strange = |request: reqwest::RequestBuilder, name: &str| {
        request.header(name, reqwest::header::HeaderValue::from_bytes(b"\xfc").unwrap())
    };
    let post = caller.request(Method::POST, "/agent/runs").json(&body("x"));
    refused(strange(post, "Idempotency-Key"), 400, "BAD_REQUEST").await;
    assert_eq!(caller.modus.run_ids(), [""; 0]);
    caller.create("run").await;
    refused(strange(caller.watching("run"), "Last-Event-ID"), 400, "BAD_REQUEST").await;
}

#[tokio::test]
async fn error_faults_have_the_vendors_envelope_and_no_effect() {
    let caller = Caller::start().await;
    let missing = json!({ "missing": ["workflows:invoke"] });
    let fault =
        Fault::status(403).message("token is missing workflows:invoke").info(missing.clone());
    caller.modus.fault(Target::CreateRun, fault);
    let error = refused(caller.creating("run"), 403, "FORBIDDEN").await;
    assert_eq!(error["message"], "token is missing workflows:invoke");
    assert_eq!((&error["info"], &error["status"]), (&missing, &json!("PERMISSION_DENIED")));

    for (status, code, name) in [
        (429, "RATE_LIMITED", "RESOURCE_EXHAUSTED"),
        (500, "INTERNAL_ERROR", "INTERNAL"),
        (503, "UPSTREAM_ERROR", "UNAVAILABLE"),
    ] {
        let fault = Fault::status(status).retry_after(RetryAfter::Seconds(3));
        caller.modus.fault(Target::Any, fault);
        let error = refused(caller.creating("run"), status, code).await;
        assert_eq!(error["status"], name);
    }
    caller.modus.fault(Target::StreamRun, Fault::status(503));
    assert_eq!(caller.modus.run_ids(), [""; 0]);
    caller.create("run").await;
    refused(caller.watching("run"), 503, "UPSTREAM_ERROR").await;
    assert_eq!(caller.modus.faults_left(), 0);
}

#[tokio::test]
async fn answers_that_are_no_stream_come_as_asked() {
    let caller = Caller::start().await;
    caller.modus.fault(Target::CreateRun, Fault::html(200));
    let page = caller.creating("run").send().await.unwrap();
    assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"));
    // A page of a gateway does not know the request.
    assert_eq!(header(&page, "x-request-id"), None);
    caller.modus.fault(Target::CreateRun, Fault::empty(204).with_effect());
    assert_eq!(caller.creating("run").send().await.unwrap().status(), 204);
    assert_eq!(caller.modus.run_ids(), ["run"]);
    caller.modus.wait_for_open_streams(0).await;
    caller.modus.fault(Target::CreateRun, Fault::json(201, json!({ "runId": "run" })));
    assert_eq!(caller.creating("run").send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn requests_are_recorded_with_their_headers() {
    let caller = Caller::start().await;
    caller.create("run").await;
    whole(caller.watching("run").header("Last-Event-ID", "1717000000000-0")).await;
    let requests = caller.modus.requests();
    assert_eq!(requests[0].header("idempotency-key"), Some("run"));
    assert_eq!(requests[0].json(), Some(body("hello")));
    assert_eq!(
        (requests[1].method.as_str(), requests[1].path.as_str()),
        ("GET", "/agent/runs/run/stream")
    );
    assert_eq!(requests[1].header("last-event-id"), Some("1717000000000-0"));
    assert!(!format!("{requests:?}").contains("modus_sandbox_key"));
}

#[tokio::test]
async fn without_a_script_the_answer_quotes_the_message_and_is_done() {
    let caller = Caller::start().await;
    let made = whole(caller.posting("run", &body("Which tickets are open?"))).await;
    assert!(super::caller::text(&made).contains("Which tickets are open?"));
    assert_eq!(types(&made).last().unwrap(), "done");
}
