//! What callers, servers and those between them get wrong.

use super::{quick, review, start};
use crate::support::seam::{Answer, Seam, json};
use agent_threads_middesk::{
    Client, Context, ErrorKind, Phase,
    types::{CreateFeedback, CreateRun, CreateThread, ErrorResponse, FeedbackRating, RunStatus},
};
use agent_threads_sandbox::{Fault, RetryAfter, middesk::Target};
use httpmock::MockServer;
use serde_json::json;
use std::time::Duration;

fn of_seam(seam: &Seam) -> Client {
    let builder = Client::builder().base_url("https://middesk.example").token("mk_test_key");
    builder.transport(seam.clone()).build().unwrap()
}

fn run(status: &str) -> String {
    json!({ "id": "r", "status": status, "created_at": "2026-03-04T10:00:01Z", "updated_at": "2026-03-04T10:00:01Z" })
        .to_string()
}

/// Threads that break a rule, and the fields that the refusal must name.
fn bad_threads() -> Vec<(CreateThread, &'static [&'static str])> {
    let thread = || CreateThread::new("cip_orchestrator");
    vec![
        (thread(), &["business_id", "context_id"]),
        (thread().context_type("business"), &["context_type", "context_id"]),
        (thread().context_id("b"), &["context_id", "context_type"]),
        (thread().business_id("b").context_type("business"), &["business_id", "context_type"]),
        (thread().business_id("b").context_id("b"), &["business_id", "context_id"]),
        (thread().business_id("b").context_type("business").context_id("b"), &["business_id"]),
    ]
}

#[tokio::test]
async fn a_thread_about_nothing_or_about_two_things_is_not_sent() {
    let (_sandbox, middesk, client) = start().await;
    for (thread, fields) in bad_threads() {
        let error = client.create_thread(thread).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::InvalidRequest, Some("create_thread"))
        );
        let text = error.to_string();
        assert!(fields.iter().all(|field| text.contains(&format!("`{field}`"))), "{text}");
    }
    assert!(middesk.requests().is_empty());
}

#[tokio::test]
async fn a_run_of_nothing_or_of_two_things_is_not_sent() {
    let (_sandbox, middesk, client) = start().await;
    let run = || CreateRun::new("cip_orchestrator");
    let bad: [(CreateRun, &[&str]); 6] = [
        (run(), &["thread_id", "business_id", "context_id"]),
        (run().context_type("business"), &["context_type", "context_id"]),
        (run().context_id("b"), &["context_id", "context_type"]),
        (run().business_id("b").context_id("b"), &["business_id", "context_id"]),
        (run().thread_id("t").context_type("business"), &["context_type", "context_id"]),
        (
            run().thread_id("t").business_id("b").context_type("business").context_id("b"),
            &["business_id"],
        ),
    ];
    for (run, fields) in bad {
        let error = client.create_run(run).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::InvalidRequest, Some("create_run"))
        );
        let text = error.to_string();
        assert!(fields.iter().all(|field| text.contains(&format!("`{field}`"))), "{text}");
    }
    assert!(middesk.requests().is_empty());
}

#[tokio::test]
async fn a_rating_that_the_vendor_does_not_know_is_the_vendors_to_refuse() {
    let (_sandbox, middesk, client) = start().await;
    let run = review(&middesk, &client).await;
    let artifact = run.wait().await.unwrap().artifacts()[0].id.clone().unwrap();
    let error =
        run.feedback(CreateFeedback::new(FeedbackRating::from("MEH"), artifact)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 422);
    assert!(error.message().unwrap().starts_with("rating: "), "{error}");
    let sent = middesk.requests().pop().unwrap().json().unwrap();
    assert_eq!(sent["rating"], "MEH");
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_told_with_its_parameter() {
    let body = r#"{ "errors": [ { "message": "Parameter `type` is missing", "parameter": "type" },
                                { "message": "The business is in audit" } ] }"#;
    let seam = Seam::new([json(422, body)]);
    let error = of_seam(&seam).run("", Context::business("b")).await.unwrap_err();
    let message = "type: Parameter `type` is missing; The business is in audit";
    assert_eq!((error.message(), error.code()), (Some(message), None));
    assert!(error.to_string().contains(message), "{error}");
    let errors = error.decode::<ErrorResponse>().unwrap().errors;
    assert_eq!((errors[0].parameter.as_deref(), &errors[1].parameter), (Some("type"), &None));
}

#[tokio::test]
async fn an_answer_from_between_keeps_its_status_and_body() {
    let page = "<html><h1>502 Bad Gateway</h1></html>";
    let html = Answer::Full(502, vec![("content-type", "text/html".into())], page.into());
    for (answer, body) in [
        (html, page),
        (json(502, ""), ""),
        (json(502, "{}"), "{}"),
        (json(502, r#"{"errors":[]}"#), r#"{"errors":[]}"#),
    ] {
        let seam = Seam::new([answer]);
        let error = of_seam(&seam).run("a", Context::business("b")).await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Status, 502));
        assert_eq!((error.message(), &error.raw_body().unwrap()[..]), (None, body.as_bytes()));
        assert_eq!(seam.sent().len(), 1, "a start is not repeated");
    }
    let page = Answer::Full(200, vec![("content-type", "text/html".into())], "<html>".into());
    let error = of_seam(&Seam::new([page])).list_agents().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("content type is not JSON"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_read_over_the_limit_is_made_again_when_the_vendor_says_and_a_start_is_not() {
    let busy = || Answer::Full(429, vec![("retry-after", "2".into())], String::new());
    let seam = Seam::new([busy(), json(200, run("running"))]);
    assert_eq!(of_seam(&seam).get_run("r").await.unwrap().status, RunStatus::Running);
    assert_eq!(seam.times(), [0.0, 2.0]);

    let seam = Seam::new([busy()]);
    let error = of_seam(&seam).run("a", Context::business("b")).await.unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.retry_after()),
        (429, Some(Duration::from_secs(2)))
    );
    assert_eq!(seam.sent().len(), 1);
}

