//! Keys: who is let in, as what, where and how often.

use std::time::Duration;

use agent_threads_sandbox::middesk::Environment;
use reqwest::Method;
use serde_json::json;

use super::caller::{Caller, answer, id, refused};

#[tokio::test]
async fn a_key_is_a_bearers_token_or_a_user_without_a_password() {
    let caller = Caller::start().await;
    let get = || caller.without_key(Method::GET, "/v1/agents");
    let key = caller.middesk.key();
    answer(get().bearer_auth(key), 200).await;
    answer(get().basic_auth(key, Some("")), 200).await;
    answer(get().basic_auth(key, None::<&str>), 200).await;
    refused(get(), 401).await;
    refused(get().bearer_auth("mk_test_other"), 401).await;
    refused(get().basic_auth(key, Some("secret")), 401).await;
    refused(get().header("Authorization", key), 401).await;
}

#[tokio::test]
async fn a_host_takes_the_keys_of_its_environment() {
    let caller = Caller::start().await;
    let get = |key: &str| caller.without_key(Method::GET, "/v1/agents").bearer_auth(key);
    let (test, live) = (caller.middesk.key(), caller.middesk.live_key());
    assert!(test.starts_with("mk_test") && live.starts_with("mk_live"));
    for key in [test, live] {
        answer(get(key), 200).await;
    }
    caller.middesk.set_environment(Environment::Production);
    refused(get(test), 401).await;
    answer(get(live), 200).await;
    caller.middesk.set_environment(Environment::Sandbox);
    refused(get(live), 401).await;
    answer(get(test), 200).await;
}

#[tokio::test]
async fn a_customer_does_not_find_what_is_anothers() {
    let caller = Caller::start().await;
    let run_id = caller.start_run().await;
    let other = caller.middesk.add_account("Other Lending");
    let get = |path: &str| caller.without_key(Method::GET, path).bearer_auth(&other);
    refused(get(&format!("/v1/runs/{run_id}")), 404).await;
    refused(get(&format!("/v1/runs/{run_id}/stream")), 404).await;
    refused(get(&format!("/v1/threads/{}", caller.middesk.thread_ids()[0])), 404).await;
    for path in ["/v1/runs", "/v1/threads"] {
        assert_eq!(answer(get(path), 200).await["data"], json!([]));
    }
    // The live key is the same customer's.
    let live = caller.without_key(Method::GET, &format!("/v1/runs/{run_id}"));
    assert_eq!(id(&answer(live.bearer_auth(caller.middesk.live_key()), 200).await), run_id);
}

#[tokio::test]
async fn a_customer_has_twenty_requests_in_a_second_where_that_counts() {
    let caller = Caller::start().await;
    let other = caller.middesk.add_account("Other Lending");
    let get = || caller.get("/v1/agents");
    for _ in 0..30 {
        answer(get(), 200).await;
    }
    caller.middesk.set_rate_limit(true);
    for _ in 0..20 {
        answer(get(), 200).await;
    }
    refused(get(), 429).await;
    answer(caller.without_key(Method::GET, "/v1/agents").bearer_auth(other), 200).await;
    caller.middesk.advance_clock(Duration::from_millis(999));
    refused(get(), 429).await;
    caller.middesk.advance_clock(Duration::from_millis(1));
    answer(get(), 200).await;
}
