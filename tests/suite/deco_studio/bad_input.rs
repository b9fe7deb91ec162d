//! What is refused before anything is sent, and what refusals of the server say.

use super::Studio;
use agent_threads_deco_studio::{
    Client, ErrorKind,
    types::{CreateApiKey, ErrorBody, NewThread, PostMessage, ToolInput},
};
use serde_json::json;

const PLAIN: &str = "text/plain; charset=UTF-8";
const JSON: &str = "application/json";

#[tokio::test]
async fn a_slug_that_is_none_is_refused_before_anything_is_sent() {
    let studio = Studio::start().await;
    for slug in ["acme/inc", "acme inc", "a\tb", "", ".", ".."] {
        let client = studio.client.with_org(slug);
        let error = client.list_tools().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{slug:?}");
        assert!(
            error.to_string().contains("deco Studio list_tools: path parameter `org`"),
            "{error}"
        );
        assert_eq!(error.attempts(), 0);
        let error = client.stream_thread("thrd_1").events().opened().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{slug:?}");
    }
}

#[tokio::test]
async fn a_thread_id_that_the_server_refuses_is_refused_before_anything_is_sent() {
    let studio = Studio::start().await;
    for id in ["thrd.1", "thrd*", "thrd>1", "thrd 1", "thrd\n1", "thrd\u{a0}1", ""] {
        let client = &studio.client;
        let errors = [
            client.post_message(id, PostMessage::to("vir_1", "Hello!")).await.unwrap_err(),
            client.stream_thread(id).events().opened().await.unwrap_err(),
            client.stream_job(id, "bgtool:x").events().opened().await.unwrap_err(),
            client.cancel_run(id).await.unwrap_err(),
            client.list_queue(id).await.unwrap_err(),
            client.cancel_queued(id, "w").await.unwrap_err(),
            client.flip_tool_call(id, "call_1").await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{id:?}");
            assert!(error.to_string().contains("path parameter `thread_id`"), "{error}");
        }
    }
}

#[test]
fn a_client_needs_a_key_and_an_organization() {
    let refused = |builder: agent_threads_deco_studio::ClientBuilder| {
        builder.build().unwrap_err().to_string()
    };
    let without = refused(Client::builder().token("mesh_TOPSECRET"));
    assert!(without.contains("`org` is needed") && without.contains("MESH_ORG"), "{without}");
    let empty = Client::new("mesh_TOPSECRET", "").unwrap_err().to_string();
    assert!(empty.contains("`org` is needed") && !empty.contains("TOPSECRET"), "{empty}");
    let other =
        refused(Client::builder().token("k").parameter("org", "a").parameter("organization", "b"));
    assert!(other.contains("`organization`; it is bound to: org"), "{other}");
    assert!(refused(Client::builder().parameter("org", "a")).contains("MESH_API_KEY"));
}

