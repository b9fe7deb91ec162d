//! Agents, connections, API keys, tools, and other organizations.

use super::{Studio, get, tool};
use agent_threads_deco_studio::types::{
    AgentConnection, AgentMetadata, AgentStatus, ConnectionStatus, ConnectionType, CreateApiKey,
    ListAgents, ListConnections, NewAgent, OrderBy, OrderDirection, OrderNulls, ToolInput,
    UpdateApiKey, WhereExpression,
};
use serde_json::{Value, json};

fn agent() -> Value {
    json!({ "id": "vir_a1b2c3", "title": "Support", "description": null, "icon": null, "status": "active", "pinned": false,
        "organization_id": "org_7", "created_by": "usr_9", "created_at": "2026-08-01T09:30:00.120Z",
        "updated_at": "2026-08-01T09:30:00.120Z", "metadata": { "instructions": "Be kind.", "ui": { "color": "red" } },
        "connections": [{ "connection_id": "conn_1", "selected_tools": null, "selected_resources": [], "selected_prompts": ["p"] }] })
}

#[tokio::test]
async fn agents_are_listed() {
    let input = json!({ "where": { "field": ["status"], "operator": "eq", "value": "active" }, "limit": 50, "offset": 5,
        "orderBy": [{ "field": ["title"], "direction": "asc" }] });
    let answer = json!({ "items": [agent()], "totalCount": 1, "hasMore": false });
    let listed =
        Studio::call(tool("COLLECTION_VIRTUAL_MCP_LIST", input), (200, answer), async |client| {
            let order = OrderBy::new(["title"], OrderDirection::Asc);
            let list = ListAgents::new().where_(WhereExpression::eq(["status"], "active"));
            client.list_agents(list.limit(50).offset(5).order_by([order])).await
        });
    let agent = listed.await.items.remove(0);
    assert_eq!((agent.id.as_str(), agent.status), ("vir_a1b2c3", Some(AgentStatus::Active)));
    let metadata = agent.metadata.unwrap();
    assert_eq!(metadata.instructions.as_deref(), Some("Be kind."));
    assert_eq!(metadata.extra["ui"], json!({ "color": "red" }));
    let connection = &agent.connections.unwrap()[0];
    assert_eq!(
        (&connection.selected_tools, &connection.selected_resources),
        (&None, &Some(vec![]))
    );
}

#[tokio::test]
async fn an_agent_is_read() {
    let sent = || tool("COLLECTION_VIRTUAL_MCP_GET", json!({ "id": "vir_a1b2c3" }));
    let found = Studio::call(sent(), (200, json!({ "item": agent() })), async |client| {
        client.get_agent("vir_a1b2c3").await
    });
    assert_eq!(found.await.item.unwrap().title.as_deref(), Some("Support"));
    let none = Studio::call(sent(), (200, json!({ "item": null })), async |client| {
        client.get_agent("vir_a1b2c3").await
    });
    assert_eq!(none.await.item, None);
}

#[tokio::test]
async fn an_agent_is_made() {
    let input = json!({ "data": { "title": "Support", "status": "active", "pinned": true, "metadata": { "instructions": "Be kind." },
        "connections": [{ "connection_id": "conn_1", "selected_tools": ["a"], "selected_resources": null, "selected_prompts": null }],
        "description": "D", "icon": "https://x.example/i.png", "prompts": [{ "name": "p" }] } });
    let sent = tool("COLLECTION_VIRTUAL_MCP_CREATE", input);
    let made = Studio::call(sent, (200, json!({ "item": agent() })), async |client| {
        let connection = AgentConnection::new("conn_1", vec!["a".to_owned()], None, None);
        let metadata = AgentMetadata::new().instructions("Be kind.");
        let agent = NewAgent::new("Support", AgentStatus::Active, true, metadata, [connection]);
        let agent = agent
            .description("D")
            .icon("https://x.example/i.png")
            .prompts([json!({ "name": "p" })]);
        client.create_agent(agent).await
    });
    assert_eq!(made.await.item.id, "vir_a1b2c3");
}

fn connection() -> Value {
    json!({ "id": "conn_1", "title": "Tickets", "description": null, "icon": null, "app_name": "tickets", "app_id": null,
        "organization_id": "org_7", "created_by": "usr_9", "created_at": "2026-08-01T09:30:00.120Z",
        "updated_at": "2026-08-01T09:30:00.120Z", "connection_type": "HTTP", "connection_url": "https://u:TOPSECRET@x.example",
        "connection_token": "TOPSECRET", "connection_headers": { "x-key": "TOPSECRET" }, "oauth_config": { "s": "TOPSECRET" },
        "configuration_state": { "s": "TOPSECRET" }, "configuration_scopes": [], "metadata": { "s": "TOPSECRET" }, "tools": null,
        "bindings": null, "status": "error" })
}

#[tokio::test]
async fn connections_are_listed_and_their_credentials_never_shown() {
    let input = json!({ "where": { "operator": "not", "conditions": [{ "field": ["app_id"], "operator": "eq", "value": null }] },
        "limit": 10, "offset": 0, "orderBy": [{ "field": ["title"], "direction": "desc", "nulls": "first" }], "binding": { "name": "x" }, "include_virtual": true, "slug": "tickets" });
    let answer = json!({ "items": [connection(), { "id": "vir_1", "connection_type": "VIRTUAL", "connection_url": "virtual://vir_1" }] });
    let listed =
        Studio::call(tool("COLLECTION_CONNECTIONS_LIST", input), (200, answer), async |client| {
            let unset = WhereExpression::none(WhereExpression::eq(["app_id"], Value::Null));
            let list = ListConnections::new()
                .where_(unset)
                .limit(10)
                .offset(0)
                .binding(json!({ "name": "x" }));
            let order = OrderBy::new(["title"], OrderDirection::Desc).nulls(OrderNulls::First);
            client
                .list_connections(list.include_virtual(true).slug("tickets").order_by([order]))
                .await
        });
    let items = listed.await.items;
    assert_eq!(
        (&items[0].connection_type, &items[0].status),
        (&Some(ConnectionType::Http), &Some(ConnectionStatus::Error))
    );
    assert_eq!(items[1].connection_type, Some(ConnectionType::Virtual));
    assert_eq!(items[0].connection_token.as_deref(), Some("TOPSECRET"));
    let shown = format!("{items:?}");
    assert!(shown.contains("Tickets") && !shown.contains("TOPSECRET"), "{shown}");
}

