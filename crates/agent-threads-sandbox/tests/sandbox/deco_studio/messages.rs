//! The list of messages.

use serde_json::{Value, json};

use super::caller::Caller;

async fn thread_with_three_turns(caller: &Caller) -> String {
    let id = caller.thread().await;
    for n in 1..=3 {
        let parts = json!([{ "type": "text", "text": n.to_string() }]);
        let message = json!({ "id": format!("u{n}"), "role": "user", "parts": parts, "metadata": { "n": n } });
        caller.accepted(&id, &caller.message(message)).await;
        caller.rest(&id).await;
    }
    id
}

#[tokio::test]
async fn the_newest_page_comes_first_and_each_page_is_oldest_first() {
    let caller = Caller::start().await;
    let id = thread_with_three_turns(&caller).await;
    let page = |offset: u64| {
        let input = json!({ "thread_id": id, "limit": 2, "offset": offset, "orderBy": [{ "field": ["created_at"], "direction": "asc" }] });
        caller.call("COLLECTION_THREAD_MESSAGES_LIST", input)
    };
    let roles = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (offset, user, has_more) in [(0, "u3", true), (2, "u2", true), (4, "u1", false)] {
        let page = page(offset).await;
        assert_eq!((&page["items"][0]["id"], &page["hasMore"]), (&json!(user), &json!(has_more)));
        assert_eq!(roles(&page), ["user", "assistant"]);
        assert_eq!(page["totalCount"], 6);
    }
    assert_eq!(page(6).await["items"], json!([]));
}

#[tokio::test]
async fn a_message_has_its_thread_its_metadata_and_its_times() {
    let caller = Caller::start().await;
    let id = thread_with_three_turns(&caller).await;
    let condition = json!({ "field": ["thread_id"], "operator": "eq", "value": id });
    let list = caller.call("COLLECTION_THREAD_MESSAGES_LIST", json!({ "where": condition })).await;
    let items = list["items"].as_array().unwrap();
    assert!(items.iter().all(|item| item["thread_id"] == json!(id)));
    assert_eq!(items[0]["metadata"], json!({ "n": 1 }));
    assert_eq!(items[0]["created_at"], items[0]["updated_at"]);
    let times: Vec<_> = items.iter().map(|item| item["created_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let said = &items[1];
    assert!(said["id"].as_str().unwrap().starts_with("msg_"), "{said}");
    assert_eq!(said["metadata"]["agent"], json!({ "id": "vir_sandbox" }));
}
