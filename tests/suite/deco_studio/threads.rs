//! Threads and their messages.

use super::{Studio, tool};
use agent_threads_deco_studio::types::{
    CreateThread, ListMessages, ListThreads, MessageRole, NewThread, OrderBy, OrderDirection,
    ThreadChanges, ThreadFilter, ThreadStatus, UiPart, UpdateThread,
};
use serde_json::{Value, json};

const ID: &str = "thrd_Qx81mZk2Lw0PvTn5RbYcd";

fn thread() -> Value {
    json!({ "id": ID, "organization_id": "org_7", "title": "Invoice questions", "description": null,
            "created_at": "2026-08-01T09:30:00.120Z", "updated_at": "2026-08-01T09:30:00.120Z", "hidden": false,
            "status": "completed", "created_by": "usr_9", "virtual_mcp_id": "vir_a1b2c3", "trigger_id": null, "branch": null })
}

#[tokio::test]
async fn a_thread_is_started_for_an_agent() {
    let input = json!({ "data": { "title": "Support chat", "virtual_mcp_id": "vir_a1b2c3" } });
    let sent = tool("COLLECTION_THREADS_CREATE", input);
    let created = Studio::call(sent, (200, json!({ "item": thread() })), async |client| {
        client.create_thread(NewThread::new("vir_a1b2c3").title("Support chat")).await
    });
    let thread = created.await.item;
    assert_eq!((thread.id.as_str(), &thread.status), (ID, &ThreadStatus::Completed));
    assert_eq!(
        thread.created_at.map(|at| at.to_rfc3339()).as_deref(),
        Some("2026-08-01T09:30:00.120+00:00")
    );
    assert_eq!(
        (thread.virtual_mcp_id.as_deref(), thread.hidden),
        (Some("vir_a1b2c3"), Some(false))
    );
    assert_eq!((thread.description, thread.trigger_id, thread.metadata), (None, None, None));
}

#[tokio::test]
async fn a_thread_may_be_described_in_full() {
    let input = json!({ "data": { "virtual_mcp_id": "vir_1", "title": "T", "description": "D", "id": "own-1", "branch": "main" } });
    let sent = tool("COLLECTION_THREADS_CREATE", input);
    let created = Studio::call(sent, (200, json!({ "item": thread() })), async |client| {
        let thread = NewThread::new("vir_1").title("T").description("D").id("own-1").branch("main");
        client.create_thread(CreateThread::new(thread)).await
    });
    // The id that the server answers with is the thread's, whatever was asked for.
    assert_eq!(created.await.item.id, ID);
}

#[tokio::test]
async fn a_thread_is_read_by_each_generation_of_servers() {
    let newest = json!({ "id": ID, "status": "expired", "metadata": { "read_only": true, "expanded_tools": [] },
        "run_config": { "any": 1 }, "routing_locked_at": null, "hosted_execution_disabled_at": "2026-10-01T00:00:00.000Z",
        "harness_id": "claude-code", "sandbox_provider_kind": "cluster", "updated_by": "usr_9", "later": [1] });
    let oldest = json!({ "id": ID, "status": "in_progress", "organization_id": "org_7", "title": "T",
        "context_start_message_id": "msg_1" });
    for (answer, status) in [(newest, ThreadStatus::Expired), (oldest, ThreadStatus::InProgress)] {
        let sent = tool("COLLECTION_THREADS_GET", json!({ "id": ID }));
        let found = Studio::call(sent, (200, json!({ "item": answer })), async |client| {
            client.get_thread(ID).await
        });
        assert_eq!(found.await.item.unwrap().status, status);
    }
}

#[tokio::test]
async fn every_status_is_known_and_another_is_kept() {
    for (wire, status) in [
        ("in_progress", ThreadStatus::InProgress),
        ("requires_action", ThreadStatus::RequiresAction),
        ("failed", ThreadStatus::Failed),
        ("completed", ThreadStatus::Completed),
        ("expired", ThreadStatus::Expired),
    ] {
        assert_eq!(ThreadStatus::from(wire), status);
    }
    let sent = tool("COLLECTION_THREADS_GET", json!({ "id": ID }));
    let answer = json!({ "item": { "id": ID, "status": "paused" } });
    let found = Studio::call(sent, (200, answer), async |client| client.get_thread(ID).await).await;
    assert_eq!(found.item.unwrap().status.as_str(), "paused");
}

#[tokio::test]
async fn no_such_thread_is_none() {
    let sent = tool("COLLECTION_THREADS_GET", json!({ "id": "thrd_gone" }));
    let found = Studio::call(sent, (200, json!({ "item": null })), async |client| {
        client.get_thread("thrd_gone").await
    });
    assert_eq!(found.await.item, None);
}

