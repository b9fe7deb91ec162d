//! What is there only with the feature `provisional`.

use crate::server::Server;
use acme_agents::types::{PollSteps, Step, StepKind};
use serde_json::json;

#[tokio::test]
async fn an_uncertain_operation_is_called_as_any_other() {
    let page = r#"{"steps":[{"kind":"idle"},{"kind":"new","x":1}],"last":"s2"}"#;
    let server = Server::answering([(200, page), (200, "{}"), (200, "{}"), (200, "[1]")]).await;
    let client = server.client();
    let mut steps = client.poll_steps("r1", PollSteps::new(StepKind::Idle)).items();
    assert!(matches!(steps.next().await, Some(Ok(Step::Idle(step))) if step.detail.is_none()));
    assert!(matches!(steps.next().await, Some(Ok(Step::Unknown(_)))));
    assert!(steps.next().await.is_none());
    let seen = server.seen();
    assert_eq!(seen[1].line, "POST /v1/runs/r1/steps?after=s2");
    assert_eq!(
        (seen[0].json(), seen[1].json()),
        (json!({ "kind": "idle" }), json!({ "kind": "idle" }))
    );
    assert!(client.poll_steps("r1", PollSteps::new("busy")).await.unwrap().steps.is_none());
    assert_eq!(client.get_rumor().await.unwrap(), json!([1]));
}