#[tokio::test]
async fn a_connection_is_read() {
    let sent = tool("COLLECTION_CONNECTIONS_GET", json!({ "id": "conn_1" }));
    let found = Studio::call(sent, (200, json!({ "item": connection() })), async |client| {
        client.get_connection("conn_1").await
    });
    assert_eq!(found.await.item.unwrap().app_name.as_deref(), Some("tickets"));
}

#[tokio::test]
async fn a_key_is_made_as_on_the_vendors_page_and_never_shown() {
    let tools = [
        "COLLECTION_THREADS_CREATE",
        "COLLECTION_THREADS_GET",
        "COLLECTION_THREAD_MESSAGES_LIST",
        "COLLECTION_THREADS_LIST",
    ];
    let input = json!({ "name": "chat-bridge-my-agent", "permissions": { "self": tools }, "expiresIn": 7_776_000 });
    let answer = json!({ "id": "k1", "name": "chat-bridge-my-agent", "key": "TOPSECRET", "permissions": { "self": tools },
        "expiresAt": "2026-10-30T09:30:00.120Z", "createdAt": "2026-08-01T09:30:00.120Z" });
    let made = Studio::call(tool("API_KEY_CREATE", input), (200, answer), async |client| {
        let permissions = [("self", tools.map(str::to_owned).to_vec())];
        client
            .create_api_key(
                CreateApiKey::new("chat-bridge-my-agent", permissions).expires_in(7_776_000),
            )
            .await
    });
    let key = made.await;
    assert_eq!((key.id.as_str(), key.key.as_str()), ("k1", "TOPSECRET"));
    assert!(!format!("{key:?}").contains("TOPSECRET"));
    assert_eq!(key.permissions.unwrap()["self"], tools);
}

#[tokio::test]
async fn keys_are_listed_changed_and_deleted() {
    let key = json!({ "id": "k1", "name": "n", "userId": "usr_9", "permissions": { "*": ["*"] }, "expiresAt": null,
        "createdAt": "2026-08-01T09:30:00.120Z" });
    let sent = tool("API_KEY_LIST", None);
    let listed = Studio::call(sent, (200, json!({ "items": [key] })), async |client| {
        client.list_api_keys().await
    })
    .await;
    assert_eq!(
        (listed.items[0].user_id.as_deref(), listed.items[0].expires_at),
        (Some("usr_9"), None)
    );

    let input = json!({ "keyId": "k1", "name": "m", "permissions": { "conn_1": ["*"] }, "metadata": { "a": 1 } });
    let changed = Studio::call(
        tool("API_KEY_UPDATE", input),
        (200, json!({ "item": key })),
        async |client| {
            let permissions = [("conn_1", vec!["*".to_owned()])];
            client
                .update_api_key(
                    UpdateApiKey::new("k1").name("m").permissions(permissions).metadata([("a", 1)]),
                )
                .await
        },
    );
    assert_eq!(changed.await.item.id, "k1");

    let sent = tool("API_KEY_DELETE", json!({ "keyId": "k1" }));
    let answer = json!({ "success": true, "keyId": "k1" });
    let deleted =
        Studio::call(sent, (200, answer), async |client| client.delete_api_key("k1").await).await;
    assert_eq!((deleted.success, deleted.key_id.as_str()), (Some(true), "k1"));
}

#[tokio::test]
async fn tools_are_listed_and_any_of_them_called() {
    let answer = json!({ "tools": [{ "name": "THREAD_EXPORT", "description": "Exports.", "inputSchema": { "type": "object" },
        "outputSchema": null, "annotations": { "readOnlyHint": true }, "_meta": { "a": 1 } }, { "name": "X" }] });
    let listed = Studio::call(get("/api/acme-inc/tools"), (200, answer), async |client| {
        client.list_tools().await
    })
    .await;
    assert_eq!(
        (listed.tools[0].name.as_str(), &listed.tools[0].meta),
        ("THREAD_EXPORT", &Some(json!({ "a": 1 })))
    );
    assert_eq!(listed.tools[1].input_schema, None);

    let sent = tool("THREAD_EXPORT", json!({ "thread": "t", "deep": [null] }));
    let called = Studio::call(sent, (200, json!({ "ok": [1] })), async |client| {
        let input = ToolInput::new().extra([("thread", json!("t")), ("deep", json!([null]))]);
        client.call_tool("THREAD_EXPORT", input).await
    });
    assert_eq!(called.await, json!({ "ok": [1] }));
}

#[tokio::test]
async fn a_clone_is_bound_to_another_organization_and_the_client_is_not() {
    let studio = Studio::start().await;
    let other = studio.client.with_org("other-2");
    assert_eq!((studio.client.org(), other.org()), ("acme-inc", "other-2"));
    let tools =
        studio.answers(get("/api/other-2/tools"), 200, super::JSON, r#"{"tools":[]}"#).await;
    other.list_tools().await.unwrap();
    tools.assert_async().await;
    let error = studio.client.list_tools().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}
