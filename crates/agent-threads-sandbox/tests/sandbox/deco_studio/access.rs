//! Organizations and keys: who is let in where.

use reqwest::Method;
use serde_json::json;

use super::caller::{Caller, answer, refused, refused_plainly};

#[tokio::test]
async fn an_unknown_organization_is_not_found_and_anothers_key_is_forbidden() {
    let caller = Caller::start().await;
    let other = caller.deco.add_organization("globex");
    let at = |key: &str, path: &str| caller.without_key(Method::GET, path).bearer_auth(key);
    let own = caller.deco.key();
    let message = refused(at(own, "/api/initech/tools"), 404).await;
    assert_eq!(message, r#"organization "initech" not found"#);
    for (key, path) in
        [(own, "/api/globex/tools"), (other.as_str(), "/api/acme/decopilot/allowed-models")]
    {
        let message = refused(at(key, path), 403).await;
        assert_eq!(message, "forbidden: API key is scoped to another organization");
    }
    answer(at(&other, "/api/globex/tools"), 200).await;
    caller.deco.archive_organization("globex");
    refused(at(&other, "/api/globex/tools"), 404).await;
}

#[tokio::test]
async fn each_route_says_in_its_own_way_that_there_is_no_key() {
    let caller = Caller::start().await;
    let thread_id = caller.thread().await;
    let without = |method, path: &str| caller.without_key(method, &format!("/api/acme{path}"));
    for request in [
        without(Method::POST, "/tools/COLLECTION_THREADS_LIST"),
        without(Method::GET, "/tools"),
        without(Method::POST, "/tools/COLLECTION_THREADS_LIST").bearer_auth("other"),
    ] {
        assert!(refused(request, 401).await.starts_with("Authentication required"));
    }
    let post = without(Method::POST, &format!("/decopilot/threads/{thread_id}/messages"));
    assert_eq!(refused(post, 401).await, "User ID is required");
    for (method, path) in [
        (Method::GET, format!("/decopilot/threads/{thread_id}/stream")),
        (Method::POST, format!("/decopilot/cancel/{thread_id}")),
        (Method::GET, "/watch".to_owned()),
    ] {
        refused_plainly(without(method, &path), 401, "Unauthorized").await;
    }
}

#[tokio::test]
async fn any_key_of_the_organization_streams_but_only_the_owner_steers() {
    let caller = Caller::start().await;
    let thread_id = caller.thread().await;
    let member = caller.deco.add_key("usr_other", json!({}));
    let at = |method, path: String| caller.with_key(&member, method, &path);
    let stream = at(Method::GET, format!("/decopilot/threads/{thread_id}/stream"));
    assert_eq!(stream.send().await.unwrap().status(), 200);
    let path = format!("/decopilot/threads/{thread_id}/messages");
    let body = caller.message(json!({ "role": "user", "parts": [] }));
    refused(at(Method::POST, path.clone()).json(&body), 403).await;
    for (method, path) in [
        (Method::POST, format!("/decopilot/cancel/{thread_id}")),
        (Method::GET, format!("/decopilot/queue/{thread_id}")),
        (Method::POST, format!("/decopilot/queue/{thread_id}/cancel/x")),
        (Method::POST, format!("/decopilot/flip/{thread_id}")),
    ] {
        refused_plainly(at(method, path), 403, "Not authorized").await;
    }
    // A thread that is shared is open to all members.
    let data = json!({ "metadata": { "shared": true } });
    caller.call("COLLECTION_THREADS_UPDATE", json!({ "id": thread_id, "data": data })).await;
    answer(at(Method::POST, path).json(&body), 202).await;
}

#[tokio::test]
async fn older_builds_wrap_plain_texts() {
    let caller = Caller::start().await;
    let paths = ["/decopilot/threads/nothing/stream", "/decopilot/queue/nothing"];
    for path in paths {
        refused_plainly(caller.get(path), 404, "Thread not found").await;
    }
    caller.deco.set_older_errors(true);
    for path in paths {
        let body = answer(caller.get(path), 500).await;
        assert_eq!(
            body,
            json!({ "error": "Internal Server Error", "message": "Thread not found" })
        );
    }
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_not_found() {
    let caller = Caller::start().await;
    for (method, path) in [
        (Method::GET, "/api/acme/decopilot/attach/x"),
        (Method::GET, "/"),
        (Method::PUT, "/api/acme/tools"),
        (Method::GET, "/api/acme/tools/COLLECTION_THREADS_GET"),
    ] {
        let body = answer(caller.without_key(method, path), 404).await;
        assert_eq!(body, json!({ "error": "Not Found", "path": path }));
    }
}
