//! Whole runs in both dialects, against the sandbox.

use agent_threads_mosoo::{
    Client, Dialect, ErrorKind, Events, Handle, RetryPolicy, Run, RunEvent,
    types::{CreateThread, RunStatus, ThreadEventType, ThreadStatus},
};
use agent_threads_sandbox::{
    Fault, Sandbox,
    mosoo::{self, Mosoo, Permission, Script, Target, ToolCall},
    sse::StreamFault,
};
use std::time::Duration;

const QUICK: Duration = Duration::from_millis(1);

async fn start(dialect: Dialect) -> (Sandbox, Mosoo, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let mosoo = sandbox.mosoo();
    mosoo.set_dialect(match dialect {
        Dialect::Seed => mosoo::Dialect::Seed,
        _ => mosoo::Dialect::Current,
    });
    let client = Client::builder()
        .dialect(dialect)
        .base_url(format!("{}/api/v1", mosoo.url()))
        .token(mosoo.token())
        .retry(RetryPolicy::default().base_delay(QUICK))
        .build()
        .unwrap();
    (sandbox, mosoo, client)
}

fn task(dialect: Dialect, text: &str) -> CreateThread {
    match dialect {
        Dialect::Seed => CreateThread::message(text).client_external_ref("job-7"),
        _ => CreateThread::message(text).user_id("cust-77"),
    }
}

async fn started(client: &Client, mosoo: &Mosoo) -> Run {
    client.dispatch(mosoo.agent_id(), task(client.dialect(), "Plan my week")).await.unwrap()
}

/// What a run brings, as short text: pieces of text in quotes, events by their types.
async fn told(events: &mut Events) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        told.push(match event.unwrap() {
            RunEvent::Text(text) => format!("{text:?}"),
            RunEvent::TextReset(text) => format!("instead {text:?}"),
            RunEvent::Thinking(text) => format!("thinks {text:?}"),
            RunEvent::Event(event) => event.type_.to_string(),
            other => panic!("{other:?}"),
        });
    }
    assert!(events.next().await.is_none(), "what has ended stays so");
    told.retain(|event| event != "session.status" && event != "user.message");
    told
}

#[tokio::test]
async fn a_run_is_dispatched_and_waited_for_in_either_dialect() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (_sandbox, mosoo, client) = start(dialect).await;
        mosoo.next_run(Script::reply("Monday: rest."));
        let mut seen = Vec::new();
        let (tell, told) = std::sync::mpsc::channel();
        let run = started(&client, &mosoo).await;
        let outcome =
            run.wait().interval(QUICK).on_status(move |s| tell.send(s.clone()).unwrap()).await;
        let outcome = outcome.unwrap();
        seen.extend(told.try_iter());
        assert!(outcome.is_completed(), "{outcome:?}");
        assert_eq!(outcome.text.as_deref(), Some("Monday: rest."), "{dialect:?}");
        assert_eq!(outcome.thread_status, ThreadStatus::Idle);
        assert_eq!((&*outcome.run_id, &*outcome.thread_id), (run.run_id(), run.thread_id()));
        assert_eq!(seen.last(), Some(&RunStatus::Completed), "{dialect:?}");
    }
}

#[tokio::test]
async fn the_final_text_is_the_last_message_and_not_a_join() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (_sandbox, mosoo, client) = start(dialect).await;
        let script = Script::new()
            .text("Let me look.")
            .tool(ToolCall::new("call_1", "Read brief.txt").result("A plan is wanted."))
            .text("The plan is in plan.md.");
        mosoo.next_run(script);
        let outcome =
            client.run(mosoo.agent_id(), task(dialect, "Plan")).interval(QUICK).await.unwrap();
        assert_eq!(outcome.text.as_deref(), Some("The plan is in plan.md."), "{dialect:?}");
    }
}

