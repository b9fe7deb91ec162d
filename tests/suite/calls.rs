//! The call path under a paused clock: what is tried again, when, and what never is.

use crate::support::seam::{Answer, Seam, json, thread};
use agent_threads_octavus::{Error, ErrorKind, Phase, RetryPolicy, types::Thread};
use std::time::Duration;
use tokio::time::Instant;

const DISPATCHED: &str = r#"{"threadId":"t1","status":"pending"}"#;

async fn get(seam: &Seam) -> Result<Thread, Error> {
    seam.client().get_thread("agent_1", "t1").await
}

fn with_header(status: u16, name: &'static str, value: &str) -> Answer {
    Answer::Full(status, vec![(name, value.to_owned())], String::new())
}

/// Pauses of exactly 0.5 s, 1 s, 2 s.
fn steady() -> RetryPolicy {
    RetryPolicy::default().jitter(false)
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_again_after_each_failure_that_may_pass() {
    for status in [408, 429, 500, 502, 503, 504] {
        let seam = Seam::new([json(status, "{}"), thread("completed")]);
        get(&seam).await.unwrap();
        assert_eq!(seam.sent().len(), 2, "{status}");
    }
    for phase in [Phase::Connect, Phase::Exchange] {
        let seam = Seam::new([Answer::Fails(phase), thread("completed")]);
        get(&seam).await.unwrap();
        assert_eq!(seam.sent().len(), 2, "{phase:?}");
    }
    let seam = Seam::new([Answer::Breaks(r#"{"threadId""#.into()), thread("completed")]);
    get(&seam).await.unwrap();
    assert_eq!(seam.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_read_is_not_tried_again_after_a_failure_that_stays() {
    for status in [400, 401, 402, 403, 404, 405, 409, 410, 422, 501, 505] {
        let seam = Seam::new([json(status, "{}")]);
        let error = get(&seam).await.unwrap_err();
        assert_eq!(seam.sent().len(), 1, "{status}");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Status, 1));
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.is_not_found(), status == 404);
        assert!(!error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_reached_the_vendor_is_never_dispatched_twice() {
    let failures = [
        json(408, "{}"),
        with_header(429, "retry-after", "1"),
        json(500, "{}"),
        json(502, "{}"),
        json(503, "{}"),
        json(504, "{}"),
        Answer::Fails(Phase::Exchange),
        Answer::Breaks("{".into()),
        Answer::Hangs,
        json(200, "not json"),
    ];
    for failure in failures {
        let seam = Seam::new([failure.clone(), json(201, DISPATCHED)]);
        let client = seam.client();
        client.dispatch("agent_1", "task").await.unwrap_err();
        assert_eq!(seam.sent().len(), 1, "dispatch after {failure:?}");

        let seam = Seam::new([failure.clone(), json(202, DISPATCHED)]);
        let client = seam.client();
        client.follow_up_thread("agent_1", "t1", "more").await.unwrap_err();
        assert_eq!(seam.sent().len(), 1, "follow up after {failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_is_tried_again_while_no_connection_was_made() {
    let unmade = Answer::Fails(Phase::Connect);
    let seam = Seam::new([unmade.clone(), unmade, json(201, DISPATCHED)]);
    let run = seam.client().dispatch("agent_1", "task").await.unwrap();
    assert_eq!(run.thread_id(), "t1");
    let bodies: Vec<_> = seam.sent().into_iter().map(|sent| sent.body).collect();
    assert_eq!(bodies, [r#"{"message":"task"}"#; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_error_tells_whether_a_dispatch_can_be_made_again() {
    let certain =
        [Answer::Fails(Phase::Connect), json(409, r#"{"code":"IDEMPOTENCY_KEY_IN_PROGRESS"}"#)];
    let open = [
        Answer::Fails(Phase::Exchange),
        Answer::Hangs,
        Answer::Breaks("{".into()),
        json(503, "{}"),
    ];
    for (answers, expected) in [(&certain[..], true), (&open[..], false)] {
        for answer in answers {
            let seam = Seam::new([answer.clone()]);
            let error = seam.client().dispatch("agent_1", "task").await.unwrap_err();
            assert_eq!(error.is_without_effect(), expected, "{answer:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_pauses_grow_and_the_error_tells_them() {
    let seam = Seam::new([json(503, r#"{"error":"down","code":"DOWN"}"#)]);
    let client = seam.builder().retry(steady()).build().unwrap();
    let error = client.get_thread("agent_1", "t1").await.unwrap_err();
    assert_eq!(seam.times(), [0.0, 0.5, 1.5, 3.5]);
    assert_eq!((error.attempts(), error.total_wait()), (4, Duration::from_millis(3500)));
    assert_eq!(error.code(), Some("DOWN"));
    assert!(error.is_retryable());
    let text = error.to_string();
    assert_eq!(text, "Octavus get_thread: 503 Service Unavailable [DOWN]: down (after 4 attempts)");
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_the_same_request() {
    let seam = Seam::new([json(503, ""), Answer::Fails(Phase::Exchange), thread("running")]);
    get(&seam).await.unwrap();
    let sent = seam.sent();
    assert_eq!(sent.len(), 3);
    for again in &sent[1..] {
        assert_eq!((&again.method, &again.url), (&sent[0].method, &sent[0].url));
        assert_eq!(again.headers, sent[0].headers);
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_in_each_of_its_forms() {
    let date = vec![
        ("retry-after", "Fri, 02 Oct 2026 08:00:07 GMT".to_owned()),
        ("date", "Fri, 02 Oct 2026 08:00:00 GMT".to_owned()),
    ];
    let forms = [
        (with_header(429, "retry-after", "7"), 7.0),
        (with_header(503, "retry-after", "0"), 0.0),
        (with_header(429, "retry-after-ms", "250"), 0.25),
        (Answer::Full(429, date, String::new()), 7.0),
    ];
    for (answer, expected) in forms {
        let seam = Seam::new([answer, thread("running")]);
        get(&seam).await.unwrap();
        assert_eq!(seam.times(), [0.0, expected]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_above_the_cap_ends_the_call_at_once() {
    for asked in ["61", "86400", "99999999999999999999"] {
        let seam = Seam::new([with_header(429, "retry-after", asked), thread("running")]);
        let error = get(&seam).await.unwrap_err();
        assert_eq!(seam.sent().len(), 1, "{asked}");
        assert!(error.retry_after().unwrap() > Duration::from_secs(60));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hung_attempt_is_cut_and_tried_again() {
    let seam = Seam::new([
        Answer::Hangs,
        Answer::HangsAfter(200, r#"{"threadId":"#.into()),
        thread("running"),
    ]);
    let client = seam.builder().retry(steady()).build().unwrap();
    client.get_thread("agent_1", "t1").await.unwrap();
    assert_eq!(seam.times(), [0.0, 60.5, 121.5]);
}

#[tokio::test(start_paused = true)]
async fn the_total_timeout_bounds_attempts_and_pauses() {
    let seam = Seam::new([Answer::Hangs]);
    let start = Instant::now();
    let client = seam.client().with(|settings| {
        settings.attempt_timeout(Duration::from_secs(60)).total_timeout(Duration::from_secs(100))
    });
    let error = client.get_thread("agent_1", "t1").await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(100));
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2));

    // A pause that would outlast the limit is not begun, and the failure before it is what is told.
    let seam = Seam::new([with_header(503, "retry-after", "30")]);
    let client = seam.client().with(|settings| settings.total_timeout(Duration::from_secs(20)));
    let error = client.get_thread("agent_1", "t1").await.unwrap_err();
    assert_eq!((error.kind(), seam.times()), (ErrorKind::Status, vec![0.0]));
}

#[tokio::test(start_paused = true)]
async fn timeouts_beyond_the_clock_are_none() {
    let seam = Seam::new([thread("running")]);
    let client = seam
        .client()
        .with(|settings| settings.attempt_timeout(Duration::MAX).total_timeout(Duration::MAX));
    client.get_thread("agent_1", "t1").await.unwrap();
    let client = client.with(|settings| settings.attempt_timeout(None).total_timeout(None));
    client.get_thread("agent_1", "t1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_status_survives_an_error_body_that_hangs() {
    let seam = Seam::new([Answer::HangsAfter(403, r#"{"error":"#.into())]);
    let start = Instant::now();
    let error = get(&seam).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 403);
    assert_eq!(start.elapsed(), Duration::from_secs(5));
    assert_eq!(error.raw_body().unwrap(), r#"{"error":"#);
}

#[tokio::test(start_paused = true)]
async fn flat_nested_and_foreign_error_bodies_are_told() {
    let cases = [
        (r#"{"error":"no","code":"DENIED"}"#, Some("no"), Some("DENIED")),
        (r#"{"error":{"code":"DENIED","message":"no"}}"#, Some("no"), Some("DENIED")),
        (r#"{"message":"no"}"#, Some("no"), None),
        ("<html>gateway</html>", None, None),
        ("", None, None),
        ("\u{0}\u{ffff}", None, None),
    ];
    for (body, message, code) in cases {
        let error = get(&Seam::new([json(402, body)])).await.unwrap_err();
        assert_eq!((error.message(), error.code()), (message, code), "{body}");
        assert_eq!(error.operation(), Some("get_thread"));
        assert_eq!(error.to_string().lines().count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_vendors_request_id_is_told_from_header_or_body() {
    let header = vec![("request-id", "req_1".to_owned())];
    let seam = Seam::new([Answer::Full(404, header, "{}".into())]);
    assert_eq!(get(&seam).await.unwrap_err().request_id(), Some("req_1"));
    let seam = Seam::new([json(404, r#"{"error":"no","requestId":"req_2"}"#)]);
    let error = get(&seam).await.unwrap_err();
    assert_eq!(error.request_id(), Some("req_2"));
    assert_eq!(error.to_string(), "Octavus get_thread: 404 Not Found: no (request req_2)");
}

#[tokio::test(start_paused = true)]
async fn an_id_that_vanishes_from_the_path_is_refused_before_any_request() {
    let seam = Seam::new([thread("running")]);
    let client = seam.client();
    for bad in ["", ".", ".."] {
        let errors = [
            client.get_thread(bad, "t1").await.unwrap_err(),
            client.get_thread("a", bad).await.unwrap_err(),
            client.dispatch_thread(bad, "task").await.unwrap_err(),
            client.follow_up_thread("a", bad, "more").await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
            let text = error.to_string();
            assert!(text.contains("agent_id") || text.contains("thread_id"), "{text}");
        }
    }
    assert!(seam.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_read_follows_redirects_and_leaves_credentials_behind() {
    for status in [301, 302, 303, 307, 308] {
        let moved = |to| with_header(status, "location", to);
        let seam = Seam::new([moved("/elsewhere"), thread("running")]);
        get(&seam).await.unwrap();
        let sent = seam.sent();
        assert_eq!(sent[1].url, "https://octavus.example/elsewhere");
        assert_eq!(sent[1].headers["authorization"], "Bearer oct_agt_test");

        let seam = Seam::new([moved("https://evil.example/x"), thread("running")]);
        get(&seam).await.unwrap();
        let sent = seam.sent();
        assert_eq!(sent[1].url, "https://evil.example/x");
        assert!(!sent[1].headers.contains_key("authorization"), "{status}");
        assert!(!sent[1].headers.contains_key("x-octavus-sdk-version"), "{status}");

        let seam = Seam::new([moved("http://octavus.example/x"), thread("running")]);
        let error = get(&seam).await.unwrap_err();
        assert_eq!((error.kind(), seam.sent().len()), (ErrorKind::Redirect, 1), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirected_dispatch_is_an_error_and_is_sent_once() {
    for status in [301, 302, 303, 307, 308] {
        for to in ["/elsewhere", "https://evil.example/", "http://octavus.example/"] {
            let seam = Seam::new([with_header(status, "location", to), json(201, DISPATCHED)]);
            let error = seam.client().dispatch("agent_1", "task").await.unwrap_err();
            assert_eq!((error.kind(), seam.sent().len()), (ErrorKind::Redirect, 1));
            assert_eq!(error.status().unwrap().as_u16(), status);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_not_as_documented_names_operation_and_path() {
    let bodies = [
        (r#"{"threadId":"t","status":"running","messages":[{"id":7}]}"#, "`messages[0].id`"),
        (r#"{"threadId":"t","status":5,"messages":[]}"#, "`status`"),
        (r#"[]"#, "invalid"),
        ("<html>", "not JSON"),
    ];
    for (body, place) in bodies {
        let seam =
            Seam::new([Answer::Full(200, vec![("content-type", "text/html".into())], body.into())]);
        let error = get(&seam).await.unwrap_err();
        let text = error.to_string();
        assert_eq!((error.kind(), seam.sent().len()), (ErrorKind::Decode, 1), "{text}");
        assert!(text.starts_with("Octavus get_thread: 200 OK: "), "{text}");
        assert!(text.contains(place), "{text}");
        assert_eq!(error.raw_body().unwrap(), body);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_over_the_cap_is_an_error_and_no_retry() {
    let seam = Seam::new([json(200, "x".repeat(2000))]);
    let client = seam.client().with(|settings| settings.max_body_bytes(1999));
    let error = client.get_thread("agent_1", "t1").await.unwrap_err();
    assert_eq!((error.kind(), seam.sent().len()), (ErrorKind::BodyTooLarge, 1));
    assert!(error.to_string().contains("1999 bytes"), "{error}");
}
