//! How answers are read.

use crate::server::Server;
use acme_agents::ErrorKind;
use acme_agents::operations::ExportThreadAnswer;
use acme_agents::types::{AgentKind, Failure, Part, RunEvent, ThreadStatus};
use serde_json::json;

const THREAD: &str = r#"{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","status":"queued","parts":[],"createdAt":"2026-01-02T03:04:05Z"}"#;
const LEAST: &str =
    r#"{"id":"a1","kind":"worker","tokens":9007199254740993,"labels":[],"notes":null}"#;

#[tokio::test]
async fn what_is_optional_may_be_absent() {
    let server = Server::answering([(200, LEAST)]).await;
    let agent = server.client().get_agent("a1").await.unwrap();
    assert_eq!((agent.id.as_str(), &agent.kind), ("a1", &AgentKind::Worker));
    // More than a double can hold exactly.
    assert_eq!(agent.tokens, 9_007_199_254_740_993);
    assert_eq!((agent.notes, agent.score, agent.skills, agent.quotas), (None, None, None, None));
    assert!(agent.parent.is_none());
}

#[tokio::test]
async fn what_is_optional_or_nullable_may_be_null_and_what_is_nullable_absent() {
    let nulls = r#"{"id":"a1","kind":"worker","tokens":1,"labels":[],"score":null,"skills":null,"quotas":null,"parent":null}"#;
    let server = Server::answering([(200, nulls)]).await;
    let agent = server.client().get_agent("a1").await.unwrap();
    assert_eq!((agent.notes, agent.score, agent.skills, agent.quotas), (None, None, None, None));
    assert!(agent.parent.is_none());
}

#[tokio::test]
async fn everything_is_read() {
    let body = r#"[{
        "id": "a2", "kind": "coder-2", "tokens": -1, "labels": ["x"], "notes": "n", "score": 0.25, "skills": ["rust"],
        "quotas": { "cpu": 3 }, "parent": { "id": "a1", "kind": "unknown", "tokens": 0, "labels": [], "notes": null }
    }]"#;
    let server = Server::answering([(200, body)]).await;
    let agents = server.client().list_agents().await.unwrap();
    let [agent] = &agents[..] else { panic!("{agents:?}") };
    assert_eq!(agent.score, Some(0.25));
    assert_eq!(agent.skills.as_deref(), Some(&["rust".to_owned()][..]));
    assert_eq!(agent.quotas.as_ref().unwrap()["cpu"], 3);
    assert_eq!(agent.parent.as_ref().unwrap().kind, AgentKind::Untracked);
}

#[tokio::test]
async fn an_integer_may_be_written_with_a_fraction_of_zero() {
    let body = r#"{"id":"a1","kind":"worker","tokens":7.0,"labels":[],"quotas":{"cpu":3.0,"gpu":1},"ranks":[2.0,1]}"#;
    let server = Server::answering([(200, body)]).await;
    let agent = server.client().get_agent("a1").await.unwrap();
    let quotas = agent.quotas.unwrap();
    assert_eq!((agent.tokens, quotas["cpu"], quotas["gpu"]), (7, 3, 1));
    assert_eq!(agent.ranks, Some(vec![2, 1]));
}

