//! What goes over the wire.

use crate::server::Server;
use acme_agents::types::{AgentKind, CancelThread, Config, FileReference, PutSetting, StartThread};
use acme_agents::{Client, ErrorKind};
use serde_json::json;

const THREAD: &str = r#"{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","status":"queued","parts":[],"createdAt":"2026-01-02T03:04:05Z"}"#;

#[tokio::test]
async fn a_request_carries_what_every_request_of_the_vendor_carries() {
    let server = Server::answering([(200, "[]")]).await;
    server.client().list_agents().await.unwrap();
    let seen = server.only();
    assert_eq!(seen.line, "GET /v1/agents");
    assert_eq!(seen.header("authorization"), Some("Bearer acme_secret"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("x-acme-version"), Some("2"));
    assert_eq!(seen.header("user-agent"), Some(concat!("acme-agents/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(
        seen.header_names(),
        ["accept", "authorization", "host", "user-agent", "x-acme-version"]
    );
    assert_eq!(seen.body, "");
}

#[tokio::test]
async fn optional_parameters_are_sent_when_they_are_set() {
    let server = Server::answering([(200, "[]")]).await;
    let since: chrono::DateTime<chrono::Utc> = "2026-01-02T03:04:05Z".parse().unwrap();
    server
        .client()
        .list_agents()
        .kind(AgentKind::Coder2)
        .limit(5)
        .min_score(0.5)
        .idle(true)
        .since(since)
        .label(["a b", "c&d"])
        .x_trace("t-1")
        .await
        .unwrap();
    let seen = server.only();
    let (line, query) = seen.line.split_once('?').unwrap();
    assert_eq!(line, "GET /v1/agents");
    let mut pairs: Vec<_> = query.split('&').collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        [
            "idle=true",
            "kind=coder-2",
            "label=a+b",
            "label=c%26d",
            "limit=5",
            "minScore=0.5",
            "since=2026-01-02T03%3A04%3A05Z"
        ]
    );
    assert_eq!(seen.header("x-trace"), Some("t-1"));
}

#[tokio::test]
async fn path_parameters_are_encoded_once() {
    let server = Server::answering([(200, "null"), (200, "null")]).await;
    let client = server.client();
    client.put_setting("a/b?c#d%2F é", r"..\..", PutSetting::new(1, None)).await.unwrap();
    client.put_setting("plain-1_2.3~4", "...", PutSetting::new(1, None)).await.unwrap();
    let lines: Vec<_> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "PUT /v1/agents/a%2Fb%3Fc%23d%252F%20%C3%A9/settings/..%5C..",
            "PUT /v1/agents/plain-1_2.3~4/settings/...",
        ]
    );
}

