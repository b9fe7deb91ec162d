//! Whole runs, against the sandbox.

use agent_threads_deco_studio::{
    Answer, Assembler, Client, ErrorKind, Handle, Pending, RetryPolicy, Run,
    types::{ThreadStatus, ToolApprovalLevel, UiMessage, UiMessageChunk},
};
use agent_threads_sandbox::{
    Fault, Sandbox,
    deco_studio::{AgentField, DecoStudio, Script, Target, ToolCall},
    sse::StreamFault,
};
use serde_json::json;
use std::time::Duration;

const QUICK: Duration = Duration::from_millis(1);

pub(super) async fn start() -> (Sandbox, DecoStudio, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let studio = sandbox.deco_studio();
    let client = Client::builder()
        .base_url(studio.url())
        .parameter("org", studio.organization())
        .token(studio.key())
        .retry(RetryPolicy::default().base_delay(QUICK))
        .build()
        .unwrap();
    (sandbox, studio, client)
}

pub(super) async fn ask(client: &Client, studio: &DecoStudio, text: &str) -> Run {
    client.ask(studio.agent_id(), text).await.unwrap().interval(QUICK)
}

/// The text of all chunks delivered, and the types of the others.
async fn told(run: &mut Run) -> (String, Vec<String>) {
    let (mut text, mut others) = (String::new(), Vec::new());
    while let Some(chunk) = run.next().await {
        match chunk.unwrap() {
            UiMessageChunk::TextDelta(delta) => text.push_str(&delta.delta),
            chunk => {
                let chunk = serde_json::to_value(chunk).unwrap();
                others.push(chunk["type"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(run.next().await.is_none(), "what has ended stays so");
    (text, others)
}

fn paths(studio: &DecoStudio) -> Vec<String> {
    let short = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    studio.requests().iter().map(|request| short(&request.path)).collect()
}

#[tokio::test]
async fn an_ask_makes_the_thread_opens_the_stream_and_then_posts() {
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::new().run_status("analyzing-scope").text("It is solved."));
    let mut run = ask(&client, &studio, "Sum up ticket 812").await;
    assert_eq!(paths(&studio), ["COLLECTION_THREADS_CREATE", "stream", "messages"]);
    let (text, others) = told(&mut run).await;
    assert_eq!(text, "It is solved.");
    assert_eq!(others.first().unwrap(), "data-run-status");
    assert_eq!(others.last().unwrap(), "finish");
    let outcome = run.wait().await.unwrap();
    assert!(outcome.is_completed());
    assert_eq!(outcome.text(), "It is solved.");
    assert_eq!(outcome.message.text(), "It is solved.");
    let roles: Vec<_> = outcome.messages.iter().map(|m| m.role.to_string()).collect();
    assert_eq!(roles, ["user", "assistant"]);
    assert_eq!(outcome.messages[1].id, outcome.message.id.unwrap());
    assert_eq!(studio.open_streams(), 0, "a run that is over needs no connection");

    let posted = studio.requests()[2].json().unwrap();
    let agent = json!({ "id": studio.agent_id() });
    assert_eq!(posted["agent"], agent);
    assert_eq!(posted.as_object().unwrap().len(), 2, "nothing is sent that nobody has set");
}

#[tokio::test]
async fn both_races_are_waited_out() {
    for (start_lag, store_lag) in [(0, 0), (3, 0), (0, 3), (5, 5)] {
        let (_sandbox, studio, client) = start().await;
        studio.set_start_lag(start_lag);
        studio.set_store_lag(store_lag);
        // Without a stream, so that the thread alone can tell.
        for has_stream in [true, false] {
            studio.set_live_buffer(has_stream);
            studio.next_run(Script::reply("One."));
            studio.next_run(Script::reply("Two."));
            let mut first = ask(&client, &studio, "First").await;
            let done = first.wait().await.unwrap();
            assert_eq!(
                (done.text().as_str(), &done.thread.status),
                ("One.", &ThreadStatus::Completed)
            );
            let mut second = first.follow_up("Second").await.unwrap().interval(QUICK);
            let done = second.wait().await.unwrap();
            let lags = (start_lag, store_lag, has_stream);
            assert_eq!(done.text(), "Two.", "{lags:?}");
            assert_eq!(done.messages.len(), 4, "{lags:?}");
        }
    }
}

#[tokio::test]
async fn wherever_the_stream_is_cut_each_chunk_comes_once() {
    let script = || {
        let call = ToolCall::new("call_1", "search").input(json!({ "q": "x" })).streams_input();
        Script::new()
            .reasoning("Hm.")
            .deltas(["One ", "two ", "two ", "thrée."])
            .tool(call.output(json!({ "hits": 3 })))
            .next_step()
            .text("Four.")
    };
    let whole = {
        let (_sandbox, studio, client) = start().await;
        studio.next_run(script());
        let mut run = ask(&client, &studio, "Count").await;
        (told(&mut run).await, run.wait().await.unwrap().message.parts)
    };
    for cut in 0..24 {
        let (_sandbox, studio, client) = start().await;
        studio.next_run(script());
        studio.fault(Target::StreamThread, StreamFault::new().cut_after_events(cut));
        studio.fault(Target::StreamThread, StreamFault::new().end_after_events(cut + 2));
        let mut run = ask(&client, &studio, "Count").await;
        let told = told(&mut run).await;
        let outcome = run.wait().await.unwrap();
        assert_eq!(outcome.text(), "One two two thrée.\n\nFour.", "{cut}");
        // A run that ended while there was no connection is not told any more; the transcript has it.
        if told.1.last().is_some_and(|last| last == "finish") {
            assert_eq!((told, outcome.message.parts), whole, "{cut}");
        }
    }
}

#[tokio::test]
async fn a_lost_connection_is_made_again_while_the_run_goes_on() {
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::new().deltas(["One ", "two "]).hold().deltas(["three."]));
    studio.fault(Target::StreamThread, StreamFault::new().cut_after_events(4));
    let mut run = ask(&client, &studio, "Count").await;
    let mut text = String::new();
    while !text.ends_with("two ") {
        if let UiMessageChunk::TextDelta(delta) = run.next().await.unwrap().unwrap() {
            text.push_str(&delta.delta);
        }
    }
    studio.release(run.thread_id(), 100);
    let (rest, others) = told(&mut run).await;
    assert_eq!((rest.as_str(), others.last().unwrap().as_str()), ("three.", "finish"));
    assert_eq!(run.message().text().replace("\n\n", ""), "One two three.");
    let asked = paths(&studio);
    let streams = asked.iter().filter(|path| *path == "stream").count();
    assert_eq!(streams, 2);
    let lost = asked.iter().rposition(|path| path == "stream").unwrap();
    assert_eq!(asked[lost - 1], "COLLECTION_THREADS_GET", "the thread is asked first");
}

#[tokio::test]
async fn without_a_stream_the_thread_is_read() {
    let (_sandbox, studio, client) = start().await;
    studio.set_live_buffer(false);
    studio.next_run(Script::reply("Done."));
    let mut run = ask(&client, &studio, "Do").await;
    assert!(run.next().await.is_none());
    let outcome = run.wait().await.unwrap();
    assert_eq!(outcome.text(), "Done.");
    assert!(outcome.message.parts.is_empty());
}

#[tokio::test]
async fn a_question_is_answered_and_the_run_goes_on() {
    for renames in [false, true] {
        let (_sandbox, studio, client) = start().await;
        studio.set_renames_answered(renames);
        studio.next_run(Script::asks("Which colour?", "choice", &["Red", "Blue"]));
        studio.next_run(Script::reply("Red it is."));
        let mut run = ask(&client, &studio, "Paint").await;
        let waiting = run.wait().await.unwrap();
        assert_eq!(waiting.thread.status, ThreadStatus::RequiresAction);
        let pending = waiting.pending();
        assert_eq!(pending[0].prompt(), Some("Which colour?"));
        let mut next = run.reply("Red").await.unwrap().interval(QUICK);
        let (text, _) = told(&mut next).await;
        assert_eq!(text, "Red it is.");
        let outcome = next.wait().await.unwrap();
        assert!(outcome.is_completed(), "{renames}");
        assert!(outcome.text().ends_with("Red it is."));
        assert!(outcome.pending().is_empty());

        let posts: Vec<_> =
            studio.requests().into_iter().filter(|r| r.path.ends_with("/messages")).collect();
        let posted = posts[1].json().unwrap()["messages"].clone();
        assert_eq!(posted.as_array().unwrap().len(), 1);
        assert_eq!(posted[0]["role"], "assistant");
        let parts = posted[0]["parts"].as_array().unwrap();
        let part = parts.iter().find(|part| part["toolCallId"] == "call_ask").unwrap();
        assert_eq!(
            (&part["state"], &part["output"]),
            (&json!("output-available"), &json!({ "response": "Red" }))
        );
    }
}

#[tokio::test]
async fn an_approval_goes_back_as_it_was_signed() {
    let asks = || {
        let call = ToolCall::new("call_1", "send_mail").input(json!({ "to": "team" }));
        let call = call.asks_approval("apr_1").approval_field("signature", json!("s1g"));
        Script::new().text("I have a draft.").tool(call.output(json!({ "sent": true })))
    };
    for approved in [true, false] {
        let (_sandbox, studio, client) = start().await;
        studio.next_run(asks());
        studio.next_run(Script::reply("Well."));
        let level = ToolApprovalLevel::Readonly;
        let run = client.ask(studio.agent_id(), "Mail it").tool_approval_level(level).await;
        let mut run = run.unwrap().interval(QUICK);
        let waiting = run.wait().await.unwrap();
        let [Pending::Approval { tool_call_id, tool_name, input }] = &waiting.pending()[..] else {
            panic!("{:?}", waiting.pending())
        };
        assert_eq!((tool_call_id.as_str(), tool_name.as_str()), ("call_1", "send_mail"));
        assert_eq!(input, &json!({ "to": "team" }));
        let stored = serde_json::to_string(&run.handle()).unwrap();
        let elsewhere = client.attach(serde_json::from_str::<Handle>(&stored).unwrap());
        let answer = match approved {
            true => elsewhere.approve(),
            false => elsewhere.deny("not today"),
        };
        let outcome = answer.await.unwrap().interval(QUICK).wait().await.unwrap();
        assert!(outcome.is_completed(), "{approved}");
        assert!(outcome.text().ends_with("Well."));

        let posts: Vec<_> =
            studio.requests().into_iter().filter(|r| r.path.ends_with("/messages")).collect();
        let posted = posts[1].json().unwrap();
        let parts = posted["messages"][0]["parts"].as_array().unwrap().clone();
        let part = parts.iter().find(|part| part["toolCallId"] == "call_1").unwrap();
        assert_eq!(part["state"], "approval-responded");
        let mut expected = json!({ "id": "apr_1", "approved": approved, "signature": "s1g" });
        if !approved {
            expected["reason"] = json!("not today");
        }
        assert_eq!(part["approval"], expected);
    }
}

#[tokio::test]
async fn answers_that_fit_nothing_are_refused_before_anything_is_posted() {
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::asks("Which?", "text", &[]));
    let mut run = ask(&client, &studio, "Paint").await;
    run.wait().await.unwrap();
    let posts = |studio: &DecoStudio| {
        studio.requests().iter().filter(|r| r.path.ends_with("/messages")).count()
    };
    for answer in [run.approve(), run.answer([Answer::reply("call_other", "Red")])] {
        let error = answer.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(posts(&studio), 1);
}

#[tokio::test]
async fn failures_are_outcomes_and_the_first_error_says_why() {
    for script in [
        Script::new().text("Well").fails("No credits."),
        Script::new().text("Well").fails_twice("No credits."),
    ] {
        let (_sandbox, studio, client) = start().await;
        studio.next_run(script);
        let mut run = ask(&client, &studio, "Do").await;
        let (_, others) = told(&mut run).await;
        assert_eq!(others.last().unwrap(), "error");
        let outcome = run.wait().await.unwrap();
        assert_eq!(outcome.thread.status, ThreadStatus::Failed);
        assert_eq!(outcome.error.as_deref(), Some("No credits."));
    }
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::new().text("Well").breaks_off());
    let mut run = ask(&client, &studio, "Do").await.timeout(Duration::from_secs(20));
    // No chunk says that it is over: the stream stays open, and only silence makes the client look.
    let handle = run.handle();
    let looked = client.attach(handle).interval(QUICK).wait().await.unwrap();
    assert_eq!(looked.thread.status, ThreadStatus::Failed);
    drop(run.next().await);
}

#[tokio::test]
async fn a_run_is_cancelled_with_and_without_a_chunk_that_says_so() {
    for says_so in [true, false] {
        let (_sandbox, studio, client) = start().await;
        studio.set_abort_chunk(says_so);
        studio.next_run(Script::new().text("Well").hold().text("never"));
        let mut run = ask(&client, &studio, "Do").await;
        while !matches!(run.next().await.unwrap().unwrap(), UiMessageChunk::TextEnd(_)) {}
        run.cancel().await.unwrap();
        let mut run = if says_so { run } else { client.attach(run.handle()).interval(QUICK) };
        let outcome = run.wait().await.unwrap();
        assert_eq!(outcome.thread.status, ThreadStatus::Failed, "{says_so}");
    }
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_starts_one_run() {
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::reply("Once."));
    studio.fault(Target::PostMessage, Fault::close().with_effect());
    let mut run = ask(&client, &studio, "Do").await;
    let outcome = run.wait().await.unwrap();
    assert_eq!(outcome.messages.len(), 2);
    let posts: Vec<_> =
        studio.requests().into_iter().filter(|r| r.path.ends_with("/messages")).collect();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].body, posts[1].body, "the same message, the same id");
}