#[tokio::test]
async fn a_number_that_is_no_integer_is_an_error_that_names_the_place() {
    for (field, place) in [
        (r#""tokens":7.5"#, "`tokens`"),
        (r#""tokens":1,"quotas":{"cpu":0.5}"#, "`quotas.cpu`"),
        (r#""tokens":1,"ranks":[1,2147483648]"#, "`ranks[1]`"),
    ] {
        let body = format!(r#"{{"id":"a1","kind":"worker","labels":[],{field}}}"#);
        let server = Server::answering([(200, Box::leak(body.into_boxed_str()))]).await;
        let error = server.client().get_agent("a1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains(place), "{error}");
    }
}

#[tokio::test]
async fn a_field_that_is_not_known_is_passed_over() {
    let more = r#"{"id":"a1","kind":"worker","tokens":1,"labels":[],"notes":null,"later":{"x":1}}"#;
    let server = Server::answering([(200, more)]).await;
    assert_eq!(server.client().get_agent("a1").await.unwrap().id, "a1");
}

#[test]
fn a_field_that_is_not_known_is_kept_where_the_document_says_so() {
    for event in [
        json!({ "type": "run.failed", "reason": "no", "later": { "x": 1 }, "null": null }),
        json!({ "reason": "no", "later": { "x": 1 }, "null": null, "type": "run.failed" }),
    ] {
        let read: RunEvent = serde_json::from_str(&event.to_string()).unwrap();
        let RunEvent::RunFailed(failed) = &read else { panic!("{read:?}") };
        assert_eq!(failed.reason.as_deref(), Some("no"));
        assert_eq!(json!(failed.extra), json!({ "later": { "x": 1 }, "null": null }));
        assert_eq!(serde_json::to_value(&read).unwrap(), event);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_with_the_field_that_it_is_about() {
    let body =
        r#"{"errors":[{"message":"is missing","field":"kind"},{"message":"no more agents"}]}"#;
    let server = Server::answering([(422, body)]).await;
    let error = server.client().get_agent("a1").await.unwrap_err();
    assert_eq!(error.message(), Some("kind: is missing; no more agents"));
}

#[tokio::test]
async fn a_thread_is_read() {
    let body = r#"{
        "id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "status": "in_progress", "createdAt": "2026-01-02T05:04:05+02:00",
        "parts": [
            { "type": "text", "text": "Hi" },
            { "tool": "search", "args": { "q": 1 }, "type": "tool-call", "result": [true] },
            { "type": "step-start" },
            { "type": "group", "title": "G", "parts": [{ "type": "group", "parts": [{ "type": "text", "text": "deep" }] }] }
        ],
        "result": { "any": null }, "metadata": { "job": 7 }, "outcome": "done"
    }"#;
    let server = Server::answering([(200, body)]).await;
    let id = uuid::Uuid::from_u128(0x6ba7b810_9dad_11d1_80b4_00c04fd430c8);
    let thread = server.client().get_thread(id).await.unwrap();
    assert_eq!(server.only().line, "GET /v1/threads/6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    assert_eq!((thread.id, thread.status), (id, ThreadStatus::InProgress));
    assert_eq!(thread.created_at.to_rfc3339(), "2026-01-02T03:04:05+00:00");
    assert_eq!(thread.completed_at, None);
    assert_eq!(thread.result, Some(json!({ "any": null })));
    assert_eq!(thread.metadata.unwrap()["job"], 7);
    assert_eq!(thread.outcome, Some(ThreadStatus::Done));
    let [Part::Text(text), Part::ToolCall(call), Part::StepStart(_), Part::Group(group)] =
        &thread.parts[..]
    else {
        panic!("{:?}", thread.parts)
    };
    assert_eq!(text.text, "Hi");
    assert_eq!(
        (call.tool.as_str(), &call.args["q"], &call.result),
        ("search", &json!(1), &Some(json!([true])))
    );
    let Part::Group(inner) = &group.parts[0] else { panic!("{group:?}") };
    assert!(matches!(&inner.parts[0], Part::Text(text) if text.text == "deep"));
}

#[tokio::test]
async fn an_answer_without_a_body_is_nothing() {
    let server = Server::answering([(204, "")]).await;
    let () = server.client().delete_agent("a1").await.unwrap();
    assert_eq!(server.only().line, "DELETE /v1/agents/a1");
}

#[tokio::test]
async fn any_json_is_any_json() {
    let server = Server::answering([(200, "[1, null]")]).await;
    let before = server
        .client()
        .put_setting("a", "s", acme_agents::types::PutSetting::new(1, None))
        .await
        .unwrap();
    assert_eq!(before, json!([1, null]));
}

#[tokio::test]
async fn the_status_and_the_body_as_it_came_are_there_too() {
    let server = Server::answering([(200, LEAST)]).await;
    let response = server.client().get_agent("a1").send().await.unwrap();
    assert_eq!(response.http_status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.raw(), LEAST);
    assert_eq!(response.value().id, "a1");
    assert_eq!(response.into_inner().id, "a1");
}

#[tokio::test]
async fn an_error_carries_what_the_vendor_says() {
    let body = r#"{"error":{"message":"No such agent","code":"NOT_FOUND","requestId":"r-1"}}"#;
    let server = Server::answering([(404, body)]).await;
    let error = server.client().get_agent("a1").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.status().map(|s| s.as_u16()), Some(404));
    assert_eq!(error.message(), Some("No such agent"));
    assert_eq!(error.code(), Some("NOT_FOUND"));
    assert_eq!(error.request_id(), Some("r-1"));
    assert_eq!(error.operation(), Some("get_agent"));
    assert_eq!(error.decode::<Failure>().unwrap().error.code.as_deref(), Some("NOT_FOUND"));
}

#[tokio::test]
async fn an_answer_that_is_not_as_documented_names_the_place() {
    let bad = r#"[{"id":"a1","kind":"worker","tokens":1,"labels":["x",2],"notes":null}]"#;
    let server = Server::answering([(200, bad)]).await;
    let error = server.client().list_agents().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("[0].labels[1]"), "{error}");
}

#[tokio::test]
async fn a_known_part_that_is_malformed_is_an_error_that_names_the_place() {
    // With the tag first, and with the tag last.
    for (part, place) in [
        (r#"{"type":"group","parts":[{"type":"text","text":5}]}"#, "parts[0].parts[0].text"),
        (r#"{"text":5,"type":"text"}"#, "parts[0]"),
    ] {
        let body = format!(
            r#"{{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","status":"done","createdAt":"2026-01-02T03:04:05Z","parts":[{part}]}}"#
        );
        let server = Server::answering([(200, Box::leak(body.into_boxed_str()))]).await;
        let error = server.client().get_thread(uuid::Uuid::nil()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let text = error.to_string();
        assert!(text.contains(place) && text.contains("text"), "{text}");
    }
}

#[tokio::test]
async fn successes_that_differ_are_told_apart_by_their_status() {
    let id = uuid::Uuid::nil();
    let server = Server::answering([
        (200, r#"{"text":"All"}"#),
        (202, r#"{"runId":"r1"}"#),
        (204, ""),
        (202, r#"{"text":"All"}"#),
    ])
    .await;
    let client = server.client();
    let ready = client.export_thread(id).send().await.unwrap();
    assert_eq!(ready.http_status().as_u16(), 200);
    assert!(matches!(ready.value(), ExportThreadAnswer::Ok(answer) if answer.text == "All"));
    let later = client.export_thread(id).await.unwrap();
    assert!(matches!(later, ExportThreadAnswer::Accepted(run) if run.run_id == "r1"));
    assert_eq!(client.export_thread(id).await.unwrap(), ExportThreadAnswer::NoContent);
    // The status decides, not what would fit.
    let error = client.export_thread(id).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("export_thread")));
    assert!(error.to_string().contains("runId"), "{error}");
}

#[tokio::test]
async fn a_success_that_is_not_documented_is_read_as_the_first_that_is() {
    let id = uuid::Uuid::nil();
    let server = Server::answering([(203, r#"{"text":"All"}"#), (205, "")]).await;
    let client = server.client();
    let copy = client.export_thread(id).await.unwrap();
    assert!(matches!(copy, ExportThreadAnswer::Ok(answer) if answer.text == "All"));
    assert_eq!(client.export_thread(id).await.unwrap(), ExportThreadAnswer::NoContent);
}

#[tokio::test]
async fn one_schema_under_several_statuses_is_no_choice() {
    let server = Server::answering([(200, THREAD), (201, THREAD), (202, THREAD)]).await;
    for status in [200, 201, 202] {
        let response = server.client().start_thread("a", "go").send().await.unwrap();
        assert_eq!(response.http_status().as_u16(), status);
        assert_eq!(response.value().status, ThreadStatus::Queued);
    }
}
