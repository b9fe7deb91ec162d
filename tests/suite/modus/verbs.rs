//! What can be done around runs: replies, changes to what is queued, single actions, polling, and chats.

use super::{all, client, start};
use agent_threads_modus::{
    Client, Ending, ErrorKind, Handle, Outcome, PolledEvents, Target,
    types::{
        FollowUpRun, ModusRunCreate, RunCreate, RunEvent, ScopeRunCreate, WorkflowAction,
        WorkflowRunCreate,
    },
};
use agent_threads_sandbox::{
    Fault,
    modus::{Event, Modus, Script, Target as At},
    sse::StreamFault,
};
use futures::StreamExt as _;
use serde_json::{Value, json};

const MODEL: &str = "claude-sonnet-5";

/// Path and body of the last request.
fn last(modus: &Modus) -> (String, Value) {
    let request = modus.requests().pop().unwrap();
    (request.path.clone(), request.json().unwrap())
}

async fn done(modus: &Modus, client: &Client) -> Outcome {
    modus.next_run(Script::reply("12."));
    client.run_modus(ModusRunCreate::new("How many?", "s-1")).wait().await.unwrap()
}

#[tokio::test]
async fn a_reply_is_the_next_turn_of_the_same_agent_in_the_same_conversation() {
    let (_sandbox, modus, client) = start().await;
    let (scope, workflow) = (modus.scope_id(), modus.workflow_id());
    let runs = [
        (client.run_modus(ModusRunCreate::new("a", "s-1")), "/agent/v1/modus/runs".to_owned()),
        (
            client.run_scope(scope, ScopeRunCreate::new("a", "s-2")),
            format!("/agent/v1/scopes/{scope}/runs"),
        ),
        (
            client.run_workflow(workflow, WorkflowRunCreate::new("a", "s-3")),
            format!("/agent/v1/workflows/{workflow}/runs"),
        ),
    ];
    for (mut run, path) in runs {
        let thread = run.wait().await.unwrap().thread_id.unwrap();
        // In another process, of which only the handle is known: there the thread's id comes with the last event.
        let stored = serde_json::to_string(&run.handle().rewound()).unwrap();
        let mut elsewhere = client.attach(serde_json::from_str(&stored).unwrap());
        elsewhere.wait().await.unwrap();
        for run in [run, elsewhere] {
            let mut next = run.reply("And by region?").unwrap();
            assert!(next.wait().await.unwrap().is_done());
            let body = json!({ "message": "And by region?", "sessionId": thread });
            assert_eq!(last(&modus), (path.clone(), body));
        }
    }
    let mut run = client.run(RunCreate::new("a", "s-4", modus.organization_id()));
    // Before the end, the conversation is the one that the program named.
    run.reply("b").unwrap().wait().await.unwrap();
    let body =
        json!({ "message": "b", "sessionId": "s-4", "organizationId": modus.organization_id() });
    assert_eq!(last(&modus), ("/agent/runs".into(), body));
    run.wait().await.unwrap();
}

#[tokio::test]
async fn a_turn_after_a_decision_or_an_interruption_can_be_replied_to() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().pauses(Event::of_type("approval_required", json!({}))));
    let mut run = client.run_scope(modus.scope_id(), ScopeRunCreate::new("Send it", "s-1"));
    all(&mut run).await;
    let approved = run.approve("s-1");
    let path = format!("/agent/v1/scopes/{}/runs", modus.scope_id());
    approved.reply("Thanks").unwrap().wait().await.unwrap();
    assert_eq!(last(&modus).0, path);

    modus.next_run(Script::new().tokens(["a"]).hold());
    let mut run = client.run_scope(modus.scope_id(), ScopeRunCreate::new("Go", "s-2"));
    run.next().await.unwrap().unwrap();
    let next = run.interrupt(FollowUpRun::new("Only EMEA", "s-2")).await.unwrap();
    next.reply("Thanks").unwrap().wait().await.unwrap();
    assert_eq!(last(&modus).0, path);
}

