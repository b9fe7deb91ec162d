//! The tools for agents and connections.

use serde_json::{Value, json};

use super::caller::Caller;

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn agents_are_made_listed_and_found() {
    let caller = Caller::start().await;
    let connection = json!({ "connection_id": "conn_crm", "selected_tools": ["lookup"] });
    let data = json!({ "title": "Sales", "pinned": true, "connections": [connection] });
    let made =
        caller.call("COLLECTION_VIRTUAL_MCP_CREATE", json!({ "data": data })).await["item"].clone();
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("vir_"), "{made}");
    let get = |id: &str| caller.call("COLLECTION_VIRTUAL_MCP_GET", json!({ "id": id }));
    assert_eq!(get(id).await["item"], made);
    assert_eq!(get("vir_nobody").await["item"], Value::Null);

    let list = |condition: Value| {
        caller.call("COLLECTION_VIRTUAL_MCP_LIST", json!({ "where": condition }))
    };
    let eq =
        |field: &str, value: Value| json!({ "field": [field], "operator": "eq", "value": value });
    assert_eq!(ids(&list(eq("status", json!("active"))).await), ["vir_sandbox", id]);
    assert_eq!(ids(&list(eq("pinned", json!(true))).await), [id]);
    assert_eq!(ids(&list(eq("connection_id", json!("conn_crm"))).await), [id]);
    let not = json!({ "operator": "not", "conditions": [eq("title", json!("Sales"))] });
    assert_eq!(ids(&list(not).await), ["vir_sandbox"]);
    let wrong =
        caller.calling("COLLECTION_VIRTUAL_MCP_LIST", &json!({ "where": { "status": "active" } }));
    super::caller::refused(wrong, 400).await;
}

#[tokio::test]
async fn the_agents_are_among_the_connections_only_when_asked_for() {
    let caller = Caller::start().await;
    let crm = json!({ "id": "conn_crm", "organization_id": "org_sandbox", "slug": "crm", "bindings": ["CRM"] });
    let theirs = json!({ "id": "conn_x", "organization_id": "org_globex" });
    caller.deco.set_connections([crm, theirs]);
    let list = |input: Value| caller.call("COLLECTION_CONNECTIONS_LIST", input);
    assert_eq!(ids(&list(json!({})).await), ["conn_crm"]);
    let all = list(json!({ "include_virtual": true })).await;
    assert_eq!(ids(&all), ["conn_crm", "vir_sandbox"]);
    let agent = &all["items"][1];
    assert_eq!(
        (&agent["connection_type"], &agent["connection_url"]),
        (&json!("VIRTUAL"), &json!("virtual://vir_sandbox"))
    );
    assert_eq!(ids(&list(json!({ "slug": "other" })).await), [""; 0]);
    assert_eq!(ids(&list(json!({ "binding": "CRM" })).await), ["conn_crm"]);
    let found = caller.call("COLLECTION_CONNECTIONS_GET", json!({ "id": "conn_crm" })).await;
    assert_eq!(found["item"]["slug"], "crm");
    assert_eq!(
        caller.call("COLLECTION_CONNECTIONS_GET", json!({ "id": "conn_x" })).await["item"],
        Value::Null
    );
}