#[tokio::test]
async fn a_tool_that_does_not_exist_is_not_found_and_named() {
    let answer = (404, JSON, r#"{"error":"Unknown tool: THREAD_DANCE"}"#);
    let error = Studio::refused(answer, async |client| {
        client.call_tool("THREAD_DANCE", ToolInput::new()).await
    })
    .await;
    assert!(error.is_not_found());
    assert_eq!(error.message(), Some("Unknown tool: THREAD_DANCE"));
    let studio = Studio::start().await;
    for name in ["", ".", ".."] {
        let error = studio.client.call_tool(name, ToolInput::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn every_place_of_an_input_that_does_not_fit_is_told() {
    let issues = json!({ "error": "Invalid input", "issues": [
        { "code": "invalid_type", "expected": "string", "received": "undefined", "path": ["data", "virtual_mcp_id"], "message": "Required" },
        { "code": "too_small", "minimum": 300, "path": ["expiresIn"], "message": "Too small" },
        { "code": "unrecognized_keys", "keys": ["x"], "path": [], "message": "Unrecognized key(s) in object: 'x'" },
    ] });
    let issues = issues.to_string();
    let error = Studio::refused((400, JSON, &issues), async |client| {
        client
            .create_api_key(CreateApiKey::new("n", [("self", vec!["A".to_owned()])]).expires_in(10))
            .await
    });
    let error = error.await;
    let told =
        "data.virtual_mcp_id: Required; expiresIn: Too small; Unrecognized key(s) in object: 'x'";
    assert_eq!(error.message(), Some(told));
    let body: ErrorBody = error.decode().unwrap();
    assert_eq!(body.error.as_deref(), Some("Invalid input"));
    assert_eq!(body.issues.unwrap()[0].path, Some(vec![json!("data"), json!("virtual_mcp_id")]));
}

#[tokio::test]
async fn issues_in_a_text_are_told_too() {
    let issues = json!([{ "code": "unrecognized_keys", "keys": ["models"], "path": [], "message": "Unrecognized key: \"models\"" },
        { "code": "invalid_type", "path": ["messages", 0, "role"], "message": "Invalid option" }]);
    let body = json!({ "error": issues.to_string() }).to_string();
    let post = async |client: Client| {
        client.post_message("thrd_1", PostMessage::to("vir_1", "Hello!")).await
    };
    let error = Studio::refused((400, JSON, &body), post).await;
    assert_eq!(
        error.message(),
        Some(r#"Unrecognized key: "models"; messages.0.role: Invalid option"#)
    );
}

#[tokio::test]
async fn refusals_of_every_documented_form_say_what_they_say() {
    let no_model = r#"No model available for tier "smart". Connect a provider or configure the tier in organization settings."#;
    let cases = [
        (
            400,
            JSON,
            json!({ "error": "threadId in URL does not match thread_id in body" }).to_string(),
            Some("threadId in URL does not match thread_id in body"),
            None,
        ),
        (400, JSON, json!({ "error": no_model }).to_string(), Some(no_model), None),
        (
            401,
            JSON,
            json!({ "error": "User ID is required" }).to_string(),
            Some("User ID is required"),
            None,
        ),
        (
            403,
            JSON,
            json!({ "error": "Not in your plan", "code": "feature_not_in_plan" }).to_string(),
            Some("Not in your plan"),
            Some("feature_not_in_plan"),
        ),
        (
            404,
            JSON,
            json!({ "error": "organization \"x\" not found" }).to_string(),
            Some("organization \"x\" not found"),
            None,
        ),
        (
            404,
            JSON,
            json!({ "error": "Not Found", "path": "/api/x" }).to_string(),
            Some("/api/x: Not Found"),
            None,
        ),
        (404, PLAIN, "Thread not found".to_owned(), Some("Thread not found"), None),
        (409, PLAIN, "No pending call\n".to_owned(), Some("No pending call"), None),
        (404, PLAIN, String::new(), None, None),
        (404, "", String::new(), None, None),
        (
            500,
            JSON,
            json!({ "error": "Internal Server Error", "message": "Thread not found" }).to_string(),
            Some("Thread not found"),
            None,
        ),
        (500, "text/html", "<h1>Oh no</h1>".to_owned(), None, None),
    ];
    for (status, media, body, message, code) in cases {
        let error = Studio::refused((status, media, &body), async |client| {
            client.post_message("thrd_1", PostMessage::to("vir_1", "Hello!")).await
        });
        let error = error.await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!((error.message(), error.code()), (message, code), "{body}");
        assert_eq!(error.raw_body().map(|body| body.to_vec()), Some(body.into_bytes()));
        assert!(error.to_string().starts_with("deco Studio post_message: "), "{error}");
    }
}

#[tokio::test]
async fn a_stream_that_is_refused_in_plain_text_says_why() {
    for (status, text) in [
        (400, "Invalid thread ID"),
        (401, "Unauthorized"),
        (403, "Not authorized"),
        (404, "Thread not found"),
    ] {
        let error = Studio::refused((status, PLAIN, text), async |client| {
            client.stream_thread("thrd_1").events().opened().await
        });
        let error = error.await;
        assert_eq!((error.kind(), error.message()), (ErrorKind::Status, Some(text)));
    }
}

#[tokio::test]
async fn a_tool_that_says_in_a_success_that_it_failed_is_an_error() {
    let envelope = r#"{"isError":true,"content":[{"type":"text","text":"Error: no"}]}"#;
    let answer = (200, JSON, envelope);
    let errors = [
        Studio::refused(answer, async |client| client.get_thread("thrd_1").await).await,
        Studio::refused(answer, async |client| client.call_tool("X", ToolInput::new()).await).await,
        Studio::refused(answer, async |client| client.create_thread(NewThread::new("v")).await)
            .await,
    ];
    for error in errors {
        assert_eq!((error.kind(), error.message()), (ErrorKind::Status, Some("Error: no")));
        assert_eq!(error.raw_body().map(|body| body.to_vec()), Some(envelope.into()));
    }
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_an_error_that_keeps_it() {
    for body in
        ["{}", r#"{"item":null}"#, r#"{"item":{"status":"completed"}}"#, "null", "", "<html>"]
    {
        let error = Studio::refused((200, JSON, body), async |client| {
            client.create_thread(NewThread::new("vir_1")).await
        });
        let error = error.await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert_eq!(error.raw_body().map(|body| body.to_vec()), Some(body.into()));
    }
}

#[tokio::test]
async fn the_key_is_shown_nowhere() {
    let studio = Studio::start().await;
    let client = Client::builder().base_url(studio.server.base_url()).token("mesh_TOPSECRET");
    let client = client.parameter("org", "acme-inc").build().unwrap();
    let request = client.post_message("thrd_1", PostMessage::to("vir_1", "mesh_TOPSECRET"));
    let shown = format!("{client:?} {request:?} {:?}", client.stream_thread("thrd_1").events());
    let error = request.await.unwrap_err();
    let shown = format!("{shown} {error} {error:?}");
    assert!(shown.contains("acme-inc") && !shown.contains("TOPSECRET"), "{shown}");
}