#[tokio::test]
async fn a_thread_at_work_takes_no_follow_up() {
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::new().text("Well").hold());
    let mut run = ask(&client, &studio, "Do").await;
    while !matches!(run.next().await.unwrap().unwrap(), UiMessageChunk::TextEnd(_)) {}
    let error = run.follow_up("More").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("at work"), "{error}");
    let queue = client.list_queue(run.thread_id()).await.unwrap();
    assert!(queue.items.len() <= 1);
}

#[tokio::test]
async fn a_handle_is_attached_while_the_run_goes_on_and_after() {
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::new().deltas(["One ", "two "]).hold().deltas(["three."]));
    let mut run = ask(&client, &studio, "Count").await;
    while !matches!(run.next().await.unwrap().unwrap(), UiMessageChunk::TextEnd(_)) {}
    let handle = run.handle();
    drop(run);
    let mut again = client.attach(handle.clone()).interval(QUICK);
    let first = again.next().await.unwrap().unwrap();
    assert!(matches!(first, UiMessageChunk::Start(_)), "from the run's first chunk on");
    studio.release(again.thread_id(), 100);
    let (text, _) = told(&mut again).await;
    assert_eq!(text, "One two three.");
    let mut over = client.attach(handle).interval(QUICK);
    assert!(over.next().await.is_none());
    assert_eq!(over.wait().await.unwrap().text().replace("\n\n", ""), "One two three.");
}

