//! What a server can send that it should not.

use super::{all, start, task};
use agent_threads_modus::{
    Client, ErrorKind,
    sse::Limits,
    types::{ModusRunCreate, RunAction, RunCreate, RunEvent},
};
use agent_threads_sandbox::{
    Fault,
    modus::{Event, Script, Target},
    sse::StreamFault,
};
use serde_json::json;

#[tokio::test]
async fn what_is_no_stream_is_an_error_that_says_what_came() {
    let cases = [
        (Fault::json(200, json!({ "runId": "r1" })), "`application/json`"),
        (Fault::html(200), "`text/html; charset=utf-8`"),
        (Fault::empty(204), "no content type"),
        (Fault::stream(StreamFault::new().content_type("text/plain")), "`text/plain`"),
    ];
    for (fault, came) in cases {
        let (_sandbox, modus, client) = start().await;
        modus.fault(Target::CreateRun, fault);
        let error = client.run(task(&modus)).wait().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAStream);
        assert!(error.to_string().contains(came), "{error}");
        assert_eq!(modus.requests().len(), 1);
    }
}

#[tokio::test]
async fn lines_and_events_without_end_are_cut_at_the_limit() {
    let faults =
        [StreamFault::new().endless_line_after(2), StreamFault::new().endless_event_after(2)];
    for fault in faults {
        let (_sandbox, modus, client) = start().await;
        let client =
            client.with(|settings| settings.sse_limits(Limits { line: 1 << 16, event: 1 << 16 }));
        modus.next_run(Script::new().tokens(["a", "b", "c"]));
        modus.fault(Target::CreateRun, Fault::stream(fault));
        let mut run = client.run(task(&modus));
        assert_eq!(all(&mut run).await, ["a", "b", "BodyTooLarge"]);
        assert_eq!(run.handle().last_event_id, "1717000000001-0");
    }
}

#[tokio::test]
async fn unknown_events_and_events_without_a_type_are_kept_whole() {
    let (_sandbox, modus, client) = start().await;
    let odd = [
        json!({ "type": "ws_chunk", "n": [1, 2] }),
        json!({ "content": "no type" }),
        json!([1, "two"]),
    ];
    modus.next_run(odd.iter().fold(Script::new(), |script, odd| script.raw(odd.clone())));
    let mut run = client.run(task(&modus));
    for expected in odd {
        let event = run.next().await.unwrap().unwrap();
        let RunEvent::Unknown(unknown) = &event else { panic!("{event:?}") };
        assert_eq!(*unknown.json(), expected);
        assert_eq!(unknown.kind(), expected["type"].as_str().unwrap_or_default());
    }
    assert_eq!(all(&mut run).await, ["done"]);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_one_error_and_the_run_goes_on() {
    let (_sandbox, modus, client) = start().await;
    let script = || {
        Script::new()
            .tokens(["a"])
            .event(Event::data("not JSON"))
            .event(Event::malformed())
            .event(Event::json(json!({ "type": "token", "content": 5 })))
            .event(Event::data("[DONE]"))
            .tokens(["b"])
    };
    modus.next_run(script());
    let mut run = client.run(task(&modus));
    assert_eq!(all(&mut run).await, ["a", "Decode", "Decode", "Decode", "b", "done"]);
    let outcome = run.outcome().unwrap();
    assert_eq!((outcome.text.as_str(), outcome.unreadable), ("ab", 3));

    modus.next_run(script());
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_events(3)));
    let mut run = client.run(task(&modus));
    assert_eq!(all(&mut run).await, ["a", "Decode", "Decode", "Decode", "b", "done"]);
}

#[tokio::test]
async fn an_unreadable_event_keeps_its_data_and_its_place() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(
        Script::new().tokens(["a"]).event(Event::json(json!({ "type": "token", "content": 5 }))),
    );
    let mut run = client.run(task(&modus));
    run.next().await.unwrap().unwrap();
    let error = run.next().await.unwrap().unwrap_err();
    assert_eq!(error.last_event_id(), Some("1717000000001-0"));
    let data: serde_json::Value = error.decode().unwrap();
    assert_eq!(data["content"], 5);
    assert!(
        error.to_string().contains("create_run") && error.to_string().contains("content"),
        "{error}"
    );
}

