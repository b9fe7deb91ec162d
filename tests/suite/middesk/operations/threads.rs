//! Threads.

use super::{call, get, post, start};
use agent_threads_middesk::types::{CreateThread, StepStatus, StepType, ThreadStatus};
use serde_json::{Value, json};

const BUSINESS: &str = "5b3f7a10-0d3c-4a52-9a57-6f4f1f0b1c01";
const THREAD: &str = "7b6d1d0a-2f61-4c0f-8b55-9b4f6a1d2c33";

/// As the seed's page shows it.
fn seed() -> Value {
    json!({
        "object": "thread", "id": "id", "created_at": "2024-01-15T09:30:00Z", "updated_at": "2024-01-15T09:30:00Z",
        "status": "running", "metadata": { "key": "value" }, "requester": { "key": "value" },
        "steps": [{
            "id": "id", "run_id": "run_id", "type": "activity", "name": "name", "label": "label", "status": "running",
            "started_at": "2024-01-15T09:30:00Z", "agent": "agent", "parent_step_id": "parent_step_id",
            "completed_at": "2024-01-15T09:30:00Z", "artifacts": [{ "title": "title", "type": "type" }]
        }]
    })
}

fn listed() -> Value {
    json!({ "object": "thread", "id": THREAD, "created_at": "2026-03-04T10:00:00Z", "updated_at": "2026-03-04T10:07:30Z",
            "status": "interrupted", "metadata": null, "requester": null })
}

#[tokio::test]
async fn the_seeds_thread_is_created_and_read_as_documented() {
    let (server, client) = start().await;
    let sent = post("/v1/threads", json!({ "type": "cip_orchestrator", "business_id": BUSINESS }));
    let body = CreateThread::new("cip_orchestrator").business_id(BUSINESS);
    let thread = call(&server, sent, (201, seed()), client.create_thread(body).send()).await;
    assert_eq!((thread.object.as_deref(), thread.id.as_str()), (Some("thread"), "id"));
    assert_eq!(thread.created_at.to_rfc3339(), "2024-01-15T09:30:00+00:00");
    assert_eq!(thread.updated_at, thread.created_at);
    assert_eq!(thread.status, ThreadStatus::Running);
    assert_eq!(thread.metadata.as_ref().unwrap()["key"], "value");
    assert_eq!(thread.requester.as_ref().unwrap()["key"], "value");
    let [step] = &thread.steps.as_ref().unwrap()[..] else { panic!("{thread:?}") };
    assert_eq!((step.id.as_str(), step.run_id.as_str()), ("id", "run_id"));
    assert_eq!((&step.type_, &step.status), (&StepType::Activity, &StepStatus::Running));
    assert_eq!(
        (step.name.as_str(), step.label.as_str(), step.agent()),
        ("name", "label", Some("agent"))
    );
    assert_eq!((step.started_at, step.completed_at), (thread.created_at, Some(thread.created_at)));
    assert_eq!(step.parent_step_id.as_deref(), Some("parent_step_id"));
    let [artifact] = step.artifacts() else { panic!("{step:?}") };
    assert_eq!((artifact.title.as_str(), artifact.type_.as_str()), ("title", "type"));
    assert_eq!((&artifact.id, &artifact.confidence, &artifact.summary), (&None, &None, &None));
    assert_eq!(serde_json::to_value(&thread).unwrap(), seed());
}

#[tokio::test]
async fn a_thread_is_created_about_something_else() {
    let (server, client) = start().await;
    let wire = json!({ "type": "address_verification", "context_type": "business", "context_id": BUSINESS });
    let body =
        CreateThread::new("address_verification").context_type("business").context_id(BUSINESS);
    let create = client.create_thread(body).send();
    let thread = call(&server, post("/v1/threads", wire), (201, listed()), create).await;
    assert_eq!((thread.id.as_str(), thread.steps), (THREAD, None));
}

#[tokio::test]
async fn a_thread_is_read() {
    let (server, client) = start().await;
    let sent = get("/v1/threads/7b6d1d0a-2f61-4c0f-8b55-9b4f6a1d2c33");
    let thread = call(&server, sent, (200, listed()), client.get_thread(THREAD).send()).await;
    assert_eq!(thread.status, ThreadStatus::Interrupted);
    assert_eq!((&thread.metadata, &thread.requester), (&None, &None));
    assert_eq!((thread.updated_at - thread.created_at).num_seconds(), 450);
}

#[tokio::test]
async fn threads_are_listed_with_every_filter() {
    let (server, client) = start().await;
    let sent =
        get("/v1/threads?business_id=5b3f7a10-0d3c-4a52-9a57-6f4f1f0b1c01&page=2&per_page=100");
    let wire = json!({ "object": "list", "has_more": false, "total_count": 1, "data": [listed()] });
    let list = client.list_threads().business_id(BUSINESS).page(2).per_page(100).send();
    let page = call(&server, sent, (200, wire), list).await;
    assert_eq!((page.has_more, page.total_count), (false, Some(1)));
    assert_eq!(page.data.unwrap()[0].id, THREAD);
    for least in [
        json!({ "object": "list", "has_more": true }),
        json!({ "has_more": true, "data": null, "total_count": null }),
    ] {
        let page =
            call(&server, get("/v1/threads"), (200, least), client.list_threads().send()).await;
        assert_eq!((page.has_more, page.total_count, page.data), (true, None, None));
    }
}