#[tokio::test]
async fn the_sandboxs_limit_is_waited_out_by_reads() {
    let (_sandbox, middesk, client) = start().await;
    middesk.fault(Target::ListAgents, Fault::rate_limited(RetryAfter::Seconds(0)).times(2));
    assert_eq!(client.list_agents().await.unwrap().data.len(), 3);
    assert_eq!(middesk.requests().len(), 3);
}

#[tokio::test]
async fn what_makes_something_is_sent_again_only_if_no_connection_was_made() {
    let ambiguous = [
        Answer::Fails(Phase::Exchange),
        Answer::Breaks("{".into()),
        json(500, "{}"),
        json(503, "{}"),
    ];
    for answer in ambiguous {
        let seam = Seam::new([answer, json(201, run("running"))]);
        let error = of_seam(&seam).run("a", Context::business("b")).await.unwrap_err();
        assert_eq!(seam.sent().len(), 1);
        assert!(!error.is_without_effect(), "{error}");
    }
    let seam = Seam::new([Answer::Fails(Phase::Connect), json(201, run("running"))]);
    let client = quick(
        Client::builder().base_url("https://middesk.example").token("k").transport(seam.clone()),
    );
    client.run("a", Context::business("b")).await.unwrap();
    assert_eq!(seam.sent().len(), 2);
}

#[tokio::test]
async fn a_start_whose_answer_is_lost_is_not_made_twice_and_can_be_found() {
    let (_sandbox, middesk, client) = start().await;
    middesk.fault(Target::CreateRun, Fault::close().with_effect());
    let business = Context::business(middesk.business_id());
    let error = client.run(middesk.agent_type(), business).await.unwrap_err();
    assert!(!error.is_without_effect() && middesk.run_ids().len() == 1);
    let listed = client.list_runs().await.unwrap().data.unwrap();
    assert_eq!(listed[0].id, middesk.run_ids()[0]);
}

#[tokio::test]
async fn values_and_fields_of_a_later_revision_are_read() {
    let wire = json!({
        "object": "superrun", "id": "r", "status": "resting", "created_at": "2026-03-04T10:00:01Z",
        "updated_at": "2026-03-04T10:00:01.123456Z", "weather": { "sun": 1 }, "interrupts": null,
        "steps": [{ "id": "s", "run_id": "r", "type": "dance", "name": "n", "label": "L", "status": "paused",
                    "started_at": "2026-03-04T10:00:01Z", "result": [1], "artifacts": null, "steps": null,
                    "resolution": "escalate", "mood": "good" }]
    });
    let read = of_seam(&Seam::new([json(200, wire.to_string())])).get_run("r").await.unwrap();
    assert_eq!((read.status.as_str(), read.status.is_at_rest()), ("resting", false));
    let [step] = read.steps() else { panic!("{read:?}") };
    assert_eq!((step.type_.as_str(), step.status.as_str()), ("dance", "paused"));
    assert_eq!(step.resolution().unwrap().as_str(), "escalate");
    assert!(step.artifacts().is_empty() && step.steps().is_empty());
}

#[tokio::test]
async fn ids_are_opaque_and_stay_one_segment() {
    let cases = [
        ("not-a-uuid", "not-a-uuid"),
        ("int_01", "int_01"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("%2F é", "%252F%20%C3%A9"),
    ];
    for (id, encoded) in cases {
        let server = MockServer::start_async().await;
        let expected = format!("/v1/runs/{encoded}");
        let mock = server
            .mock_async(|when, then| {
                when.is_true(move |request| request.uri().path() == expected);
                then.status(200).body(run("running"));
            })
            .await;
        let client = quick(Client::builder().base_url(server.base_url()).token("mk_test_key"));
        client.get_run(id).await.unwrap();
        mock.assert_async().await;
    }
    let seam = Seam::new([json(200, run("running"))]);
    for id in ["", ".", ".."] {
        let error = of_seam(&seam).get_run(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
    }
    assert!(seam.sent().is_empty());
}

#[tokio::test]
async fn nothing_that_is_shown_shows_the_key_or_what_is_sent() {
    let (_sandbox, middesk, client) = start().await;
    let unsent =
        client.run("cip_orchestrator", Context::business("hush")).extra([("prompt", "hush")]);
    let run = review(&middesk, &client).await;
    let shown = format!("{client:?} {unsent:?} {:?} {:?} {:?}", run, run.wait(), run.events());
    assert!(!shown.contains("hush") && !shown.contains(middesk.key()), "{shown}");
}