#[tokio::test]
async fn a_last_event_that_cannot_be_read_ends_the_run_all_the_same() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(
        Script::new().tokens(["a"]).ends_with(Event::json(json!({ "type": "done", "runId": [1] }))),
    );
    let mut run = client.run(task(&modus));
    let outcome = run.wait().await.unwrap();
    assert!(outcome.is_done());
    assert_eq!((outcome.unreadable, modus.requests().len()), (1, 1));
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_replaced() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().tokens(["a", "b"]));
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().bad_utf8(0)));
    let delivered = all(&mut client.run(task(&modus))).await;
    assert_eq!(delivered.len(), 3);
    assert!(delivered[0].contains('\u{fffd}') || delivered[0] == "Decode", "{delivered:?}");
    assert_eq!(delivered[1..], ["b", "done"]);
}

#[tokio::test]
async fn the_vendors_refusals_are_errors_with_status_code_and_message() {
    let (_sandbox, modus, client) = start().await;
    let foreign = RunCreate::new("hi", "s", "another organization");
    let error = client.run(foreign).wait().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.code()), (403, Some("FORBIDDEN")));
    assert!(error.request_id().is_some());
    let stranger = Client::builder().base_url(modus.url()).token("modus_stranger").build().unwrap();
    let error = stranger.run(task(&modus)).wait().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.code()), (401, Some("UNAUTHORIZED")));
    modus.fault(
        Target::CreateRun,
        Fault::json(400, json!({ "statusCode": 400, "message": ["bad", "worse"] })),
    );
    let error = client.run(task(&modus)).wait().await.unwrap_err();
    assert_eq!(error.message(), Some("bad; worse"));
}

#[tokio::test]
async fn what_the_page_rules_out_is_refused_before_anything_is_sent() {
    let (_sandbox, modus, client) = start().await;
    let mut run = client.run(task(&modus).action(RunAction::from("delete")));
    let error = run.next().await.unwrap().unwrap_err();
    assert!(run.next().await.is_none(), "a loop over the events of a refused run must end");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(
        error.to_string().contains("create_run") && error.to_string().contains("`action`"),
        "{error}"
    );
    let error = client.run(task(&modus)).key("not a key").wait().await.unwrap_err();
    assert!(error.to_string().contains("idempotency_key"), "{error}");
    assert!(modus.requests().is_empty());
    client.run(task(&modus).action(RunAction::Chat)).wait().await.unwrap();
}

#[tokio::test]
async fn a_run_id_that_is_no_uuid_is_sent_as_it_is_and_taken_up_again() {
    for key in ["job-7", "7", "a/b?c#d", "%2F"] {
        let (_sandbox, modus, client) = start().await;
        modus.next_run(Script::new().tokens(["a", "b"]));
        modus.fault(Target::CreateModusRun, Fault::stream(StreamFault::new().cut_after_events(1)));
        let mut run = client.run_modus(ModusRunCreate::new("hi", "s")).key(key);
        assert_eq!(all(&mut run).await, ["a", "b", "done"], "{key}");
        assert_eq!(modus.run_ids(), [key]);
    }
}

#[tokio::test]
async fn the_size_of_a_page_is_the_vendors_to_bound() {
    let (_sandbox, modus, client) = start().await;
    modus.set_scopes((1..=150).map(|id| json!({ "id": id })));
    for size in [101, 5000] {
        let page = client.list_scopes().page_size(size).await.unwrap();
        assert_eq!(page.scopes.unwrap().len(), 100, "{size}");
    }
    for size in [0, 101, -1] {
        let error = client.list_active_runs().page_size(size).await.unwrap_err();
        // With which status is not documented.
        assert!(error.status().unwrap().is_client_error(), "{size}: {error}");
        assert_eq!(error.attempts(), 1);
        let query = modus.requests().pop().unwrap().query;
        assert_eq!(query.as_deref(), Some(&*format!("pageSize={size}")));
    }
    client.list_active_runs().page_size(100).await.unwrap();
}

#[test]
fn a_token_of_another_kind_is_refused_without_being_shown() {
    let error = Client::new("oct_agt_marker").unwrap_err().to_string();
    assert!(error.contains("modus_") && !error.contains("marker"), "{error}");
    assert!(error.contains("allow_any_token"), "{error}");
    Client::builder().token("oct_agt_marker").allow_any_token(true).build().unwrap();
}

#[test]
fn a_run_id_that_vanishes_from_the_path_is_refused() {
    let client = Client::new("modus_key").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for bad in ["", ".", ".."] {
        let mut run = client.attach(agent_threads_modus::Handle::new(bad));
        let error = runtime.block_on(run.next()).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}