#[tokio::test]
async fn a_reply_to_whom_is_not_known_is_refused_before_anything_is_sent() {
    let (_sandbox, modus, client) = start().await;
    let action = client.run_action(WorkflowAction::new("s", [("toolId", "t")]));
    for run in [client.attach(Handle::v1("r")), action] {
        assert_eq!(run.reply("Hi").unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    assert!(modus.requests().is_empty());
}

#[tokio::test]
async fn what_is_queued_can_be_changed_and_what_has_begun_cannot() {
    let (_sandbox, modus, client) = start().await;
    modus.set_queues(true);
    modus.next_run(Script::new().tokens(["a"]).hold());
    modus.next_run(Script::reply("EMEA."));
    let mut first = client.run_modus(ModusRunCreate::new("first", "s-1"));
    first.next().await.unwrap().unwrap();
    let second = client.create_modus_run(ModusRunCreate::new("second", "s-1"));
    let accepted = second.idempotency_key("second").await.unwrap();
    assert_eq!(accepted.status, "queued");

    let mut queued = client.attach(Handle::v1(accepted.run_id));
    let edited = queued.edit(FollowUpRun::new("Only EMEA", "s-1")).await.unwrap();
    assert_eq!((edited.run_id(), edited.status()), (Some("second"), Some("queued")));
    let found = client.unfinished_run("s-1").await.unwrap();
    assert!(found.is_some());

    modus.run(first.run_id()).unwrap().release_all();
    first.wait().await.unwrap();
    assert_eq!(queued.wait().await.unwrap().text, "EMEA.");
    let error = queued.edit(FollowUpRun::new("Only APAC", "s-1")).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
}

#[tokio::test]
async fn an_action_of_a_workflow_runs_goes_on_after_a_cut_and_is_cancelled_as_one() {
    let (_sandbox, modus, client) = start().await;
    let action = || WorkflowAction::new("s-1", [("toolId", json!("t-1"))]);
    modus.next_run(Script::new().tokens(["a", "b", "c"]));
    modus.fault(At::ExecuteWorkflowAction, Fault::stream(StreamFault::new().cut_after_events(2)));
    let mut run = client.run_action(action()).key("job-1");
    assert_eq!(all(&mut run).await, ["a", "b", "c", "done"]);
    assert_eq!(modus.requests()[0].header("idempotency-key"), Some("job-1"));

    modus.next_run(Script::new().tokens(["a"]).hold());
    let mut run = client.run_action(action());
    run.next().await.unwrap().unwrap();
    let stored = serde_json::to_string(&run.handle()).unwrap();
    let elsewhere = client.attach(serde_json::from_str(&stored).unwrap());
    assert_eq!(elsewhere.handle().origin.unwrap().target, Target::Action);
    elsewhere.cancel().await.unwrap();
    let path = format!("/agent/v1/workflow-actions/{}/cancel", run.run_id());
    assert_eq!(last(&modus).0, path);
    assert_eq!(run.wait().await.unwrap().ending, Ending::Cancelled);
}

#[tokio::test]
async fn events_can_be_polled_for_to_the_end() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().tokens(["a", "b"]).hold().tokens(["c"]));
    let run = client.create_modus_run(ModusRunCreate::new("hi", "s-1"));
    run.idempotency_key("r-1").await.unwrap();
    let (mut text, mut cursor) = (String::new(), None::<String>);
    loop {
        let mut poll = client.poll_run_events("r-1");
        if let Some(cursor) = &cursor {
            poll = poll.last_event_id(cursor);
        }
        let polled = PolledEvents::from(poll.await.unwrap());
        for event in polled.events() {
            if let RunEvent::Token(token) = event.decode().unwrap() {
                text += &token.content;
            }
        }
        cursor = polled.last_event_id().map(str::to_owned).or(cursor);
        if polled.is_over() {
            break;
        }
        modus.run("r-1").unwrap().release_all();
    }
    assert_eq!(text, "abc");
}

