//! The tools for threads.

use serde_json::{Value, json};

use super::caller::{Caller, refused};

#[tokio::test]
async fn a_new_thread_is_completed_and_has_the_documented_fields() {
    let caller = Caller::start().await;
    let data = json!({ "virtual_mcp_id": caller.deco.agent_id() });
    let item =
        caller.call("COLLECTION_THREADS_CREATE", json!({ "data": data })).await["item"].clone();
    assert_eq!((&item["title"], &item["status"]), (&json!("New chat"), &json!("completed")));
    assert_eq!(
        (&item["organization_id"], &item["created_by"]),
        (&json!("org_sandbox"), &json!("usr_sandbox"))
    );
    assert_eq!(
        (&item["hidden"], &item["description"], item.get("metadata")),
        (&json!(false), &Value::Null, None)
    );
    let created = item["created_at"].as_str().unwrap();
    assert!(created.len() == 24 && created.ends_with('Z'), "{created}");
    assert_eq!(caller.read(item["id"].as_str().unwrap()).await, item);
}

#[tokio::test]
async fn an_own_id_is_kept_and_made_once_unless_the_server_chooses() {
    let caller = Caller::start().await;
    let create = |title: &str| {
        let data =
            json!({ "id": "ticket-812", "title": title, "virtual_mcp_id": caller.deco.agent_id() });
        caller.call("COLLECTION_THREADS_CREATE", json!({ "data": data }))
    };
    let first = create("First").await;
    assert_eq!(first["item"]["id"], "ticket-812");
    assert_eq!(create("Second").await, first);
    caller.deco.set_honours_thread_ids(false);
    let other = create("Third").await;
    assert!(other["item"]["id"].as_str().unwrap().starts_with("thrd_"), "{other}");
}

#[tokio::test]
async fn an_unknown_agent_fails_and_the_built_in_one_is_there() {
    let caller = Caller::start().await;
    let create = |agent: &str| {
        let input = json!({ "data": { "virtual_mcp_id": agent } });
        caller.calling("COLLECTION_THREADS_CREATE", &input)
    };
    assert_eq!(refused(create("vir_nobody"), 500).await, "Virtual MCP not found: vir_nobody");
    super::caller::answer(create("decopilot_org_sandbox"), 200).await;
}

#[tokio::test]
async fn what_is_not_there_is_null_or_a_failure() {
    let caller = Caller::start().await;
    assert_eq!(caller.read("nothing").await, Value::Null);
    for tool in ["COLLECTION_THREADS_UPDATE", "COLLECTION_THREADS_DELETE"] {
        let input = json!({ "id": "nothing", "data": {} });
        let message = refused(caller.calling(tool, &input), 500).await;
        assert_eq!(message, "Thread not found in organization");
    }
    assert_eq!(caller.messages("nothing").await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_update_replaces_metadata_whole() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let update =
        |data: Value| caller.call("COLLECTION_THREADS_UPDATE", json!({ "id": id, "data": data }));
    update(json!({ "metadata": { "a": 1 }, "hidden": true })).await;
    let item = update(json!({ "metadata": { "b": 2 }, "title": "Renamed" })).await["item"].clone();
    assert_eq!(
        (&item["metadata"], &item["hidden"], &item["title"]),
        (&json!({ "b": 2 }), &json!(true), &json!("Renamed"))
    );
    assert_eq!(item["updated_by"], json!(caller.deco.user_id()));
    assert_eq!(update(json!({ "metadata": {} })).await["item"].get("metadata"), None);
    let input = json!({ "id": id, "data": { "status": "expired" } });
    refused(caller.calling("COLLECTION_THREADS_UPDATE", &input), 400).await;
    let gone = caller.call("COLLECTION_THREADS_DELETE", json!({ "id": id })).await;
    assert_eq!(gone["item"]["id"], json!(id));
    assert_eq!(caller.read(&id).await, Value::Null);
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_paged() {
    let caller = Caller::start().await;
    for title in ["Alpha", "Beta", "Gamma"] {
        let data = json!({ "title": title, "virtual_mcp_id": caller.deco.agent_id() });
        caller.call("COLLECTION_THREADS_CREATE", json!({ "data": data })).await;
    }
    let hidden = json!({ "id": caller.deco.thread_ids()[1], "data": { "hidden": true } });
    caller.call("COLLECTION_THREADS_UPDATE", hidden).await;
    let list = |input: Value| caller.call("COLLECTION_THREADS_LIST", input);
    let titles = |list: &Value| {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (input, expected) in [
        (json!({}), vec!["Alpha", "Beta", "Gamma"]),
        (json!({ "where": { "hidden": false } }), vec!["Alpha", "Gamma"]),
        (json!({ "where": { "created_by": "me", "hidden": true } }), vec!["Beta"]),
        (json!({ "where": { "created_by": "usr_other" } }), vec![]),
        (json!({ "where": { "has_trigger": true } }), vec![]),
        (json!({ "search": "AMM" }), vec!["Gamma"]),
        (json!({ "status": "failed" }), vec![]),
        (
            json!({ "agentId": "vir_sandbox", "userId": "usr_sandbox" }),
            vec!["Alpha", "Beta", "Gamma"],
        ),
        (json!({ "startDate": "2027-01-01T00:00:00.000Z" }), vec![]),
        (json!({ "endDate": "2027-01-01T00:00:00.000Z", "limit": 1 }), vec!["Alpha"]),
        (
            json!({ "orderBy": [{ "field": ["title"], "direction": "desc" }], "offset": 1 }),
            vec!["Beta", "Alpha"],
        ),
    ] {
        assert_eq!(titles(&list(input.clone()).await), expected, "{input}");
    }
    let page = list(json!({ "limit": 2 })).await;
    assert_eq!((&page["totalCount"], &page["hasMore"]), (&json!(3), &json!(true)));
    caller.deco.set_counts(false);
    let page = list(json!({ "limit": 2 })).await;
    assert_eq!((page.get("totalCount"), page.get("hasMore")), (None, None));
    for limit in [0, 1001] {
        refused(caller.calling("COLLECTION_THREADS_LIST", &json!({ "limit": limit })), 400).await;
    }
}
