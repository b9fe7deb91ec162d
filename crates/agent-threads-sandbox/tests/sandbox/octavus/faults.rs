//! What a client sees of each fault.

use std::time::{Duration, SystemTime};

use agent_threads_sandbox::octavus::Target;
use agent_threads_sandbox::{Fault, RetryAfter};
use futures_util::{FutureExt, StreamExt};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::caller::{Caller, answer, header, raw_read, read_until, thread};

#[tokio::test]
async fn an_error_status_has_the_vendors_body_and_the_request_has_no_effect() {
    let caller = Caller::start().await;
    caller.octavus.fault(Target::Dispatch, Fault::status(402));
    let body = answer(caller.dispatching("x"), 402).await;
    assert_eq!(
        body,
        json!({ "error": "The agent is blocked by a usage or spending limit", "code": "PAYMENT_REQUIRED" })
    );
    assert!(caller.octavus.thread_ids().is_empty());
    assert_eq!(caller.octavus.requests().len(), 1);
    assert_eq!(caller.octavus.faults_left(), 0);
    caller.dispatch("x").await;
}

#[tokio::test]
async fn codes_messages_and_envelopes_can_be_chosen() {
    let caller = Caller::start().await;
    let busy = Fault::status(409).code("AGENT_BUSY").message("The agent is busy");
    caller.octavus.fault(Target::Any, busy);
    let body = answer(caller.dispatching("x"), 409).await;
    assert_eq!(body, json!({ "error": "The agent is busy", "code": "AGENT_BUSY" }));

    caller.octavus.fault(Target::Any, Fault::nested_error(500).code("X").message("y"));
    let body = answer(caller.dispatching("x"), 500).await;
    assert_eq!(body, json!({ "error": { "code": "X", "message": "y" } }));

    caller.octavus.fault(Target::Any, Fault::json(200, json!([1, "other shape"])));
    assert_eq!(answer(caller.dispatching("x"), 200).await, json!([1, "other shape"]));
}

#[tokio::test]
async fn each_form_of_retry_after_is_sent_as_servers_send_it() {
    let caller = Caller::start().await;
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_928_000);
    let forms = [
        (RetryAfter::Seconds(3), "retry-after", "3"),
        (RetryAfter::Date(date), "retry-after", "Fri, 02 Oct 2026 08:00:00 GMT"),
        (RetryAfter::Millis(250), "retry-after-ms", "250"),
    ];
    for (form, name, value) in forms {
        for (fault, status) in
            [(Fault::rate_limited(form), 429), (Fault::status(503).retry_after(form), 503)]
        {
            caller.octavus.fault(Target::Any, fault);
            let response = caller.dispatching("x").send().await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(header(&response, name), Some(value));
        }
    }
    caller.octavus.fault(Target::Any, Fault::status(503));
    let response = caller.dispatching("x").send().await.unwrap();
    assert_eq!(
        (header(&response, "retry-after"), header(&response, "retry-after-ms")),
        (None, None)
    );
}

#[tokio::test]
async fn bodies_that_are_not_json_come_as_asked() {
    let caller = Caller::start().await;
    for status in [502, 200] {
        caller.octavus.fault(Target::Any, Fault::html(status));
        let response = caller.dispatching("x").send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(header(&response, "content-type"), Some("text/html; charset=utf-8"));
        assert!(response.text().await.unwrap().contains("<html>"));
    }
    caller.octavus.fault(Target::Any, Fault::empty(500));
    let response = caller.dispatching("x").send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "content-length")), (500, Some("0")));
    assert_eq!(response.bytes().await.unwrap(), "");

    caller
        .octavus
        .fault(Target::Any, Fault::body(500, "application/json", &b"{\"error\":\"\xff\"}"[..]));
    let response = caller.dispatching("x").send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap(), &b"{\"error\":\"\xff\"}"[..]);
}

#[tokio::test]
async fn a_redirect_names_its_location() {
    let caller = Caller::start().await;
    caller.octavus.fault(Target::Any, Fault::redirect(307, "http://127.0.0.1:1/elsewhere"));
    let response = caller.dispatching("x").send().await.unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(header(&response, "location"), Some("http://127.0.0.1:1/elsewhere"));
}