#[tokio::test]
async fn a_chat_goes_on_in_its_conversation() {
    let (_sandbox, modus, client) = start().await;
    let scope = modus.scope_id();
    let chats = [
        (client.chat(MODEL), "/api/v1/modus".to_owned()),
        (client.scope_chat(scope, MODEL), format!("/api/v1/scopes/{scope}")),
    ];
    for (mut chat, path) in chats {
        modus.next_run(Script::reply("12."));
        assert_eq!(chat.thread_id(), None);
        let first = chat.ask("How many?").await.unwrap();
        assert_eq!((first.content.as_str(), chat.thread_id()), ("12.", Some(&*first.thread_id)));
        assert_eq!(
            last(&modus),
            (format!("{path}/chat"), json!({ "message": "How many?", "model": MODEL }))
        );

        let second = chat.ask("By region?").await.unwrap();
        assert_eq!(second.thread_id, first.thread_id);
        let sent = format!("{path}/conversations/{}/chat", first.thread_id);
        assert_eq!(last(&modus).0, sent);
    }
}

#[tokio::test]
async fn a_chat_takes_up_the_conversation_of_a_run() {
    let (_sandbox, modus, client) = start().await;
    let thread = done(&modus, &client).await.thread_id.unwrap();
    modus.next_run(Script::reply("By region: 3, 9."));
    let answer = client.chat(MODEL).in_thread(&thread).ask("By region?").await.unwrap();
    assert_eq!((answer.content.as_str(), &answer.thread_id), ("By region: 3, 9.", &thread));
    let error = client.chat(MODEL).in_thread("unknown").ask("By region?").await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_chat_that_waits_for_a_decision_gets_it() {
    for approve in [true, false] {
        let (_sandbox, modus, client) = start().await;
        modus.next_run(
            Script::reply("May I?").pauses(Event::of_type("approval_required", json!({}))),
        );
        modus.next_run(Script::reply("So be it."));
        let mut chat = client.chat(MODEL);
        chat.ask("Send it").await.unwrap();
        let answer = if approve { chat.approve().await } else { chat.deny().await }.unwrap();
        assert_eq!(answer.content, "So be it.");
        let decision = if approve { "approve" } else { "deny" };
        let body =
            json!({ "model": MODEL, "approvalContinuation": true, "approvalDecision": decision });
        assert_eq!(last(&modus).1, body);
    }
}

#[tokio::test]
async fn a_decision_that_nobody_can_take_is_refused_before_anything_is_sent() {
    let (_sandbox, modus, client) = start().await;
    let scope = client.scope_chat(modus.scope_id(), MODEL).in_thread("t");
    for mut chat in [client.chat(MODEL), scope] {
        let error = chat.approve().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert!(modus.requests().is_empty());
}

#[tokio::test]
async fn a_chat_is_not_asked_twice() {
    let (_sandbox, modus, _) = start().await;
    let client = client(&modus);
    modus.fault(At::ChatWithModus, Fault::json(503, json!({ "message": "busy" })));
    let error = client.chat(MODEL).ask("How many?").await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (503, 1));
    assert_eq!(modus.requests().len(), 1);
}

#[tokio::test]
async fn an_action_at_the_first_address_names_the_organization_of_the_token() {
    let (_sandbox, modus, client) = start().await;
    let action = |organization: Option<&str>| {
        let action = WorkflowAction::new("s-1", [("toolId", "t-1")]);
        match organization {
            Some(organization) => action.organization_id(organization),
            None => action,
        }
    };
    let events = client.execute_action(action(Some(modus.organization_id()))).events();
    let kinds: Vec<_> = events.map(|event| event.unwrap().kind().to_owned()).collect().await;
    assert_eq!(kinds.last().map(String::as_str), Some("done"));
    for (organization, status) in [(None, 422), (Some("org_other"), 403)] {
        let mut events = client.execute_action(action(organization)).events();
        let error = events.opened().await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
}
