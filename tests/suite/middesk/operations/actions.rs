//! Actions.

use super::{call, get, post, start};
use agent_threads_middesk::types::{
    ActionObjectType, ActionOperation, ActionSubjectType, ActionType, ActorType, CreateAction,
};
use serde_json::{Value, json};

fn action() -> Value {
    json!({
        "id": "act", "type": "dismissal", "object_type": "Watchlist::Result", "object_id": "w",
        "created_at": "2026-03-04T10:06:00Z", "note": "Another person.", "metadata": { "k": [1] },
        "effects": [{ "operation": "updated", "diff": { "status": "dismissed" },
                      "target": { "object": "watchlist_result", "id": "w" } },
                    { "operation": "linked", "diff": null, "target": null }],
        "actors": [{ "actor_type": "run", "data": { "id": "r", "thread_id": "t", "status": "interrupted", "agent": "a" } },
                   { "actor_type": "account" }]
    })
}

#[tokio::test]
async fn an_action_is_taken() {
    let (server, client) = start().await;
    let body = json!({ "object_type": "watchlist_result", "object_id": "w", "type": "dismissal", "payload": {},
                       "note": "Another person.", "thread_id": "t", "run_id": "r" });
    let create =
        CreateAction::new(ActionObjectType::WatchlistResult, "w", ActionType::Dismissal, json!({}));
    let create = create.note("Another person.").thread_id("t").run_id("r");
    let create = client.create_action(create).send();
    let taken = call(&server, post("/v1/actions", body), (201, action()), create).await;
    assert_eq!(
        (&taken.type_, &taken.object_type),
        (&ActionType::Dismissal, &ActionSubjectType::WatchlistResult)
    );
    let [updated, linked] = &taken.effects[..] else { panic!("{taken:?}") };
    assert_eq!(
        (&updated.operation, &linked.operation),
        (&ActionOperation::Updated, &ActionOperation::Linked)
    );
    assert_eq!(updated.diff.as_ref().unwrap()["status"], "dismissed");
    assert_eq!(updated.target.as_ref().unwrap().id.as_deref(), Some("w"));
    assert_eq!((&linked.diff, &linked.target), (&None, &None));
    let [run, account] = &taken.actors[..] else { panic!("{taken:?}") };
    assert_eq!((&run.actor_type, &account.actor_type), (&ActorType::Run, &ActorType::Account));
    assert_eq!(run.data.as_ref().unwrap()["thread_id"], "t");
    assert_eq!(taken.metadata.as_ref().unwrap()["k"], json!([1]));
}

#[tokio::test]
async fn the_least_action_is_taken() {
    let (server, client) = start().await;
    let sources = json!({ "sources": [{ "source_type": "sos", "url": "https://sos.example", "people": [] }] });
    let body = json!({ "object_type": "businesses", "object_id": "b", "type": "add_sources", "payload": sources });
    let create =
        CreateAction::new(ActionObjectType::Businesses, "b", ActionType::AddSources, sources);
    let wire = json!({ "id": "act", "type": "update_address_risk", "object_type": "Business", "object_id": "b",
                       "created_at": "2026-03-04T10:06:00Z", "effects": [], "actors": [] });
    let taken =
        call(&server, post("/v1/actions", body), (201, wire), client.create_action(create).send())
            .await;
    assert_eq!(
        (&taken.type_, &taken.object_type),
        (&ActionType::UpdateAddressRisk, &ActionSubjectType::Business)
    );
    assert_eq!((taken.note, taken.metadata), (None, None));
}

#[tokio::test]
async fn actions_are_listed() {
    let (server, client) = start().await;
    let sent = get("/v1/actions?object_id=b&object_type=businesses");
    let wire = json!({ "object": "list", "data": [action()], "url": "/v1/actions" });
    let list = client.list_actions("b", ActionObjectType::Businesses).send();
    let list = call(&server, sent, (200, wire), list).await;
    assert_eq!((list.data.len(), list.url.as_deref()), (1, Some("/v1/actions")));
}

#[tokio::test]
async fn an_action_is_read() {
    let (server, client) = start().await;
    let sent = get("/v1/actions/act?object_id=w&object_type=watchlist_result");
    let read = client.get_action("act", "w", ActionObjectType::WatchlistResult).send();
    let read = call(&server, sent, (200, action()), read).await;
    assert_eq!(serde_json::to_value(&read).unwrap()["object_type"], "Watchlist::Result");
    assert_eq!(read.note.as_deref(), Some("Another person."));
}