#[tokio::test]
async fn threads_are_listed_with_every_filter() {
    let input = json!({
        "where": { "created_by": "me", "trigger_ids": ["t1", "t2"], "virtual_mcp_id": "vir_1", "hidden": false, "has_trigger": true },
        "limit": 20, "offset": 40, "orderBy": [{ "field": ["updated_at"], "direction": "desc", "nulls": "last" }],
        "startDate": "2026-08-01", "endDate": "2026-08-31", "search": "invoice", "status": "failed",
        "userId": "usr_9", "agentId": "vir_1",
    });
    let answer = json!({ "items": [thread()], "totalCount": 61, "hasMore": true });
    let sent = tool("COLLECTION_THREADS_LIST", input);
    let listed = Studio::call(sent, (200, answer), async |client| {
        let filter = ThreadFilter::new().created_by("me").trigger_ids(["t1", "t2"]);
        let filter = filter.virtual_mcp_id("vir_1").hidden(false).has_trigger(true);
        let order = OrderBy::new(["updated_at"], OrderDirection::Desc).nulls("last");
        let list = ListThreads::new().where_(filter).limit(20).offset(40).order_by([order]);
        let list = list.start_date("2026-08-01").end_date("2026-08-31").search("invoice");
        client
            .list_threads(list.status(ThreadStatus::Failed).user_id("usr_9").agent_id("vir_1"))
            .await
    });
    let listed = listed.await;
    assert_eq!(
        (listed.items.len(), listed.total_count, listed.has_more),
        (1, Some(61), Some(true))
    );
}

#[tokio::test]
async fn all_threads_are_listed_without_a_filter() {
    let sent = tool("COLLECTION_THREADS_LIST", json!({}));
    let listed = Studio::call(sent, (200, json!({ "items": [] })), async |client| {
        client.list_threads(ListThreads::new()).await
    });
    let listed = listed.await;
    assert_eq!((listed.items.len(), listed.total_count, listed.has_more), (0, None, None));
}

#[tokio::test]
async fn a_thread_is_changed() {
    let input = json!({ "id": ID, "data": { "title": "T", "description": "D", "hidden": true, "status": "completed",
        "metadata": { "shared": true }, "branch": "main", "virtual_mcp_id": "vir_2" } });
    let sent = tool("COLLECTION_THREADS_UPDATE", input);
    let changed = Studio::call(sent, (200, json!({ "item": thread() })), async |client| {
        let changes = ThreadChanges::new().title("T").description("D").hidden(true);
        let changes = changes.status(ThreadStatus::Completed).metadata([("shared", true)]);
        client
            .update_thread(UpdateThread::new(ID, changes.branch("main").virtual_mcp_id("vir_2")))
            .await
    });
    assert_eq!(changed.await.item.id, ID);
}

#[tokio::test]
async fn a_thread_is_deleted() {
    let sent = tool("COLLECTION_THREADS_DELETE", json!({ "id": ID }));
    let deleted = Studio::call(sent, (200, json!({ "item": thread() })), async |client| {
        client.delete_thread(ID).await
    });
    assert_eq!(deleted.await.item.id, ID);
}

#[tokio::test]
async fn messages_are_read() {
    let answer = json!({ "items": [
        { "id": "5b0d", "thread_id": ID, "role": "user", "parts": [{ "type": "text", "text": "Sum up ticket 812" }],
          "metadata": null, "created_at": "2026-08-01T09:30:01.000Z", "updated_at": "2026-08-01T09:30:01.000Z" },
        { "id": "msg_1", "thread_id": ID, "role": "assistant", "parts": [
            { "type": "reasoning", "text": "Hm." }, { "type": "text", "text": "It is ", "state": "done" },
            { "type": "text", "text": "solved.", "state": "done" } ],
          "metadata": { "usage": { "inputTokens": 11, "outputTokens": 7, "totalTokens": 18 }, "finishReason": "stop" } },
    ], "hasMore": false });
    let sent = tool("COLLECTION_THREAD_MESSAGES_LIST", json!({ "thread_id": ID, "limit": 200 }));
    let listed = Studio::call(sent, (200, answer), async |client| {
        client.list_messages(ListMessages::new(ID).limit(200)).await
    });
    let items = listed.await.items;
    let [user, assistant] = &items[..] else { panic!("{items:?}") };
    assert_eq!((&user.role, user.text().as_str()), (&MessageRole::User, "Sum up ticket 812"));
    assert_eq!(assistant.text(), "It is \n\nsolved.");
    assert_eq!(assistant.usage().and_then(|usage| usage.total_tokens), Some(18.0));
    assert!(matches!(&assistant.parts[0], UiPart::Reasoning(thought) if thought.text == "Hm."));
}

#[tokio::test]
async fn messages_are_read_page_by_page() {
    let input = json!({ "thread_id": ID, "limit": 50, "offset": 100, "orderBy": [{ "field": ["created_at"], "direction": "asc" }] });
    let sent = tool("COLLECTION_THREAD_MESSAGES_LIST", input);
    let listed =
        Studio::call(sent, (200, json!({ "items": [], "totalCount": 100 })), async |client| {
            let order = OrderBy::new(["created_at"], OrderDirection::Asc);
            client
                .list_messages(ListMessages::new(ID).limit(50).offset(100).order_by([order]))
                .await
        });
    assert_eq!(listed.await.total_count, Some(100));
    let sent = tool("COLLECTION_THREAD_MESSAGES_LIST", json!({ "thread_id": "thrd_gone" }));
    let none = Studio::call(sent, (200, json!({ "items": [] })), async |client| {
        client.list_messages("thrd_gone").await
    });
    assert!(none.await.items.is_empty());
}