#[tokio::test]
async fn failures_and_cancellations_are_outcomes_although_the_log_says_completed() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (_sandbox, mosoo, client) = start(dialect).await;
        mosoo.next_run(Script::new().fails("provider_unavailable", "No provider."));
        let run = started(&client, &mosoo).await;
        let failed = run.wait().interval(QUICK).await.unwrap();
        assert_eq!(failed.status, Some(RunStatus::Failed));
        let error = failed.error.unwrap();
        assert_eq!(error.message, "No provider.");
        let code = (dialect == Dialect::Current).then_some("provider_unavailable");
        assert_eq!(error.code.as_deref(), code, "{dialect:?}");

        mosoo.next_run(Script::new().never_ends());
        let run = started(&client, &mosoo).await;
        assert_eq!(run.cancel().await.unwrap(), RunStatus::Cancelled);
        let cancelled = run.wait().interval(QUICK).await.unwrap();
        assert_eq!(cancelled.status, Some(RunStatus::Cancelled), "{dialect:?}");
        assert_eq!(cancelled.text, None);
        assert_eq!(run.cancel().await.unwrap(), RunStatus::Cancelled, "again changes nothing");

        mosoo.next_run(Script::new().expires());
        let run = started(&client, &mosoo).await;
        let expired = run.wait().interval(QUICK).await.unwrap();
        assert_eq!(expired.status, Some(RunStatus::Expired), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_reply_is_the_next_run_of_the_thread() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (_sandbox, mosoo, client) = start(dialect).await;
        mosoo.next_run(Script::reply("One."));
        mosoo.next_run(Script::reply("Two."));
        let first = started(&client, &mosoo).await;
        first.wait().interval(QUICK).await.unwrap();
        let second = first.reply("And then?").idempotency_key("job-7/2").await.unwrap();
        assert_ne!(second.run_id(), first.run_id());
        let outcome = second.wait().interval(QUICK).await.unwrap();
        assert_eq!(outcome.text.as_deref(), Some("Two."), "{dialect:?}");
        let again = first.reply("And then?").idempotency_key("job-7/2").await.unwrap();
        assert_eq!(again.run_id(), second.run_id(), "the same key is the same run");

        let earlier = first.wait().await.unwrap();
        assert_eq!(earlier.text.as_deref(), Some("One."), "{dialect:?}");
        assert_eq!(earlier.status, None, "no operation tells the status of an earlier run");
    }
}

#[tokio::test]
async fn a_dispatch_repeated_with_its_key_finds_the_first_run() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    mosoo.fault(Target::CreateThread, Fault::close().with_effect());
    let dispatch = || {
        client.dispatch(mosoo.agent_id(), task(Dialect::Current, "Plan")).idempotency_key("job-7")
    };
    let first = dispatch().await.unwrap();
    let second = dispatch().await.unwrap();
    assert_eq!(first.handle(), second.handle());
    assert_eq!(mosoo.thread_ids().len(), 1);
    let keys: Vec<_> =
        mosoo.requests().iter().map(|r| r.header("idempotency-key").map(str::to_owned)).collect();
    assert_eq!(keys, vec![Some("job-7".to_owned()); 3]);
}

#[tokio::test]
async fn a_dispatch_without_a_message_is_refused_before_anything_is_sent() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    let error =
        client.dispatch(mosoo.agent_id(), CreateThread::new().user_id("c")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("`input`"), "{error}");
    assert_eq!(mosoo.requests().len(), 0);
}

#[tokio::test]
async fn a_message_while_a_run_is_active_is_refused_once() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    mosoo.next_run(Script::new().never_ends());
    let run = started(&client, &mosoo).await;
    let error = run.reply("Faster!").await.unwrap_err();
    assert_eq!(error.code(), Some("internal_error"));
    assert_eq!(error.attempts(), 1, "what cannot help is not tried again");
}

