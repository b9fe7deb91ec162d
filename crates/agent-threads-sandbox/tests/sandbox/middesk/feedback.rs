//! Feedback on artifacts.

use agent_threads_sandbox::middesk::{Artifact, Script};
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused};

/// The path for feedback on a run that is over, and its artifact.
async fn rated(caller: &Caller) -> (String, Value) {
    caller.middesk.next_run(Script::completes([Artifact::new("Name", "cip_summary")]));
    let run = caller.rest(&caller.start_run().await).await;
    let path = format!("/v1/runs/{}/feedback", run["id"].as_str().unwrap());
    (path, run["output"]["artifacts"][0]["id"].clone())
}

#[tokio::test]
async fn a_second_rating_takes_the_place_of_the_first() {
    let caller = Caller::start().await;
    let (path, artifact) = rated(&caller).await;
    let body = json!({ "rating": "NEGATIVE", "artifact_id": artifact, "comment": "  Wrong.  " });
    let first = answer(caller.post(&path, &body), 201).await;
    assert_eq!((&first["rating"], &first["comment"]), (&json!("NEGATIVE"), &json!("Wrong.")));
    assert_eq!((&first["superseded_prior"], &first["artifact_id"]), (&json!(false), &artifact));
    assert_eq!(first["reviewer"]["type"], "Account");
    for name in ["object", "id", "run_id", "created_at"] {
        assert!(first[name].is_string(), "{name} in {first}");
    }
    let body = json!({ "rating": "POSITIVE", "artifact_id": artifact, "comment": " \n" });
    let second = answer(caller.post(&path, &body), 201).await;
    assert_eq!((&second["superseded_prior"], &second["comment"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn what_cannot_be_feedback_is_refused() {
    let caller = Caller::start().await;
    let (path, artifact) = rated(&caller).await;
    let good = json!({ "rating": "POSITIVE", "artifact_id": artifact });
    for (name, value) in [
        ("rating", json!("positive")),
        ("rating", Value::Null),
        ("artifact_id", json!("other")),
        ("artifact_id", Value::Null),
        ("comment", json!(1)),
        ("comment", json!("ß".repeat(5001))),
    ] {
        let mut body = good.clone();
        body[name] = value;
        assert_eq!(refused(caller.post(&path, &body), 422).await["parameter"], name);
    }
    let mut longest = good.clone();
    longest["comment"] = json!("ß".repeat(5000));
    assert_eq!(answer(caller.post(&path, &longest), 201).await["superseded_prior"], false);
    refused(caller.post("/v1/runs/nothing/feedback", &good), 404).await;
    caller.middesk.set_operator_feedback(false);
    refused(caller.post(&path, &good), 403).await;
}
