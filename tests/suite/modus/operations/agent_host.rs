//! What goes to the agent host.

use super::{Hosts, call, get, post, stream};
use agent_threads_modus::{
    Error, EventStream, Response,
    types::{
        ActiveRunStatus, ActiveRunsBySession, ApprovalTarget, Attachments, CancelRun, ChatSource,
        DocumentAttachment, EditQueuedRun, FollowUpRun, ImageAttachment, InterruptRun,
        ModelSettings, ModusRunCreate, ReasoningEffort, ResumeDecision, ResumeRun, RunAccepted,
        RunAction, RunConfig, RunCreate, RunEvent, RunSource, RunVersion, ScopeRunCreate,
        SupplementalContext, UserContext, WorkflowAction, WorkflowActionSource, WorkflowRunCreate,
    },
};
use futures::future::BoxFuture;
use serde_json::{Value, json};

type Accepted = BoxFuture<'static, Result<Response<RunAccepted>, Error>>;

/// A way to create a run: its path, its body, and both forms of the call, with a key of the caller's.
type Start = (&'static str, Value, Accepted, EventStream<RunEvent>);

/// Both forms of a call whose body is the same.
macro_rules! both {
    ($json:expr, $events:expr) => {
        (
            Box::pin($json.idempotency_key("job-1").send()) as Accepted,
            $events.idempotency_key("job-1").events(),
        )
    };
}

fn starts(Hosts { client, .. }: &Hosts) -> Vec<Start> {
    let modus = ModusRunCreate::new("Which tickets are open?", "s-1").subordinate_skill_ids([7, 9]);
    let scope = ScopeRunCreate::new("", "s-1").version(RunVersion::Draft);
    let workflow = WorkflowRunCreate::new("Go", "s-1").stream_protocol_version(2);
    let resume = ResumeRun::new("", "s-1", ResumeDecision::Approve).approval_target(
        ApprovalTarget::new("send_mail", [("to", json!("a@example.com")), ("cc", Value::Null)]),
    );
    let (modus, scope, workflow, resume) = (
        both!(client.create_modus_run(modus.clone()), client.stream_modus_run(modus)),
        both!(client.create_scope_run(42, scope.clone()), client.stream_scope_run(42, scope)),
        both!(
            client.create_workflow_run(43, workflow.clone()),
            client.stream_workflow_run(43, workflow)
        ),
        both!(client.resume_run("r-1", resume.clone()), client.stream_resumed_run("r-1", resume)),
    );
    vec![
        (
            "/agent/v1/modus/runs",
            json!({ "message": "Which tickets are open?", "sessionId": "s-1", "subordinateSkillIds": [7, 9] }),
            modus.0,
            modus.1,
        ),
        (
            "/agent/v1/scopes/42/runs",
            json!({ "message": "", "sessionId": "s-1", "version": "draft" }),
            scope.0,
            scope.1,
        ),
        (
            "/agent/v1/workflows/43/runs",
            json!({ "message": "Go", "sessionId": "s-1", "streamProtocolVersion": 2 }),
            workflow.0,
            workflow.1,
        ),
        (
            "/agent/v1/runs/r-1/resume",
            json!({ "message": "", "sessionId": "s-1", "decision": "approve",
                    "approvalTarget": { "toolName": "send_mail", "args": { "to": "a@example.com", "cc": null } } }),
            resume.0,
            resume.1,
        ),
    ]
}

#[tokio::test]
async fn a_run_is_started_for_its_id_or_for_its_events() {
    let hosts = Hosts::start().await;
    for (path, body, accepted, events) in starts(&hosts) {
        let sent = || post(path, body.clone()).header("idempotency-key", "job-1");
        let answer = json!({ "runId": "job-1", "status": "pending", "queuedBehind": null });
        let accepted = call(&hosts.agent, sent(), (201, answer), accepted).await;
        assert_eq!((accepted.run_id.as_str(), accepted.status.as_str()), ("job-1", "pending"));
        stream(&hosts.agent, sent(), events).await;
    }
}

#[tokio::test]
async fn the_seeds_run_is_started_and_watched_as_documented() {
    let hosts = Hosts::start().await;
    let body = json!({ "message": "Which tickets are open?", "sessionId": "s-1", "organizationId": "org_1" });
    let run = RunCreate::new("Which tickets are open?", "s-1", "org_1");
    let sent = post("/agent/runs", body.clone()).header("idempotency-key", "job-1");
    stream(
        &hosts.agent,
        sent,
        hosts.client.create_run(run.clone()).idempotency_key("job-1").events(),
    )
    .await;
    let mut body = body;
    for (field, value) in [("fileThreadId", "f-1"), ("action", "chat"), ("runId", "r-1")] {
        body[field] = json!(value);
    }
    let run = run.file_thread_id("f-1").action(RunAction::Chat).run_id("r-1");
    let sent = post("/agent/runs", body).header("idempotency-key", "job-2");
    stream(&hosts.agent, sent, hosts.client.create_run(run).idempotency_key("job-2").events())
        .await;

    let sent = || get("/agent/runs/r-1/stream");
    stream(&hosts.agent, sent(), hosts.client.stream_run("r-1").events()).await;
    let behind = sent().header("last-event-id", "1716999999999-0");
    let watch = hosts.client.stream_run("r-1").last_event_id("1716999999999-0");
    stream(&hosts.agent, behind, watch.events()).await;
}

#[tokio::test]
async fn a_start_without_a_key_gets_one() {
    let hosts = Hosts::start().await;
    let mock = hosts
        .agent
        .mock_async(|when, then| {
            when.path("/agent/v1/modus/runs").header_exists("idempotency-key");
            // The vendor's document says 201; its SDK is tested with 200.
            then.status(200).json_body(json!({ "runId": "r", "status": "queued" }));
        })
        .await;
    let run = ModusRunCreate::new("Hi", "s-1");
    assert_eq!(hosts.client.create_modus_run(run).await.unwrap().status, "queued");
    mock.assert_async().await;
}

#[tokio::test]
async fn everything_that_a_run_can_carry_is_sent() {
    let hosts = Hosts::start().await;
    let object = |value: Value| value.as_object().unwrap().clone();
    let config = RunConfig::new()
        .model("anthropic/claude-sonnet-4.6")
        .model_settings(
            ModelSettings::new().reasoning_effort(ReasoningEffort::Xhigh).context_window(200_000),
        )
        .context_selections([object(json!({ "id": 1 }))])
        .connection_selections([object(json!({ "id": 2 }))])
        .connection_set([object(json!({ "id": 3 }))])
        .connection_all_mode_ids(["c-1"])
        .guardrails(["no-mail"])
        .strategies(["deep"])
        .toolset([("search", json!({ "on": true }))])
        .experimental_features(true)
        .debug(false)
        .composer_file_offload(true);
    let attachments = Attachments::new()
        .images([ImageAttachment::new()
            .data("aGk=")
            .mime_type("image/png")
            .name("a.png")
            .s3_key("k-1")
            .upload_id("u-1")])
        .documents([DocumentAttachment::new("may.csv")
            .parsed_content("a,b")
            .upload_id("u-2")
            .mime_type("text/csv")
            .storage_file_name("s.csv")
            .raw_content_s3_key("k-2")
            .original_size(5120)
            .size_bytes(5121)
            .summary("Sales")]);
    let user =
        UserContext::new().email("a@example.com").name("Ada").timezone("Europe/Paris").user_id("u");
    let run = WorkflowRunCreate::new("Go", "s-1")
        .organization_id("org_1")
        .version(RunVersion::Published)
        .file_thread_id("f-1")
        .config(config)
        .attachments(attachments)
        .user_context(user)
        .supplemental_context(
            SupplementalContext::new("Earlier", ChatSource::Slack).follow_up_text("Later"),
        )
        .source(RunSource::SlackDm)
        .run_id("r-1")
        .stream_protocol_version(2)
        .experimental_features(false)
        .debug(true);
    let body = json!({
        "message": "Go", "sessionId": "s-1", "organizationId": "org_1", "version": "published", "fileThreadId": "f-1",
        "config": {
            "model": "anthropic/claude-sonnet-4.6",
            "modelSettings": { "reasoningEffort": "xhigh", "contextWindow": 200_000 },
            "contextSelections": [{ "id": 1 }], "connectionSelections": [{ "id": 2 }], "connectionSet": [{ "id": 3 }],
            "connectionAllModeIds": ["c-1"], "guardrails": ["no-mail"], "strategies": ["deep"],
            "toolset": { "search": { "on": true } }, "experimentalFeatures": true, "debug": false,
            "composerFileOffload": true },
        "attachments": {
            "images": [{ "data": "aGk=", "mimeType": "image/png", "name": "a.png", "s3Key": "k-1", "uploadId": "u-1" }],
            "documents": [{ "fileName": "may.csv", "parsedContent": "a,b", "uploadId": "u-2", "mimeType": "text/csv",
                            "storageFileName": "s.csv", "rawContentS3Key": "k-2", "originalSize": 5120,
                            "sizeBytes": 5121, "summary": "Sales" }] },
        "userContext": { "email": "a@example.com", "name": "Ada", "timezone": "Europe/Paris", "userId": "u" },
        "supplementalContext": { "text": "Earlier", "source": "slack", "followUpText": "Later" },
        "source": "slack_dm", "runId": "r-1", "streamProtocolVersion": 2, "experimentalFeatures": false, "debug": true,
    });
    let sent = post("/agent/v1/workflows/42/runs", body).header("idempotency-key", "job-1");
    let start = hosts.client.create_workflow_run(42, run).idempotency_key("job-1").send();
    call(&hosts.agent, sent, (201, json!({ "runId": "r-1", "status": "pending" })), start).await;
}

#[tokio::test]
async fn a_run_is_watched_from_its_start_or_behind_an_event() {
    let hosts = Hosts::start().await;
    let watch = || hosts.client.watch_run("r-1");
    let sent = || get("/agent/v1/runs/r-1/stream");
    stream(&hosts.agent, sent(), watch().events()).await;
    let behind = sent().header("last-event-id", "1716999999999-0");
    stream(&hosts.agent, behind, watch().last_event_id("1716999999999-0").events()).await;
}

#[tokio::test]
async fn events_are_polled_for_as_whatever_json_they_are() {
    let hosts = Hosts::start().await;
    for answer in [json!([{ "id": "1-0", "type": "token" }]), json!({ "events": [], "next": null })]
    {
        let sent = get("/agent/v1/runs/r-1/events").header("last-event-id", "1-0");
        let poll = hosts.client.poll_run_events("r-1").last_event_id("1-0").send();
        assert_eq!(call(&hosts.agent, sent, (200, answer.clone()), poll).await, answer);
        hosts.agent.reset_async().await;
    }
}

#[tokio::test]
async fn runs_and_actions_are_cancelled() {
    let hosts = Hosts::start().await;
    let full = CancelRun::new()
        .organization_id("org_1")
        .reason("changed my mind")
        .last_seen_event_id("1717000000123-0");
    let full_body = json!({ "organizationId": "org_1", "reason": "changed my mind",
                            "lastSeenEventId": "1717000000123-0" });
    for (body, wire) in [(CancelRun::new(), json!({})), (full, full_body)] {
        let sent = post("/agent/v1/runs/r-1/cancel", wire.clone());
        let cancel = hosts.client.cancel_run("r-1", body.clone()).send();
        call(&hosts.agent, sent, (204, Value::Null), cancel).await;
        let sent = post("/agent/v1/workflow-actions/r-1/cancel", wire);
        let cancel = hosts.client.cancel_workflow_action("r-1", body).send();
        call(&hosts.agent, sent, (204, Value::Null), cancel).await;
    }
}

#[tokio::test]
async fn the_next_run_replaces_a_turn_or_what_is_queued() {
    let hosts = Hosts::start().await;
    let next = FollowUpRun::new("Only look at EMEA.", "agent_0_5f1c").run_id("r-2");
    let wire =
        json!({ "message": "Only look at EMEA.", "sessionId": "agent_0_5f1c", "runId": "r-2" });

    let body =
        json!({ "lastSeenEventId": "1717000000123-0", "organizationId": "org_1", "nextRun": wire });
    let interrupt = InterruptRun::new(next.clone())
        .last_seen_event_id("1717000000123-0")
        .organization_id("org_1");
    for answer in [Value::Null, json!({ "runId": "r-2" })] {
        let sent = post("/agent/v1/runs/r-1/interrupt", body.clone());
        let interrupt = hosts.client.interrupt_run("r-1", interrupt.clone()).send();
        call(&hosts.agent, sent, (202, answer), interrupt).await;
        hosts.agent.reset_async().await;
    }

    let answer = json!({ "runId": "r-2", "status": "queued" });
    let sent = post("/agent/v1/runs/r-2/queue-edit", json!({ "nextRun": wire }));
    let edit = hosts.client.edit_queued_run("r-2", EditQueuedRun::new(next)).send();
    assert_eq!(call(&hosts.agent, sent, (200, answer.clone()), edit).await, answer);
}

#[tokio::test]
async fn active_runs_are_listed_and_found_by_session() {
    let hosts = Hosts::start().await;
    let runs = json!([
        { "runId": "r-1", "sessionId": "s-1", "status": "queued", "message": "Go", "source": "api",
          "createdAt": "2026-10-02T08:00:00.000Z", "updatedAt": "2026-10-02T10:00:01+02:00" },
        { "runId": "r-2", "sessionId": "s-2", "status": "paused", "message": null, "mood": "good",
          "createdAt": "2026-10-02T08:00:00Z", "updatedAt": "2026-10-02T08:00:00Z" },
    ]);
    let sent = get("/agent/v1/runs/active?pageSize=50&pageToken=a%2Bb%2F%3D");
    let list = hosts.client.list_active_runs().page_size(50).page_token("a+b/=").send();
    let page = json!({ "runs": runs, "nextPageToken": null });
    let page = call(&hosts.agent, sent, (200, page), list).await;
    assert_eq!(page.next_page_token, None);

    let sent = post("/agent/v1/runs/active-by-session", json!({ "sessionIds": ["s-1", "s-2"] }));
    let find = hosts.client.find_active_runs(ActiveRunsBySession::new(["s-1", "s-2"])).send();
    let found = call(&hosts.agent, sent, (200, json!({ "runs": runs })), find).await;
    assert_eq!(page.runs, found.runs);

    let [queued, other] = &found.runs[..] else { panic!("{found:?}") };
    assert_eq!(queued.status, ActiveRunStatus::Queued);
    assert_eq!((queued.updated_at - queued.created_at).num_seconds(), 1);
    assert_eq!((queued.message.as_deref(), queued.source.as_deref()), (Some("Go"), Some("api")));
    assert_eq!((other.status.as_str(), &other.message, &other.source), ("paused", &None, &None));
}

#[tokio::test]
async fn a_workflow_action_is_executed() {
    let hosts = Hosts::start().await;
    let action = WorkflowAction::new("s-1", [("toolId", json!("t-1")), ("limit", json!(3))])
        .organization_id("org_1")
        .file_thread_id("f-1")
        .user_timezone("Europe/Paris")
        .run_id("r-1")
        .previous_outputs([json!({ "rows": 2 }).as_object().unwrap().clone()])
        .automation_id("43")
        .source(WorkflowActionSource::Api);
    let body = json!({ "sessionId": "s-1", "workflowAction": { "toolId": "t-1", "limit": 3 }, "organizationId": "org_1",
                       "fileThreadId": "f-1", "userTimezone": "Europe/Paris", "runId": "r-1",
                       "previousOutputs": [{ "rows": 2 }], "automationId": "43", "source": "api" });
    let sent = post("/agent/v1/workflow-actions", body.clone()).header("idempotency-key", "job-1");
    let execute = hosts.client.execute_workflow_action(action.clone()).idempotency_key("job-1");
    stream(&hosts.agent, sent, execute.events()).await;

    let sent = post("/agent/workflow-actions", body).header("idempotency-key", "job-1");
    let execute = hosts.client.execute_action(action).idempotency_key("job-1");
    stream(&hosts.agent, sent, execute.events()).await;
}