#[tokio::test]
async fn a_path_parameter_that_leads_elsewhere_is_refused_before_anything_is_sent() {
    let server = Server::answering([]).await;
    for bad in ["", ".", ".."] {
        let error =
            server.client().put_setting("agent", bad, PutSetting::new(1, None)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{bad:?}");
        assert!(error.to_string().contains("`name`"), "{error}");
        assert_eq!(error.operation(), Some("put_setting"));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_refused() {
    let server = Server::answering([]).await;
    let error = server.client().list_agents().x_trace("line\nbreak").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_text_is_enough_where_a_text_is_all_that_is_required() {
    let server = Server::answering([(201, THREAD), (201, THREAD)]).await;
    server.client().start_thread("agent_1", "Sum it up").await.unwrap();
    server.client().start_thread("agent_1", String::from("Sum it up")).await.unwrap();
    for seen in server.seen() {
        assert_eq!(seen.line, "POST /v1/agents/agent_1/threads");
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(seen.body, r#"{"message":"Sum it up"}"#);
    }
}

#[tokio::test]
async fn a_body_holds_what_was_set_and_nothing_else() {
    let server = Server::answering([(201, THREAD)]).await;
    let deadline: chrono::DateTime<chrono::Utc> = "2026-01-02T03:04:05Z".parse().unwrap();
    let config = Config::new()
        .kind("worker")
        .capabilities([("memory", false), ("web", true)])
        .metadata([("job", json!({ "id": 7 }))])
        .deadline(deadline);
    let files = [
        FileReference::new("https://f.example/1", "f1").size(3_000_000_000),
        FileReference::new("https://f.example/2", "f2"),
    ];
    let task =
        StartThread::new("Sum it up").files(files).config(config).urgent(true).type_("report");
    server.client().start_thread("agent_1", task).await.unwrap();
    assert_eq!(
        server.only().json(),
        json!({
            "message": "Sum it up",
            "files": [
                { "id": "f1", "url": "https://f.example/1", "size": 3_000_000_000_i64 },
                { "id": "f2", "url": "https://f.example/2" },
            ],
            "config": {
                "kind": "worker",
                "capabilities": { "memory": false, "web": true },
                "metadata": { "job": { "id": 7 } },
                "deadline": "2026-01-02T03:04:05Z",
            },
            "urgent": true,
            "type": "report",
        })
    );
}

#[tokio::test]
async fn what_is_required_but_may_be_null_is_sent_as_null() {
    let server = Server::answering([(200, "null"), (200, "null")]).await;
    let client = server.client();
    client.put_setting("a", "s", PutSetting::new(json!([1, "two"]), None)).await.unwrap();
    let scope = Some("team".to_owned());
    client.put_setting("a", "s", PutSetting::new("on", scope).comment(json!({}))).await.unwrap();
    let bodies: Vec<_> = server.seen().iter().map(|seen| seen.json()).collect();
    assert_eq!(bodies[0], json!({ "value": [1, "two"], "scope": null }));
    assert_eq!(bodies[1], json!({ "value": "on", "scope": "team", "comment": {} }));
}

#[tokio::test]
async fn an_optional_body_is_sent_when_it_is_set() {
    let server = Server::answering([(202, ""), (202, "")]).await;
    let id = uuid::Uuid::from_u128(0x6ba7b810_9dad_11d1_80b4_00c04fd430c8);
    server.client().cancel_thread(id).await.unwrap();
    server.client().cancel_thread(id).body(CancelThread::new().reason("too slow")).await.unwrap();
    let [without, with] = &server.seen()[..] else { panic!("two requests") };
    assert_eq!(without.line, "POST /v1/threads/6ba7b810-9dad-11d1-80b4-00c04fd430c8/cancel");
    assert_eq!((without.body.as_str(), without.header("content-type")), ("", None));
    assert_eq!(
        (with.body.as_str(), with.header("content-type")),
        (r#"{"reason":"too slow"}"#, Some("application/json"))
    );
}

#[tokio::test]
async fn a_field_that_the_document_does_not_list_is_sent_where_it_says_so() {
    let server = Server::answering([(202, "")]).await;
    let id = uuid::Uuid::from_u128(0x6ba7b810_9dad_11d1_80b4_00c04fd430c8);
    let more = [("notify", json!(["ops"])), ("grace", json!({ "s": 5 }))];
    let body = CancelThread::new().reason("too slow").extra(more);
    server.client().cancel_thread(id).body(body).await.unwrap();
    let sent = json!({ "reason": "too slow", "notify": ["ops"], "grace": { "s": 5 } });
    assert_eq!(server.only().json(), sent);
}

#[test]
fn a_token_of_another_vendor_is_refused_before_there_is_a_client() {
    let error = Client::new("other_TOPSECRET").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = format!("{error} {error:?}");
    assert!(text.contains("`acme_`") && !text.contains("TOPSECRET"), "{text}");
}

#[test]
fn requests_can_be_cloned_and_moved_and_do_not_show_the_token() {
    fn can_move<T: Clone + Send + Sync + 'static>(_: &T) {}
    let client = Client::builder().token("acme_TOPSECRET").build().unwrap();
    let request = client.start_thread("agent_1", "Sum it up").idempotency_key("k-1");
    can_move(&client);
    can_move(&request);
    let shown = format!("{client:?} {request:?}");
    assert!(!shown.contains("TOPSECRET") && shown.contains("agent_1"), "{shown}");
}

/// What a program sees that imports both modules with `*`, where a body has the name of its operation.
mod all_names {
    use acme_agents::{Client, operations::*, types::*};

    #[test]
    fn a_body_and_its_request_have_names_of_their_own() {
        let client = Client::new("acme_key").unwrap();
        let body: StartThread = StartThread::new("go");
        let request: StartThreadRequest = client.start_thread("a1", body);
        assert_eq!(format!("{request:?}"), r#"StartThreadRequest { agent_id: "a1", .. }"#);
    }
}