#[tokio::test]
async fn an_endless_body_goes_on_for_as_long_as_the_client_reads() {
    let caller = Caller::start().await;
    caller.octavus.fault(Target::Any, Fault::endless(500));
    let response = caller.dispatching("x").send().await.unwrap();
    assert_eq!(response.status(), 500);
    let mut body = response.bytes_stream();
    let mut read = 0;
    while read < 8 * 1024 * 1024 {
        read += body.next().await.unwrap().unwrap().len();
    }
    drop(body);
    caller.dispatch("x").await;
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_its_content_length() {
    let caller = Caller::start().await;
    caller.dispatch("x").await;
    for asked in [0, 10, usize::MAX] {
        caller.octavus.fault(Target::GetThread, Fault::cut_after(asked));
        let answer = caller.exchange(&raw_read()).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let promised: usize = promised.parse().unwrap();
        assert_eq!(body.len(), asked.min(promised - 1));
    }
    caller.octavus.fault(Target::GetThread, Fault::cut_after(10));
    let response = caller.reading("cmthread0001").send().await.unwrap();
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn a_large_cut_body_comes_up_to_the_cut() {
    let caller = Caller::start().await;
    caller.dispatch(&"x".repeat(100_000)).await;
    caller.octavus.fault(Target::GetThread, Fault::cut_after(90_000));
    let answer = caller.exchange(&raw_read()).await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.len(), 90_000);
}

#[tokio::test]
async fn a_closed_connection_carries_no_byte_of_an_answer() {
    let caller = Caller::start().await;
    caller.dispatch("x").await;
    caller.octavus.fault(Target::GetThread, Fault::close().times(2));
    assert_eq!(caller.exchange(&raw_read()).await, "");
    assert!(caller.reading("cmthread0001").send().await.is_err());
    assert_eq!(caller.statuses::<1>("cmthread0001").await, ["pending"]);
}

#[tokio::test]
async fn a_stall_before_the_head_lasts_until_the_sandbox_stops() {
    let caller = Caller::start().await;
    caller.dispatch("x").await;
    caller.octavus.fault(Target::GetThread, Fault::stall());
    let mut stream = caller.connect().await;
    stream.write_all(raw_read().as_bytes()).await.unwrap();
    while caller.octavus.faults_left() > 0 {
        tokio::task::yield_now().await;
    }
    // Others are served meanwhile.
    assert_eq!(caller.statuses::<1>("cmthread0001").await, ["pending"]);
    let mut buffer = [0; 1];
    assert!(stream.read(&mut buffer).now_or_never().is_none());
    caller.sandbox.shutdown().await;
    assert_eq!(stream.read(&mut buffer).await.unwrap(), 0);
}

#[tokio::test]
async fn a_stall_within_the_body_keeps_the_connection_open() {
    let caller = Caller::start().await;
    caller.dispatch("x").await;
    caller.octavus.fault(Target::GetThread, Fault::stall_after(12));
    let mut stream = caller.connect().await;
    stream.write_all(raw_read().as_bytes()).await.unwrap();
    let head = read_until(&mut stream, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let mut body = [0; 12];
    stream.read_exact(&mut body).await.unwrap();
    assert_eq!(caller.statuses::<1>("cmthread0001").await, ["queued"]);
    let mut buffer = [0; 1];
    assert!(stream.read(&mut buffer).now_or_never().is_none());
    caller.sandbox.shutdown().await;
    assert_eq!(stream.read(&mut buffer).await.unwrap(), 0);
}

#[tokio::test]
async fn stalled_clients_that_leave_make_room_for_others() {
    const MORE_THAN_THE_SERVER_HOLDS: usize = 1100;
    let caller = Caller::start().await;
    for _ in 0..MORE_THAN_THE_SERVER_HOLDS {
        caller.octavus.fault(Target::Any, Fault::stall());
        let mut stream = caller.connect().await;
        stream.write_all(raw_read().as_bytes()).await.unwrap();
        while caller.octavus.faults_left() > 0 {
            tokio::task::yield_now().await;
        }
    }
    caller.dispatch("x").await;
}

#[tokio::test]
async fn with_effect_the_work_is_done_and_only_the_answer_is_lost() {
    let caller = Caller::start().await;
    caller.octavus.fault(Target::Dispatch, Fault::close().with_effect());
    assert!(caller.dispatching("x").send().await.is_err());
    caller.octavus.fault(Target::Dispatch, Fault::status(500).with_effect());
    answer(caller.dispatching("x"), 500).await;
    assert_eq!(caller.octavus.thread_ids(), ["cmthread0001", "cmthread0002"]);
}

#[tokio::test]
async fn faults_hit_their_own_operation_as_often_as_asked() {
    let caller = Caller::start().await;
    caller.octavus.fault(Target::GetThread, Fault::status(503).skip(1).times(2));
    caller.octavus.fault(Target::FollowUp, Fault::status(500));
    let id = caller.dispatch("x").await;
    caller.read(&id).await;
    answer(caller.reading(&id), 503).await;
    answer(caller.reading(&id), 503).await;
    assert_eq!(caller.read(&id).await["status"], "queued");
    let path = format!("{}/messages", thread(&id));
    let follow_up = caller.request(Method::POST, &path).json(&json!({ "message": "y" }));
    answer(follow_up, 500).await;
    caller.follow_up(&id, "y").await;
}

#[tokio::test]
async fn a_fault_for_any_request_comes_before_keys_and_paths() {
    let caller = Caller::start().await;
    caller.octavus.fault(Target::Any, Fault::status(503).always());
    answer(caller.request_without_key(Method::GET, "/nowhere"), 503).await;
    answer(caller.dispatching("x"), 503).await;
    caller.octavus.clear_faults();
    caller.dispatch("x").await;
}