#[tokio::test]
async fn a_run_that_asks_waits_for_the_decision_and_goes_on() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (_sandbox, mosoo, client) = start(dialect).await;
        let asks =
            || Script::new().asks(Permission::new("Run: rm -rf build", "toolu_1")).text("Gone.");
        mosoo.next_run(asks());
        let run = started(&client, &mosoo).await;
        let waiting = run.wait().interval(QUICK).await.unwrap();
        assert!(waiting.is_waiting(), "{waiting:?}");
        let asked = run.pending_confirmation().await.unwrap().unwrap();
        assert_eq!(asked.content, "Run: rm -rf build");
        let told = (dialect == Dialect::Current).then_some("toolu_1");
        assert_eq!(asked.tool_call_id.as_deref(), told, "{dialect:?}");
        let run = run.approve("toolu_1").await.unwrap();
        let outcome = run.wait().interval(QUICK).await.unwrap();
        assert_eq!(outcome.text.as_deref(), Some("Gone."), "{dialect:?}");
        assert_eq!(run.pending_confirmation().await.unwrap(), None);

        mosoo.next_run(asks().if_rejected(Script::reply("Kept.")));
        let run = started(&client, &mosoo).await;
        run.wait().interval(QUICK).await.unwrap();
        let handle = serde_json::to_string(&run.deny("toolu_1").await.unwrap().handle()).unwrap();
        let attached = client.attach(serde_json::from_str::<Handle>(&handle).unwrap());
        let outcome = attached.wait().interval(QUICK).await.unwrap();
        assert_eq!(outcome.text.as_deref(), Some("Kept."), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_decision_that_answers_nothing_is_not_waited_on_for_ever() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    mosoo.next_run(Script::new().asks(Permission::new("Run it", "toolu_1")).text("Done."));
    let run = started(&client, &mosoo).await;
    run.wait().interval(QUICK).await.unwrap();
    let run = run.approve("toolu_other").await.unwrap();
    let outcome = run.wait().interval(QUICK).timeout(Duration::from_secs(30)).await.unwrap();
    assert!(outcome.is_waiting(), "{outcome:?}");
}

#[tokio::test]
async fn events_come_as_they_happen_and_end_with_the_run() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (_sandbox, mosoo, client) = start(dialect).await;
        let script = Script::new()
            .thinking("Hm.")
            .fragments(["Let me ", "look."])
            .tool(ToolCall::new("call_1", "Read").input(serde_json::json!({"a": 1})).result("ok"))
            .file_changed("plan.md")
            .usage(858);
        mosoo.next_run(script);
        let run = started(&client, &mosoo).await;
        if dialect == Dialect::Seed {
            mosoo.play(run.thread_id());
        }
        let mut events = run.events();
        let told = told(&mut events).await;
        let expected: &[&str] = match dialect {
            Dialect::Seed => &[
                "run.started",
                "thinks \"Hm.\"",
                "\"Let me look.\"",
                "tool.use.completed",
                "file.changed",
                "usage.updated",
                "run.completed",
            ],
            _ => &[
                "run.started",
                "thinks \"Hm.\"",
                "\"Let me \"",
                "\"look.\"",
                "tool.use.started",
                "tool.use.completed",
                "file.changed",
                "usage.updated",
                "run.completed",
            ],
        };
        assert_eq!(told, expected, "{dialect:?}");
        assert_eq!(events.text(), "Let me look.");
    }
}

#[tokio::test]
async fn wherever_the_stream_is_cut_the_text_adds_up_and_other_events_come_once() {
    let script = || {
        Script::new()
            .fragments(["One ", "two ", "thrée."])
            .tool(ToolCall::new("call_1", "Read").result("ok"))
            .fragments(["Four ", "five."])
            .usage(7)
    };
    for cut in 0..14 {
        let (_sandbox, mosoo, client) = start(Dialect::Current).await;
        mosoo.next_run(script());
        mosoo.fault(Target::StreamEvents, StreamFault::new().cut_after_events(cut));
        mosoo.fault(Target::StreamEvents, StreamFault::new().cut_after_events(cut + 1));
        let run = started(&client, &mosoo).await;
        let mut events = run.events();
        let mut told = told(&mut events).await;
        assert_eq!(events.text(), "One two thrée.Four five.", "{cut}");
        told.retain(|event| !event.starts_with('"'));
        let expected = [
            "run.started",
            "tool.use.started",
            "tool.use.completed",
            "usage.updated",
            "run.completed",
        ];
        assert_eq!(told, expected, "{cut}");
    }
}

