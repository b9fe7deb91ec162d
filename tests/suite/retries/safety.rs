//! Nothing is done twice: every operation of every vendor, after every failure and every sequence of failures.

use super::operations::{self, Call, Repeats};
use crate::support::seam::{Answer, Seam, Sent, json};
use agent_threads_octavus::Phase;
use std::env;

/// An event that no vendor knows, so that a stream has begun and is not at its end.
const ODD: &str = "data: {\"type\":\"odd\"}\n\n";

fn stream(events: &str) -> Answer {
    Answer::Full(200, vec![("content-type", "text/event-stream".into())], events.into())
}

fn asking(status: u16, pause: &str) -> Answer {
    Answer::Full(status, vec![("retry-after", pause.into())], String::new())
}

/// Every way in which an exchange can fail, and answers that only look like a success.
fn failures() -> Vec<Answer> {
    let statuses = [
        400, 401, 402, 403, 404, 405, 408, 409, 410, 412, 413, 422, 423, 425, 429, 500, 501, 502,
        503, 504, 505, 507, 520, 524, 529, 599,
    ];
    let codes = [
        (409, r#"{"error":"wait","code":"IDEMPOTENCY_KEY_IN_PROGRESS"}"#),
        (409, r#"{"error":{"code":"idempotency_conflict","message":"wait"}}"#),
        (500, r#"{"error":{"code":"internal_error","message":"no"}}"#),
    ];
    let odd_successes = [json(200, "{}"), json(202, ""), json(204, ""), json(200, "<html>")];
    let broken = [
        Answer::Fails(Phase::Connect),
        Answer::Fails(Phase::Exchange),
        Answer::Breaks("{".into()),
        Answer::Hangs,
        Answer::HangsAfter(200, "{".into()),
        Answer::HangsAfter(503, "{".into()),
        stream(""),
        stream(": here\n\n"),
        stream(ODD),
        Answer::StreamHangs(String::new()),
        Answer::StreamHangs(ODD.into()),
        Answer::StreamCut(String::new(), 1),
        Answer::StreamCut(ODD.into(), 60),
    ];
    let mut all: Vec<_> = statuses.map(|status| json(status, "{}")).into();
    all.extend(codes.map(|(status, body)| json(status, body)));
    all.extend([asking(429, "1"), asking(503, "0"), asking(503, "61"), asking(408, "soon")]);
    all.extend(odd_successes);
    all.extend(broken);
    all
}

/// Whether the request may have taken effect that was answered so.
fn may_have_effect(call: &Call, answer: &Answer) -> bool {
    match answer {
        Answer::Fails(Phase::Connect) => false,
        // The vendor documents for a dispatch that with this code nothing was done.
        Answer::Full(409, _, body) if call.id == "dispatch_thread" => {
            !body.contains("IDEMPOTENCY_KEY_IN_PROGRESS")
        }
        _ => true,
    }
}

fn brings_an_event(answer: &Answer) -> bool {
    match answer {
        Answer::Full(200, _, text) | Answer::StreamHangs(text) | Answer::StreamCut(text, _) => {
            text.contains("data:")
        }
        _ => false,
    }
}

/// What must hold of all that was sent for one call; what of it does not.
fn broken(call: &Call, answers: &[Answer], sent: &[Sent]) -> Option<&'static str> {
    let answer = |n: usize| answers.get(n).or(answers.last()).unwrap();
    if sent.is_empty() {
        return Some("it is refused before it is sent");
    }
    if !call.streams && sent.len() > 4 {
        return Some("it is sent more often than the policy allows");
    }
    if let Repeats::Keyed(header) = call.repeats
        && !sent.iter().all(|sent| sent.headers.get(header).is_some_and(|key| !key.is_empty()))
    {
        return Some("it has no key");
    }
    (1..sent.len()).find_map(|n| {
        let mut before = (0..n).map(answer);
        let (first, again) = (&sent[0], &sent[n]);
        if call.repeats == Repeats::Once
            && before.clone().any(|answer| may_have_effect(call, answer))
        {
            return Some("what may have taken effect is sent again");
        }
        if call.streams && again.method == "POST" && before.any(brings_an_event) {
            return Some("a run that has begun is begun again");
        }
        let of = |sent: &Sent| {
            (sent.method.clone(), sent.url.clone(), sent.headers.clone(), sent.body.clone())
        };
        (of(first) != of(again)).then_some("another request is sent than before")
    })
}

/// Fails with all that is broken.
fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "{} cases:\n{}", broken.len(), broken.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn each_operation_is_repeated_after_a_failure_only_where_that_is_safe() {
    let seam = Seam::new([]);
    let calls = operations::all(&seam);
    let (mut checked, mut all) = (0, Vec::new());
    for call in &calls {
        for failure in failures() {
            seam.play([failure.clone()]);
            call.make().await;
            let why = broken(call, std::slice::from_ref(&failure), &seam.sent());
            all.extend(why.map(|why| format!("{} after {failure:?}: {why}", call.id)));
            checked += 1;
        }
    }
    println!("{} operations, {checked} calls", calls.len());
    assert_none(&all);
}

/// The other side: what is safe is repeated, so that the law above is not kept by doing nothing.
#[tokio::test(start_paused = true)]
async fn each_operation_that_may_be_repeated_is() {
    let seam = Seam::new([]);
    let mut all = Vec::new();
    for call in operations::all(&seam) {
        let safe = if call.repeats == Repeats::Once { 1 } else { 4 };
        for (failure, expected) in [
            (json(503, ""), safe),
            (json(429, ""), safe),
            (Answer::Fails(Phase::Exchange), safe),
            (Answer::Fails(Phase::Connect), 4),
            (json(400, "{}"), 1),
        ] {
            seam.play([failure.clone()]);
            call.make().await;
            let sent = seam.sent().len();
            if sent != expected {
                all.push(format!("{} after {failure:?}: {sent} for {expected}", call.id));
            }
        }
    }
    assert_none(&all);
}

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// `RETRIES_ROUNDS` sequences of failures for each operation, drawn from `RETRIES_SEED`.
#[tokio::test(start_paused = true)]
async fn no_sequence_of_failures_makes_a_call_take_effect_twice() {
    let (first, rounds) = (setting("RETRIES_SEED", 1), setting("RETRIES_ROUNDS", 20));
    let (seam, failures) = (Seam::new([]), failures());
    let calls = operations::all(&seam);
    let (mut made, mut requests, mut all) = (0_u64, 0, Vec::new());
    for seed in first..first + rounds {
        let mut draw = fastrand::Rng::with_seed(seed);
        for call in &calls {
            let length = draw.usize(1..=5);
            let mut answers = Vec::new();
            for _ in 0..length {
                // Half of them are what any method is repeated after.
                answers.push(match draw.bool() {
                    true => Answer::Fails(Phase::Connect),
                    false => failures[draw.usize(..failures.len())].clone(),
                });
            }
            seam.play(answers.clone());
            call.make().await;
            let sent = seam.sent();
            let why = broken(call, &answers, &sent);
            all.extend(why.map(|why| format!("{} after {answers:?}, seed {seed}: {why}", call.id)));
            made += 1;
            requests += sent.len();
        }
    }
    println!("{} operations, {made} calls, {requests} requests, seeds {first}..", calls.len());
    assert_none(&all);
}
