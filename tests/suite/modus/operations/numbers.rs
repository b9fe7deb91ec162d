//! The vendor calls its integers numbers, so that `42.0` is one of them.

use super::{EVENTS, Hosts, JSON, call, get, post};
use agent_threads_modus::{ErrorKind, types::RunEvent};
use serde_json::{Value, json};

#[tokio::test]
async fn an_integer_may_be_written_with_a_fraction_of_zero() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let wire = json!({ "scopes": [{ "id": 42.0, "name": "Support" }], "nextPageToken": null });
    let page = call(&api, get("/api/v1/scopes"), (200, wire), client.list_scopes().send()).await;
    assert_eq!(page.scopes.unwrap()[0].id, 42);

    let wire = json!({ "runs": [], "counts": { "all_executions": 2.0, "running": 1 }, "nextPageToken": null });
    let list = client.list_workflow_runs(42).send();
    let page = call(&api, get("/api/v1/workflows/42/runs"), (200, wire), list).await;
    let counts = page.counts.unwrap();
    assert_eq!((counts["all_executions"], counts["running"]), (2, 1));

    let wire = json!({ "conversations": [], "nextPageToken": null, "totalCount": 0.0, "page": null, "pageSize": 25.0 });
    let list = client.list_modus_conversations().send();
    let page = call(&api, get("/api/v1/modus/conversations"), (200, wire), list).await;
    assert_eq!((page.total_count, page.page, page.page_size), (Some(0), None, Some(25)));

    let wire = json!({ "context": "", "contextItems": [], "originalCount": 31.0, "selectedCount": 4.0,
                       "sessionId": "s" });
    let sent = post("/api/v1/modus/context", json!({ "message": "Tickets?" }));
    let composed =
        call(&api, sent, (200, wire), client.compose_modus_context("Tickets?").send()).await;
    assert_eq!((composed.original_count, composed.selected_count), (31, 4));
}

#[tokio::test]
async fn a_number_that_is_no_integer_is_an_error_that_names_its_place() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let counts = |count: Value| json!({ "runs": [], "counts": { "running": count } }).to_string();
    for count in [json!(1.5), json!(1e300), json!("1")] {
        let body = counts(count);
        get("/api/v1/workflows/42/runs").answered(&api, 200, JSON, &body).await;
        let error = client.list_workflow_runs(42).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert!(error.to_string().contains("`counts.running`"), "{error}");
        api.reset_async().await;
    }
}

#[tokio::test]
async fn an_event_may_have_such_integers_too() {
    let Hosts { agent, api: _api, client } = Hosts::start().await;
    let reset = json!({ "type": "assistant_content_reset", "content": "", "attempt": 2.0,
                        "reason": "provider_stream_failed" });
    let body = format!(
        "id: 1-0\ndata: {reset}\n\nid: 1-1\ndata: {{\"type\":\"done\",\"runId\":\"r\"}}\n\n"
    );
    let sent = get("/agent/v1/runs/r/stream").accept(EVENTS);
    sent.answered(&agent, 200, EVENTS, &body).await;
    let event = client.watch_run("r").events().next().await.unwrap().unwrap();
    let RunEvent::AssistantContentReset(reset) = event else { panic!("{event:?}") };
    assert_eq!(reset.attempt, Some(2));
}
