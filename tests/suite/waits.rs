//! Waiting for a run, under a paused clock.

use crate::support::seam::{Answer, Seam, json, thread};
use agent_threads_octavus::{ErrorKind, Handle, Phase, RetryPolicy, Run, types::ThreadStatus};
use std::{
    error::Error as _,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::{Instant, sleep};

fn run(seam: &Seam) -> Run {
    seam.client().attach(Handle::new("agent_1", "t1"))
}

/// A thread whose user and agent have spoken in turn.
fn with_messages(status: &str, count: usize) -> Answer {
    let message = |role| {
        format!(
            r#"{{"id":"m","role":"{role}","status":"done","createdAt":"2026-10-02T08:01:00.000Z","parts":[]}}"#
        )
    };
    let roles = ["user", "assistant"].into_iter().cycle().take(count);
    let messages = roles.map(message).collect::<Vec<_>>().join(",");
    json(200, format!(r#"{{"threadId":"t1","status":"{status}","messages":[{messages}]}}"#))
}

#[tokio::test(start_paused = true)]
async fn the_defaults_are_those_of_the_vendors_sdk() {
    let seam =
        Seam::new([thread("pending"), thread("queued"), thread("running"), thread("completed")]);
    let done = run(&seam).wait().await.unwrap();
    assert_eq!(done.status, ThreadStatus::Completed);
    assert_eq!(seam.times(), [0.0, 3.0, 6.0, 9.0]);

    let seam = Seam::new([thread("running")]);
    let start = Instant::now();
    let error = run(&seam).wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(start.elapsed(), Duration::from_secs(15 * 60));
    assert_eq!(error.last_status(), Some("running"));
    let text = error.to_string();
    assert!(text.contains("thread t1 is still `running` after 900s"), "{text}");
    assert!(text.contains("goes on") && text.contains("attached again"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_over_is_read_once() {
    for status in ["completed", "failed", "cancelled", "blocked"] {
        let seam = Seam::new([thread(status)]);
        let done = run(&seam).wait().timeout(Duration::ZERO).await;
        assert_eq!(done.unwrap().status.as_str(), status);
        assert_eq!(seam.times(), [0.0]);
    }
}

#[tokio::test(start_paused = true)]
async fn each_status_is_told_once_as_it_changes() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&told);
    let statuses = ["pending", "pending", "queued", "sleeping", "running", "running", "completed"];
    let seam = Seam::new(statuses.map(thread));
    run(&seam)
        .wait()
        .on_status(move |status| sink.lock().unwrap().push(status.to_string()))
        .await
        .unwrap();
    assert_eq!(*told.lock().unwrap(), ["pending", "queued", "sleeping", "running", "completed"]);
}

#[tokio::test(start_paused = true)]
async fn failures_that_may_pass_are_survived_beyond_the_retries_of_a_call() {
    let down = json(503, "{}");
    let mut answers = vec![thread("running")];
    answers.extend(vec![down; 10]);
    answers.extend([
        Answer::Fails(Phase::Exchange),
        Answer::Breaks("{".into()),
        thread("completed"),
    ]);
    let seam = Seam::new(answers);
    let done = run(&seam).wait().await.unwrap();
    assert_eq!(done.status, ThreadStatus::Completed);
    assert_eq!(seam.sent().len(), 14);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_down_ends_the_wait_at_its_deadline_with_the_cause() {
    let seam = Seam::new([json(503, r#"{"error":"down"}"#)]);
    let start = Instant::now();
    let error = run(&seam).wait().timeout(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Deadline, 60));
    assert_eq!(error.last_status(), None);
    assert!(error.source().unwrap().to_string().contains("503"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_stays_ends_the_wait_at_once() {
    for status in [401, 403, 404] {
        let seam = Seam::new([thread("running"), json(status, r#"{"error":"no"}"#)]);
        let error = run(&seam).wait().await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(seam.times(), [0.0, 3.0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_retry_after_lengthens_the_pause_and_not_the_deadline() {
    let busy = Answer::Full(429, vec![("retry-after", "100".into())], String::new());
    let seam = Seam::new([busy.clone(), thread("completed")]);
    run(&seam).wait().await.unwrap();
    assert_eq!(seam.times(), [0.0, 100.0]);

    let seam = Seam::new([busy]);
    let start = Instant::now();
    let error = run(&seam).wait().timeout(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Deadline, 60));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_does_not_outlast_the_deadline() {
    let seam = Seam::new([thread("running"), Answer::Hangs]);
    let start = Instant::now();
    let error = run(&seam).wait().timeout(Duration::from_secs(10)).await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Deadline, 10));
    assert_eq!(error.last_status(), Some("running"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_be_cancelled_and_the_run_attached_again() {
    let seam = Seam::new([thread("running")]);
    let waiting = run(&seam);
    let wait = waiting.wait().cancel_on(sleep(Duration::from_secs(7)));
    let error = wait.await.unwrap_err();
    assert_eq!((error.kind(), error.last_status()), (ErrorKind::Cancelled, Some("running")));
    assert_eq!(seam.times(), [0.0, 3.0, 6.0]);

    let stored = serde_json::to_string(&waiting.handle()).unwrap();
    assert!(!stored.contains("oct_agt"), "{stored}");
    let elsewhere = Seam::new([thread("completed")]);
    let again = elsewhere.client().attach(serde_json::from_str(&stored).unwrap());
    assert_eq!(again.wait().await.unwrap().status, ThreadStatus::Completed);
    assert!(elsewhere.sent()[0].url.ends_with("/agents/agent_1/threads/t1"));
}

#[tokio::test(start_paused = true)]
async fn idle_is_waited_out_unless_the_caller_says_otherwise() {
    let seam = Seam::new([thread("idle"), thread("idle"), thread("running"), thread("completed")]);
    assert_eq!(run(&seam).wait().await.unwrap().status, ThreadStatus::Completed);

    let seam = Seam::new([thread("idle"), thread("running"), thread("idle"), thread("idle")]);
    let idle = run(&seam).wait().stop_when_idle(2).await.unwrap();
    assert_eq!((idle.status, seam.sent().len()), (ThreadStatus::Idle, 4));
}

#[tokio::test(start_paused = true)]
async fn one_bad_part_does_not_hide_that_the_run_is_over() {
    let raw = r#"{"threadId":"t1","status":"completed","messages":[{"id":"m","role":"assistant","status":"done",
        "createdAt":"2026-10-02T08:01:00.000Z","parts":[{"type":"text","status":"done","text":{"not":"text"}}]}]}"#;
    let seam = Seam::new([thread("running"), json(200, raw)]);
    let error = run(&seam).wait().await.unwrap_err();
    assert_eq!((error.kind(), error.last_status()), (ErrorKind::Decode, Some("completed")));
    assert_eq!(error.raw_body().unwrap(), raw);
    let text = error.to_string();
    assert!(text.contains("`completed`") && text.contains("messages[0].parts[0].text"), "{text}");
    assert_eq!(seam.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_bad_part_on_the_way_does_not_end_the_wait() {
    let bad = r#"{"threadId":"t1","status":"running","messages":[{"parts":5}]}"#;
    let seam = Seam::new([json(200, bad), thread("completed")]);
    assert_eq!(run(&seam).wait().await.unwrap().status, ThreadStatus::Completed);
}

const ACCEPTED: &str = r#"{"threadId":"t1","status":"running"}"#;

#[tokio::test(start_paused = true)]
async fn the_end_of_the_run_before_a_reply_is_not_taken_for_the_end_of_the_reply() {
    let seam = Seam::new([
        with_messages("completed", 2),
        json(202, ACCEPTED),
        with_messages("completed", 2),
        with_messages("completed", 3),
        with_messages("running", 3),
        with_messages("completed", 4),
    ]);
    let reply = run(&seam).reply("more").await.unwrap();
    let methods: Vec<_> = seam.sent().into_iter().map(|sent| sent.method).collect();
    assert_eq!(methods, ["GET", "POST"], "the thread is read before the reply");
    // The handle knows it too, in whatever process it is attached.
    let stored = serde_json::to_string(&reply.handle()).unwrap();
    let elsewhere = seam.client().attach(serde_json::from_str(&stored).unwrap());
    assert_eq!(elsewhere.wait().await.unwrap().messages.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn replies_to_one_run_each_get_their_own_answer() {
    let seam = Seam::new([
        with_messages("completed", 2),
        json(202, ACCEPTED),
        with_messages("completed", 4),
        with_messages("completed", 4),
        json(202, ACCEPTED),
        with_messages("completed", 4),
        with_messages("completed", 6),
    ]);
    let first = run(&seam);
    let one = first.reply("one").await.unwrap().wait().await.unwrap();
    let two = first.reply("two").await.unwrap().wait().await.unwrap();
    assert_eq!((one.messages.len(), two.messages.len()), (4, 6));
}

#[tokio::test(start_paused = true)]
async fn where_the_vendor_tells_when_a_run_ended_that_decides() {
    let ended = |at: &str| {
        json(
            200,
            format!(
                r#"{{"threadId":"t1","status":"completed","messages":[],"completedAt":"{at}"}}"#
            ),
        )
    };
    let seam = Seam::new([
        ended("2026-10-02T08:00:00Z"),
        json(202, ACCEPTED),
        ended("2026-10-02T08:00:00Z"),
        ended("2026-10-02T08:01:00Z"),
    ]);
    let done = run(&seam).reply("more").await.unwrap().wait().await.unwrap();
    assert_eq!(done.completed().unwrap().to_rfc3339(), "2026-10-02T08:01:00+00:00");
    assert_eq!(seam.times(), [0.0, 0.0, 0.0, 3.0]);
}

#[tokio::test(start_paused = true)]
async fn a_thread_that_never_grows_is_not_waited_for_in_vain() {
    let seam = Seam::new([
        with_messages("completed", 2),
        json(202, ACCEPTED),
        with_messages("completed", 2),
    ]);
    let again = run(&seam).reply("more").await.unwrap().wait().await.unwrap();
    assert_eq!(again.messages.len(), 2);
}

/// An ended thread with what settles late.
fn settling(usage: u64, recording: &str) -> Answer {
    json(
        200,
        format!(
            r#"{{"threadId":"t1","status":"completed","messages":[],
            "usage":{{"currency":"USD","costUsd":0.5,"totalFeeUsd":0.6,"byok":false,"inputTokens":{usage},"outputTokens":1,"totalTokens":{usage}}},
            "recording":{{"status":"{recording}","visibility":"private","url":null,"error":null}}}}"#
        ),
    )
}

#[tokio::test(start_paused = true)]
async fn what_settles_late_is_waited_for_on_request() {
    let answers = [
        settling(0, "processing"),
        settling(7, "processing"),
        settling(9, "processing"),
        settling(9, "ready"),
    ];
    let seam = Seam::new(answers.clone());
    let thread = run(&seam).wait().await.unwrap();
    assert_eq!((thread.usage.unwrap().total_tokens, seam.times()), (Some(0), vec![0.0]));

    let seam = Seam::new(answers);
    let thread = run(&seam).wait().settle(Duration::from_secs(120)).await.unwrap();
    assert_eq!(thread.usage.unwrap().total_tokens, Some(9));
    assert_eq!(seam.times(), [0.0, 3.0, 6.0, 9.0]);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_settle_in_time_is_taken_as_it_is() {
    let endings = [
        vec![settling(7, "processing"), settling(8, "processing")],
        vec![settling(7, "processing"), json(500, "{}")],
        vec![settling(7, "processing"), thread("running")],
    ];
    for answers in endings {
        let seam = Seam::new(answers);
        let thread = run(&seam).wait().settle(Duration::from_secs(10)).await.unwrap();
        assert_eq!(thread.status, ThreadStatus::Completed);
        assert!(thread.usage.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_tells_its_handle_before_the_first_read() {
    let seam =
        Seam::new([json(201, r#"{"threadId":"t9","status":"pending"}"#), thread("completed")]);
    let saved = Arc::new(Mutex::new(None));
    let (store, watched) = (Arc::clone(&saved), seam.clone());
    seam.client()
        .run("agent_1", "task")
        .on_dispatched(move |handle| {
            assert_eq!(watched.sent().len(), 1);
            *store.lock().unwrap() = Some(handle.clone());
        })
        .await
        .unwrap();
    assert_eq!(*saved.lock().unwrap(), Some(Handle::new("agent_1", "t9")));
}

#[tokio::test(start_paused = true)]
async fn a_run_reads_with_the_retries_of_its_client() {
    let seam = Seam::new([json(503, "{}"), json(503, "{}"), thread("completed")]);
    let client = seam.client().with(|settings| settings.retry(RetryPolicy::never()));
    client.attach(Handle::new("agent_1", "t1")).wait().await.unwrap();
    assert_eq!(seam.times(), [0.0, 3.0, 6.0]);
}

#[test]
fn a_stored_handle_stays_readable() {
    let handle: Handle = serde_json::from_str(r#"{"agent_id":"a","thread_id":"t"}"#).unwrap();
    assert_eq!(handle, Handle::new("a", "t"));
    let written = serde_json::to_value(&handle).unwrap();
    let expected = serde_json::json!({ "agent_id": "a", "thread_id": "t", "before": null });
    assert_eq!(written, expected);
}