#[tokio::test]
async fn a_stream_that_only_repeats_is_given_up_and_a_wait_goes_on_without_it() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    for _ in 0..40 {
        mosoo.fault(Target::StreamEvents, StreamFault::new().end_after_events(1));
    }
    mosoo.next_run(Script::reply("Done."));
    let run = started(&client, &mosoo).await;
    let mut events = run.events();
    let error = loop {
        match events.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("the run's end was not told"),
        }
    };
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(events.next().await.is_none());
    let outcome = run.wait().interval(QUICK).await.unwrap();
    assert_eq!(outcome.text.as_deref(), Some("Done."));
}

#[tokio::test]
async fn a_stream_that_the_server_ends_with_an_error_says_why() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    mosoo.next_run(Script::new().text("Hello").hold().text("!"));
    let run = started(&client, &mosoo).await;
    let mut events = run.events();
    while !matches!(events.next().await.unwrap().unwrap(), RunEvent::Text(_)) {}
    mosoo.fail_streams("internal_error", "Public API request failed.");
    let error = loop {
        match events.next().await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), error.code()), (ErrorKind::Interrupted, Some("internal_error")));
    assert!(error.to_string().contains("Public API request failed."), "{error}");
    mosoo.release(run.thread_id());
    let outcome = run.wait().interval(QUICK).await.unwrap();
    assert!(outcome.is_completed());
}

#[tokio::test]
async fn events_of_other_runs_of_the_thread_are_left_out() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    mosoo.next_run(Script::reply("One."));
    mosoo.next_run(Script::reply("Two."));
    let first = started(&client, &mosoo).await;
    first.wait().interval(QUICK).await.unwrap();
    let second = first.reply("And then?").await.unwrap();
    second.wait().interval(QUICK).await.unwrap();
    for (run, text) in [(first, "One."), (second, "Two.")] {
        let mut events = run.events();
        let told = told(&mut events).await;
        assert_eq!(events.text(), text);
        assert_eq!(told.iter().filter(|event| *event == "run.started").count(), 1);
    }
}

#[tokio::test]
async fn a_wait_that_passes_its_deadline_tells_the_last_status_and_the_run_goes_on() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (_sandbox, mosoo, client) = start(dialect).await;
        mosoo.next_run(Script::new().never_ends());
        let run = started(&client, &mosoo).await;
        run.read().await.unwrap();
        let wait = run.wait().interval(QUICK).timeout(Duration::from_millis(50));
        let error = wait.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline, "{dialect:?}");
        let status = error.last_status().unwrap();
        assert!(["queued", "booting", "running"].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn the_first_event_of_a_confirmation_names_the_call() {
    let (_sandbox, mosoo, client) = start(Dialect::Current).await;
    mosoo.next_run(Script::new().asks(Permission::new("Run it", "toolu_9")).text("Done."));
    let run = started(&client, &mosoo).await;
    let mut events = run.events();
    let asked = loop {
        let event = events.next().await.unwrap().unwrap();
        if let RunEvent::Event(event) = event
            && event.type_ == ThreadEventType::ToolConfirmationRequired
        {
            break event;
        }
    };
    run.approve(asked.tool_call_id.unwrap()).await.unwrap();
    assert_eq!(told(&mut events).await.last().unwrap(), "run.completed");
    assert_eq!(events.text(), "Done.");
}
