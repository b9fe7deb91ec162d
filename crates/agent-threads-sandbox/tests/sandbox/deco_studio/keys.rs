//! The tools for API keys.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused};

#[tokio::test]
async fn a_key_is_made_shown_once_changed_and_deleted() {
    let caller = Caller::start().await;
    let permissions = json!({ "self": ["COLLECTION_THREADS_LIST"] });
    let created = caller
        .call("API_KEY_CREATE", json!({ "name": "bridge", "permissions": permissions }))
        .await;
    let names: Vec<_> = created.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["createdAt", "expiresAt", "id", "key", "name", "permissions"]);
    assert_eq!(created["expiresAt"], Value::Null);
    let secret = created["key"].as_str().unwrap();
    assert!(secret.len() == 64 && secret.chars().all(|c| c.is_ascii_alphabetic()), "{secret}");

    let list = caller.call("API_KEY_LIST", json!({})).await;
    assert!(!list.to_string().contains(secret), "{list}");
    let listed = list["items"].as_array().unwrap().iter().find(|key| key["id"] == created["id"]);
    assert_eq!(listed.unwrap()["userId"], json!(caller.deco.user_id()));

    let call = |tool: &str| {
        caller.with_key(secret, Method::POST, &format!("/tools/{tool}")).json(&json!({ "id": "x" }))
    };
    answer(call("COLLECTION_THREADS_LIST"), 200).await;
    assert_eq!(
        refused(call("COLLECTION_THREADS_GET"), 403).await,
        "Access denied to: COLLECTION_THREADS_GET"
    );
    let wider = json!({ "self": ["COLLECTION_THREADS_GET"] });
    let input = json!({ "keyId": created["id"], "name": "renamed", "permissions": wider });
    let updated = caller.call("API_KEY_UPDATE", input).await;
    assert_eq!(
        (&updated["item"]["name"], &updated["item"]["permissions"]),
        (&json!("renamed"), &wider)
    );
    answer(call("COLLECTION_THREADS_GET"), 200).await;
    refused(call("COLLECTION_THREADS_LIST"), 403).await;

    let input = json!({ "keyId": created["id"] });
    let deleted = caller.call("API_KEY_DELETE", input.clone()).await;
    assert_eq!(deleted, json!({ "success": true, "keyId": created["id"] }));
    refused(call("COLLECTION_THREADS_GET"), 401).await;
    for tool in ["API_KEY_DELETE", "API_KEY_UPDATE"] {
        assert_eq!(refused(caller.calling(tool, &input), 500).await, "API key not found");
    }
}

#[tokio::test]
async fn a_key_expires_when_its_time_has_passed() {
    let caller = Caller::start().await;
    let create = |expires_in: Value| {
        let input = json!({ "name": "k", "permissions": { "*": ["*"] }, "expiresIn": expires_in });
        caller.calling("API_KEY_CREATE", &input)
    };
    for too_soon in [json!(299), json!(0), json!("300")] {
        let body = answer(create(too_soon), 400).await;
        assert_eq!(body["issues"][0]["path"], json!(["expiresIn"]));
    }
    let created = answer(create(json!(300)), 200).await;
    let list = || {
        let request = caller.with_key(created["key"].as_str().unwrap(), Method::GET, "/tools");
        request.send()
    };
    caller.deco.advance_clock(Duration::from_secs(299));
    assert_eq!(list().await.unwrap().status(), 200);
    caller.deco.advance_clock(Duration::from_secs(1));
    assert_eq!(list().await.unwrap().status(), 401);
}

#[tokio::test]
async fn what_a_key_needs_is_checked() {
    let caller = Caller::start().await;
    for (input, path) in [
        (json!({ "permissions": {} }), json!(["name"])),
        (json!({ "name": "", "permissions": {} }), json!(["name"])),
        (json!({ "name": "x".repeat(65), "permissions": {} }), json!(["name"])),
        (json!({ "name": "x" }), json!(["permissions"])),
        (json!({ "name": "x", "permissions": { "self": "*" } }), json!(["permissions", "self"])),
        (json!({ "name": "x", "permissions": { "self": [1] } }), json!(["permissions", "self", 0])),
    ] {
        let body = answer(caller.calling("API_KEY_CREATE", &input), 400).await;
        assert_eq!((&body["error"], &body["issues"][0]["path"]), (&json!("Invalid input"), &path));
    }
    // The keys of one user are not another's to see.
    let member = caller.deco.add_key("usr_other", json!({ "self": ["*"] }));
    let list = caller.with_key(&member, Method::POST, "/tools/API_KEY_LIST");
    let users = answer(list, 200).await;
    assert!(users["items"].as_array().unwrap().iter().all(|key| key["userId"] == "usr_other"));
}