#[tokio::test]
async fn a_server_that_refuses_the_agent_is_asked_without_it() {
    let (_sandbox, studio, client) = start().await;
    studio.set_agent_field(AgentField::Rejected);
    let refused = client.ask(studio.agent_id(), "Do").await.unwrap_err();
    assert_eq!(refused.status().map(|s| s.as_u16()), Some(400));
    let run = client.ask(studio.agent_id(), "Do").without_agent().await;
    assert!(run.unwrap().interval(QUICK).wait().await.unwrap().is_completed());
}

#[tokio::test]
async fn a_deadline_leaves_the_run_alone() {
    let (_sandbox, studio, client) = start().await;
    studio.next_run(Script::new().text("Well").hold());
    let mut run = ask(&client, &studio, "Do").await.timeout(Duration::from_millis(50));
    let error = run.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    studio.release(run.thread_id(), 100);
    let mut run = run.timeout(Duration::from_secs(30));
    assert!(run.wait().await.unwrap().is_completed());
}

#[tokio::test]
async fn what_a_follower_puts_together_is_what_the_server_stores() {
    let (_sandbox, studio, client) = start().await;
    let call = ToolCall::new("call_1", "search").input(json!({ "q": "x", "n": [1, 2] }));
    studio.next_run(
        Script::new()
            .reasoning("Look.")
            .text("Found:")
            .tool(call.streams_input().output(json!({ "hits": [{ "id": 1 }] })))
            .data_with_id("web-search", "w1", json!({ "delta": "a" }))
            .data_with_id("web-search", "w1", json!({ "delta": "ab" }))
            .source_url("s1", "https://example.com/", "Example")
            .file("https://example.com/a.png", "image/png")
            .usage(11, 7),
    );
    let mut run = ask(&client, &studio, "Find").await;
    let mut apart = Assembler::new();
    while let Some(chunk) = run.next().await {
        apart.push(&chunk.unwrap()).unwrap();
    }
    let outcome = run.wait().await.unwrap();
    let stored = UiMessage::from(outcome.answer().unwrap().clone());
    let comparable = |message: &UiMessage| {
        let mut parts = serde_json::to_value(&message.parts).unwrap();
        let all = parts.as_array_mut().unwrap();
        all.retain(|part| part["type"] != "step-start");
        // A stored thought has no id.
        for part in all.iter_mut().filter(|part| part["type"] == "reasoning") {
            part.as_object_mut().unwrap().remove("id");
        }
        parts
    };
    assert_eq!(comparable(&outcome.message), comparable(&stored));
    assert_eq!(&outcome.message, apart.message());
    assert_eq!(outcome.message.usage().unwrap().input_tokens, Some(11.0));
}

#[tokio::test]
async fn an_answer_that_is_listed_before_its_run_shows_is_not_the_end() {
    let (_sandbox, studio, client) = start().await;
    studio.set_renames_answered(true);
    studio.next_run(Script::asks("Which colour?", "choice", &["Red", "Blue"]));
    let mut asking = ask(&client, &studio, "Paint it").await;
    assert_eq!(asking.wait().await.unwrap().pending().len(), 1);
    // The thread is read as it was, and then, with the messages, the run begins.
    studio.set_live_buffer(false);
    studio.set_start_lag(1);
    studio.next_run(Script::reply("Red it is."));
    let mut answered = asking.reply("Red").await.unwrap().interval(QUICK);
    let outcome = answered.wait().await.unwrap();
    assert!(outcome.is_completed(), "{:?}", outcome.thread.status);
    assert!(outcome.pending().is_empty());
}
