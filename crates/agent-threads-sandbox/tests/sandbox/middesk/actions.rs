//! Actions: the rules of each type, and how they are found again.

use serde_json::{Value, json};

use super::caller::{Caller, answer, id, refused};

fn action(caller: &Caller, kind: &str, payload: &Value) -> Value {
    json!({
        "object_type": "businesses",
        "object_id": caller.middesk.business_id(),
        "type": kind,
        "payload": payload,
    })
}

#[tokio::test]
async fn an_action_is_found_by_what_it_acts_on() {
    let caller = Caller::start().await;
    let run_id = caller.start_run().await;
    let mut body = action(&caller, "decision", &json!({ "decision": "approved" }));
    body["run_id"] = json!(run_id);
    let made = answer(caller.post("/v1/actions", &body), 201).await;
    assert_eq!((&made["object_type"], &made["type"]), (&json!("Business"), &json!("decision")));
    let actor = &made["actors"][0];
    assert_eq!((&actor["actor_type"], &actor["data"]["id"]), (&json!("run"), &json!(run_id)));
    assert_eq!(made["effects"][0]["target"]["id"], json!(caller.middesk.business_id()));

    let query = format!("?object_type=businesses&object_id={}", caller.middesk.business_id());
    let list = answer(caller.get(&format!("/v1/actions{query}")), 200).await;
    assert_eq!((&list["object"], &list["data"]), (&json!("list"), &json!([made])));
    let path = format!("/v1/actions/{}", id(&made));
    assert_eq!(answer(caller.get(&format!("{path}{query}")), 200).await, made);
    refused(caller.get(&path), 400).await;
    refused(caller.get(&format!("/v1/actions/nothing{query}")), 404).await;
    refused(caller.get("/v1/actions?object_type=people&object_id=x"), 400).await;
    refused(caller.get("/v1/actions?object_type=businesses"), 400).await;
}

#[tokio::test]
async fn without_a_run_the_account_acts() {
    let caller = Caller::start().await;
    let body = action(&caller, "decision", &json!({}));
    let made = answer(caller.post("/v1/actions", &body), 201).await;
    assert_eq!(made["actors"][0]["actor_type"], "account");
}

#[tokio::test]
async fn additions_need_a_business_that_is_decided_on() {
    let caller = Caller::start().await;
    let post =
        |kind: &str, payload: Value| caller.post("/v1/actions", &action(&caller, kind, &payload));
    let source = json!({ "sources": [{ "source_type": "sos", "url": "https://sos.example" }] });
    let people = json!({ "people": [{ "name": "A", "titles": ["CEO"] }] });
    for (kind, payload) in
        [("add_sources", &source), ("add_attributes", &people), ("verify_tin", &json!({}))]
    {
        refused(post(kind, payload.clone()), 422).await;
    }
    caller.middesk.set_business_status(caller.middesk.business_id(), "approved");
    for (kind, payload) in
        [("add_sources", &source), ("add_attributes", &people), ("verify_tin", &json!({}))]
    {
        answer(post(kind, payload.clone()), 201).await;
    }
    refused(post("add_sources", json!({ "sources": [] })), 422).await;
    refused(post("add_attributes", json!({})), 422).await;
    refused(post("verify_tin", json!([])), 422).await;
}

#[tokio::test]
async fn each_type_has_its_object_and_a_dismissal_its_note() {
    let caller = Caller::start().await;
    let post = |body: &Value| caller.post("/v1/actions", body);
    let mut dismissal = action(&caller, "dismissal", &json!({}));
    dismissal["note"] = json!("Another person");
    refused(post(&dismissal), 422).await;
    dismissal["object_type"] = json!("watchlist_result");
    refused(post(&dismissal), 404).await;
    dismissal["object_id"] = json!(caller.middesk.watchlist_result_id());
    let made = answer(post(&dismissal), 201).await;
    assert_eq!(
        (&made["object_type"], &made["note"]),
        (&json!("Watchlist::Result"), &json!("Another person"))
    );
    dismissal["note"] = Value::Null;
    assert_eq!(refused(post(&dismissal), 422).await["parameter"], "note");

    let mut decision = action(&caller, "decision", &json!({}));
    caller.middesk.set_business_status(caller.middesk.business_id(), "in_audit");
    refused(post(&decision), 422).await;
    decision["object_id"] = json!("nothing");
    refused(post(&decision), 404).await;
    decision["type"] = json!("update_address_risk");
    refused(post(&decision), 400).await;
    decision["object_type"] = json!("people");
    refused(post(&decision), 400).await;
}
