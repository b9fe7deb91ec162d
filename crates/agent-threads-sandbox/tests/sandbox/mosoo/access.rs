//! Who may call what.

use agent_threads_sandbox::mosoo::{Agent, Dialect};
use reqwest::Method;
use serde_json::json;

use super::caller::{Caller, answer, refused};

#[tokio::test]
async fn the_scheme_can_be_in_any_case_and_one_token_follows_it() {
    let caller = Caller::current().await;
    let url = format!("{}/api/v1{}", caller.mosoo.url(), caller.threads());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (value, status) in [
        ("bearer grt_pat_sandbox", 200),
        ("BEARER   grt_pat_sandbox ", 200),
        ("Bearer", 401),
        ("Bearer grt_pat_sandbox more", 401),
        ("Basic grt_pat_sandbox", 401),
        ("grt_pat_sandbox", 401),
    ] {
        let answer = http.get(&url).header("Authorization", value).send().await.unwrap();
        assert_eq!(answer.status(), status, "{value}");
        assert!(answer.headers().get("www-authenticate").is_none());
    }
}

#[tokio::test]
async fn a_second_token_of_the_account_sees_its_threads_until_it_is_revoked() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let token = caller.mosoo.add_token();
    answer(caller.request_as(&token, Method::GET, &thread), 200).await;
    caller.mosoo.revoke(&token);
    let words = refused(caller.request_as(&token, Method::GET, &thread), 401, "unauthenticated");
    assert_eq!(words.await, "Access Token is invalid or revoked.");
}

#[tokio::test]
async fn a_member_may_use_the_organizations_agents_in_the_seed_only_and_sees_their_own_threads() {
    let caller = Caller::seed().await;
    let owned = caller.create("x").await;
    let member = caller.mosoo.add_member();
    let body = caller.body("y");
    let threads = caller.threads();
    let create = || caller.request_as(&member, Method::POST, &threads).json(&body);
    let made = answer(create(), 201).await;
    let account = caller.mosoo.account_id(&member).unwrap();
    assert_eq!(made["thread"]["created_by"], json!({ "id": account, "kind": "human_pat" }));
    let list = answer(caller.request_as(&member, Method::GET, &threads), 200).await;
    assert_eq!(list["threads"], json!([made["thread"]]));
    refused(caller.request_as(&member, Method::GET, &owned), 404, "not_found").await;

    caller.mosoo.set_dialect(Dialect::Current);
    let words = refused(caller.request_as(&member, Method::GET, &threads), 403, "forbidden").await;
    assert_eq!(words, "Caller is not the App owner for this Agent.");
}

#[tokio::test]
async fn a_service_token_makes_threads_for_users_who_see_them_and_does_little_else() {
    let caller = Caller::seed().await;
    let member = caller.mosoo.add_member();
    let service = caller.mosoo.add_service_token([caller.mosoo.agent_id()]);
    let mut body = caller.body("From a service");
    body["attributed_user_id"] = json!(caller.mosoo.account_id(&member).unwrap());
    let threads = caller.threads();
    let made = answer(caller.request_as(&service, Method::POST, &threads).json(&body), 201).await;
    assert_eq!(made["thread"]["created_by"]["kind"], "service_token");
    let thread = format!("/threads/{}", made["thread"]["id"].as_str().unwrap());
    let events = format!("{thread}/events");
    for path in [&thread, &events] {
        answer(caller.request_as(&service, Method::GET, path), 200).await;
        answer(caller.request_as(&member, Method::GET, path), 200).await;
        refused(caller.get(path), 404, "not_found").await;
    }
    let list = answer(caller.request_as(&member, Method::GET, &threads), 200).await;
    assert_eq!(list["threads"][0]["id"], made["thread"]["id"]);

    let files = format!("{thread}/files");
    for (method, path) in [
        (Method::GET, &threads),
        (Method::POST, &events),
        (Method::GET, &files),
        (Method::DELETE, &thread),
    ] {
        let request = caller.request_as(&service, method, path).body("{}");
        let words = refused(request, 401, "unauthenticated").await;
        assert_eq!(words, "Personal Access Token is invalid or revoked.");
    }
    // A person cannot attribute, and the current server knows no such tokens.
    refused(caller.post(&threads, &body), 400, "invalid_request").await;
    caller.mosoo.set_dialect(Dialect::Current);
    refused(caller.request_as(&service, Method::GET, &thread), 401, "unauthenticated").await;
}

#[tokio::test]
async fn a_service_token_is_for_the_agents_that_it_selects() {
    let caller = Caller::seed().await;
    let service = caller.mosoo.add_service_token(["another"]);
    let create = caller.request_as(&service, Method::POST, &caller.threads());
    refused(create.json(&caller.body("x")), 403, "forbidden").await;
}

#[tokio::test]
async fn an_agent_is_refused_for_what_it_lacks_in_the_vendors_order() {
    let caller = Caller::current().await;
    let outsider = caller.mosoo.add_outsider();
    let foreign = || Agent::new().owned_by(&outsider);
    for (agent, status, code) in [
        (foreign().unpublished().inactive(), 409, "agent_not_published"),
        (foreign().inactive(), 409, "service_inactive"),
        (foreign(), 403, "forbidden"),
        (Agent::new().not_ready(), 409, "readiness_blocked"),
    ] {
        let id = caller.mosoo.add_agent(agent);
        let create = caller.post(&format!("/agents/{id}/threads"), &caller.body("x"));
        refused(create, status, code).await;
    }
}

#[tokio::test]
async fn an_agent_that_is_not_ready_takes_threads_without_a_run() {
    let caller = Caller::current().await;
    let id = caller.mosoo.add_agent(Agent::new().task().not_ready());
    let create = caller.post(&format!("/agents/{id}/threads"), &json!({ "userId": "u" }));
    let made = answer(create, 201).await;
    assert_eq!((&made["thread"]["kind"], &made["run"]), (&json!("cattle"), &json!(null)));
    let thread = format!("/threads/{}", made["thread"]["id"].as_str().unwrap());
    refused(caller.message(&thread, "x"), 409, "readiness_blocked").await;
    caller.mosoo.set_agent(&id, Agent::new().task());
    answer(caller.message(&thread, "x"), 200).await;
}
