//! Agents.

use super::{call, get, start};
use serde_json::{Value, json};

fn agent() -> Value {
    json!({ "object": "agent", "id": "3f0c6c1e-8a6b-4a55-9a8e-0d5a0c1f7b21", "type": "cip_orchestrator",
            "name": "CIP Orchestrator", "description": "Coordinates identity reviews.",
            "created_at": "2026-02-01T09:00:00.000Z", "updated_at": "2026-02-01T09:00:00.000Z" })
}

#[tokio::test]
async fn agents_are_listed() {
    let (server, client) = start().await;
    let wire = json!({ "data": [agent()] });
    let list = call(&server, get("/v1/agents"), (200, wire), client.list_agents().send()).await;
    let [agent] = &list.data[..] else { panic!("{list:?}") };
    assert_eq!(agent.id, "3f0c6c1e-8a6b-4a55-9a8e-0d5a0c1f7b21");
    assert_eq!(agent.type_, "cip_orchestrator");
    assert_eq!(agent.name.as_deref(), Some("CIP Orchestrator"));
    assert_eq!(agent.description.as_deref(), Some("Coordinates identity reviews."));
    assert_eq!(agent.created_at.to_rfc3339(), "2026-02-01T09:00:00+00:00");
    assert_eq!(agent.updated_at, agent.created_at);
    let none =
        call(&server, get("/v1/agents"), (200, json!({ "data": [] })), client.list_agents().send());
    assert!(none.await.data.is_empty());
}

#[tokio::test]
async fn an_agent_is_read() {
    let (server, client) = start().await;
    let sent = get("/v1/agents/3f0c6c1e-8a6b-4a55-9a8e-0d5a0c1f7b21");
    let read = client.get_agent("3f0c6c1e-8a6b-4a55-9a8e-0d5a0c1f7b21").send();
    let read = call(&server, sent, (200, agent()), read).await;
    assert_eq!(serde_json::to_value(&read).unwrap()["type"], "cip_orchestrator");
    let least = json!({ "id": "a", "type": "t", "created_at": "2026-02-01T09:00:00Z",
                        "updated_at": "2026-02-01T09:00:00Z" });
    let read = call(&server, get("/v1/agents/a"), (200, least), client.get_agent("a").send()).await;
    assert_eq!((read.object, read.name, read.description), (None, None, None));
}
