//! Threads: made, found, listed in pages.

use agent_threads_sandbox::middesk::{Interrupt, Script};
use serde_json::{Value, json};

use super::caller::{Caller, answer, id, refused};

const OTHER_BUSINESS: &str = "0b0f6d4e-8f0c-4a44-9a11-6a4b4f7d0001";

fn about(business_id: &str) -> Value {
    json!({ "type": "cip_orchestrator", "business_id": business_id })
}

#[tokio::test]
async fn a_thread_is_about_a_business_or_a_pair_and_never_about_half_a_pair() {
    let caller = Caller::start().await;
    let post = |body: Value| caller.post("/v1/threads", &body);
    answer(post(about(OTHER_BUSINESS)), 201).await;
    let pair = json!({ "type": "cip_orchestrator", "context_type": "business", "context_id": "b" });
    answer(post(pair), 201).await;
    for (half, missing) in [("context_type", "context_id"), ("context_id", "context_type")] {
        let body = json!({ "type": "cip_orchestrator", half: "business" });
        assert_eq!(refused(post(body), 400).await["parameter"], missing);
    }
    assert_eq!(refused(post(json!({})), 400).await["parameter"], "type");
    assert_eq!(refused(post(json!({ "type": 7 })), 422).await["parameter"], "type");
    refused(post(json!({ "type": "nobody" })), 404).await;
    assert_eq!(caller.middesk.thread_ids().len(), 2);
}

#[tokio::test]
async fn a_type_alone_is_enough_unless_the_prose_counts() {
    let caller = Caller::start().await;
    let post = || caller.post("/v1/threads", &json!({ "type": "cip_orchestrator" }));
    answer(post(), 201).await;
    caller.middesk.set_wants_context(true);
    assert_eq!(refused(post(), 400).await["parameter"], "business_id");
    answer(caller.post("/v1/threads", &about(OTHER_BUSINESS)), 201).await;
}

#[tokio::test]
async fn the_list_comes_in_numbered_pages_and_by_business() {
    let caller = Caller::start().await;
    for n in 0..5 {
        let business = if n % 2 == 0 { caller.middesk.business_id() } else { OTHER_BUSINESS };
        answer(caller.post("/v1/threads", &about(business)), 201).await;
    }
    let list = |query: &'static str| answer(caller.get(&format!("/v1/threads{query}")), 200);
    let all = list("").await;
    assert_eq!((&all["object"], &all["has_more"]), (&json!("list"), &json!(false)));
    assert_eq!((all["data"].as_array().unwrap().len(), &all["total_count"]), (5, &json!(5)));

    let mut seen = Vec::new();
    for (query, has_more) in
        [("?per_page=2", true), ("?per_page=2&page=2", true), ("?per_page=2&page=3", false)]
    {
        let page = list(query).await;
        assert_eq!(page["has_more"], has_more);
        seen.extend(page["data"].as_array().unwrap().iter().map(id));
    }
    seen.reverse();
    assert_eq!(seen, caller.middesk.thread_ids());

    let path = format!("/v1/threads?business_id={OTHER_BUSINESS}");
    let theirs = answer(caller.get(&path), 200).await;
    assert_eq!(theirs["data"].as_array().unwrap().len(), 2);
    assert_eq!(refused(caller.get("/v1/threads?page=0"), 400).await["parameter"], "page");
}

#[tokio::test]
async fn a_server_may_give_fewer_than_asked_for_and_no_count() {
    let caller = Caller::start().await;
    caller.middesk.set_page_cap(1);
    caller.middesk.set_total_count(false);
    for _ in 0..2 {
        caller.start_run().await;
    }
    for path in ["/v1/threads?per_page=50", "/v1/runs?per_page=50"] {
        let page = answer(caller.get(path), 200).await;
        assert_eq!((page["data"].as_array().unwrap().len(), &page["has_more"]), (1, &json!(true)));
        assert_eq!(page.get("total_count"), None);
    }
}

#[tokio::test]
async fn a_thread_shows_what_its_runs_come_to() {
    let caller = Caller::start().await;
    let thread_id = id(&answer(caller.post("/v1/threads", &about(OTHER_BUSINESS)), 201).await);
    let path = format!("/v1/threads/{thread_id}");
    let body = json!({ "type": "cip_orchestrator", "thread_id": thread_id });
    for (script, status) in [
        (Script::completes([]), "completed"),
        (Script::fails(), "error"),
        (Script::interrupted([Interrupt::new("Yes?")]), "interrupted"),
    ] {
        caller.middesk.next_run(script);
        let run_id = id(&answer(caller.post("/v1/runs", &body), 201).await);
        caller.rest(&run_id).await;
        assert_eq!(answer(caller.get(&path), 200).await["status"], status);
    }
    caller.middesk.set_thread_steps(false);
    assert_eq!(answer(caller.get(&path), 200).await.get("steps"), None);
}

#[tokio::test]
async fn reading_a_thread_takes_its_runs_further() {
    let caller = Caller::start().await;
    let run_id = caller.start_run().await;
    let path = format!("/v1/threads/{}", caller.middesk.thread_ids()[0]);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(answer(caller.get(&path), 200).await["status"].clone());
    }
    assert_eq!(statuses, ["running", "running", "completed"]);
    assert_eq!(caller.middesk.peek(&run_id).unwrap()["status"], "completed");
}
