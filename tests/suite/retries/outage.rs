//! A server that is down: what one caller waits, and what a thousand send.

use crate::support::seam::{Answer, Seam, json, thread};
use agent_threads_mosoo::types::{CreateThread, MessageInput, TextPart};
use agent_threads_octavus::{Client, Error, Handle, Phase, RetryBudget, RetryPolicy};
use std::{error::Error as _, time::Duration};
use tokio::{task::JoinSet, time::Instant};

const CALLERS: usize = 1000;

/// The documented size of a budget.
const BUDGET: usize = 100;

fn down() -> Answer {
    json(503, r#"{"error":"down"}"#)
}

async fn read(client: Client) -> Result<(), Error> {
    client.get_thread("agent_1", "t1").await.map(drop)
}

async fn all_at_once(client: &Client) -> Vec<Result<(), Error>> {
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        callers.spawn(read(client.clone()));
    }
    callers.join_all().await
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_send_a_thousand_requests_and_the_budget() {
    let seam = Seam::new([down()]);
    let errors = all_at_once(&seam.client()).await;
    assert_eq!(seam.sent().len(), CALLERS + BUDGET);
    for error in errors {
        let error = error.unwrap_err();
        assert!(error.is_retry_budget_spent() && error.status().is_some(), "{error}");
        assert!(error.to_string().contains("the client's retry budget is spent"), "{error}");
    }
}

/// Several threads take from the budget at the same instant.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_several_threads_not_one_more_and_not_one_less() {
    let seam = Seam::new([down()]);
    let eager = RetryPolicy::default().base_delay(Duration::ZERO);
    let client = seam.builder().retry(eager).build().unwrap();
    all_at_once(&client).await;
    assert_eq!(seam.sent().len(), CALLERS + BUDGET);
    seam.play([thread("running")]);
    assert!(all_at_once(&client).await.iter().all(Result::is_ok));
    seam.play([down()]);
    all_at_once(&client).await;
    assert_eq!(seam.sent().len(), CALLERS + BUDGET, "a thousand successes have filled it again");
}

#[tokio::test(start_paused = true)]
async fn behind_an_outage_five_successes_earn_a_retry() {
    let seam = Seam::new([down()]);
    let client = seam.client();
    all_at_once(&client).await;
    let blip = || [down(), thread("running")];
    seam.play(blip());
    let error = read(client.clone()).await.unwrap_err();
    assert!(error.is_retry_budget_spent() && error.attempts() == 1, "{error}");
    seam.play([thread("running")]);
    for _ in 0..5 {
        read(client.clone()).await.unwrap();
    }
    for _ in 0..50 {
        // What succeeds at the second attempt costs nothing.
        seam.play(blip());
        read(client.clone()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn time_alone_earns_nothing() {
    let seam = Seam::new([down()]);
    let client = seam.client();
    all_at_once(&client).await;
    tokio::time::advance(Duration::from_secs(30 * 86_400)).await;
    assert_eq!(read(client).await.unwrap_err().attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lone_caller_has_all_attempts_of_33_calls() {
    let seam = Seam::new([down()]);
    let client = seam.client();
    for _ in 0..33 {
        let error = read(client.clone()).await.unwrap_err();
        assert_eq!((error.attempts(), error.is_retry_budget_spent()), (4, false));
    }
    assert_eq!(read(client.clone()).await.unwrap_err().attempts(), 2);
    assert_eq!(read(client).await.unwrap_err().attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn clones_share_it_and_other_clients_have_their_own() {
    let seam = Seam::new([down()]);
    let one = seam.builder().retry_budget(RetryBudget::new(3)).build().unwrap();
    let clone = one.with(|settings| settings.attempt_timeout(Duration::from_secs(1)));
    assert_eq!(read(clone).await.unwrap_err().attempts(), 4);
    assert_eq!(read(one).await.unwrap_err().attempts(), 1);
    assert_eq!(read(seam.client()).await.unwrap_err().attempts(), 4);
}

#[tokio::test(start_paused = true)]
async fn it_can_be_switched_off_and_be_none() {
    let seam = Seam::new([down()]);
    let unbounded = seam.builder().retry_budget(None).build().unwrap();
    all_at_once(&unbounded).await;
    assert_eq!(seam.sent().len(), 4 * CALLERS);
    let none = seam.builder().retry_budget(RetryBudget::new(0)).build().unwrap();
    let error = read(none).await.unwrap_err();
    assert!(error.attempts() == 1 && error.is_retry_budget_spent(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_no_attempt_would_change_does_not_blame_the_budget() {
    let seam = Seam::new([down()]);
    let client = seam.builder().retry_budget(RetryBudget::new(0)).build().unwrap();
    let error = client.dispatch("agent_1", "task").await.unwrap_err();
    assert!(!error.is_retry_budget_spent(), "it is sent once anyway: {error}");
    seam.play([json(404, "{}")]);
    assert!(!read(client).await.unwrap_err().is_retry_budget_spent());
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_gives_up_in_a_pause_returns_what_was_not_used() {
    let seam = Seam::new([down()]);
    let retry = RetryPolicy::default().jitter(false);
    let client = seam.builder().retry(retry).retry_budget(RetryBudget::new(1)).build().unwrap();
    for _ in 0..10 {
        let given_up = tokio::time::timeout(Duration::from_millis(499), read(client.clone())).await;
        assert!(given_up.is_err());
    }
    assert_eq!(read(client).await.unwrap_err().attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_total_timeout_ends_a_call_that_may_be_tried_for_ever() {
    let seam = Seam::new([down()]);
    let endless = RetryPolicy::default().jitter(false).max_attempts(u32::MAX);
    let client =
        seam.builder().retry(endless).total_timeout(Duration::from_secs(60)).build().unwrap();
    let start = Instant::now();
    let error = read(client).await.unwrap_err();
    // Pauses of 0.5, 1, 2, 4 and then 8 s; another of 8 s would outlast the minute.
    assert_eq!((error.attempts(), error.total_wait()), (11, Duration::from_millis(55_500)));
    assert_eq!(start.elapsed(), Duration::from_millis(55_500));
    assert!(
        error.to_string().contains("503") && error.to_string().contains("11 attempts"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wait_reads_on_at_its_pace_when_the_budget_is_spent() {
    let seam = Seam::new([down()]);
    let run = seam.client().attach(Handle::new("agent_1", "t1"));
    let error = run.wait().timeout(Duration::from_secs(900)).await.unwrap_err();
    let (reads, sent) = (900 / 3, seam.sent().len());
    assert!(sent <= reads + BUDGET && sent >= reads / 2, "{sent} requests");
    assert!(error.source().unwrap().to_string().contains("retry budget is spent"), "{error:?}");

    let answers: Vec<_> = (0..200).map(|_| down()).chain([thread("completed")]).collect();
    let seam = Seam::new(answers);
    let run = seam.client().attach(Handle::new("agent_1", "t1"));
    run.wait().await.unwrap();
    assert_eq!(seam.sent().len(), 201, "an outage longer than the budget is survived");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_streams_that_are_opened_at_once_send_no_more() {
    let seam = Seam::new([down()]);
    let builder =
        agent_threads_modus::Client::builder().token("modus_test").transport(seam.clone());
    let client = builder.build().unwrap();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let mut events = client.stream_run("r").events();
        callers.spawn(async move { events.next().await.unwrap().unwrap_err() });
    }
    let errors = callers.join_all().await;
    assert_eq!(seam.sent().len(), CALLERS + BUDGET);
    assert!(errors.iter().all(Error::is_retry_budget_spent));
}

/// The error of a call that is repeated with the key that the client has made for it.
async fn create(answers: Vec<Answer>) -> Error {
    let seam = Seam::new(answers);
    let builder = agent_threads_mosoo::Client::builder().base_url("https://mosoo.example/api/v1");
    let client = builder.token("t").transport(seam).build().unwrap();
    let input = MessageInput::new([TextPart::new("Hi")]);
    client.create_thread("a", CreateThread::new().input(input)).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_in_any_attempt_may_have_taken_effect() {
    let refused = || Answer::Fails(Phase::Connect);
    let error = create(vec![refused()]).await;
    assert!(error.is_without_effect(), "{error}");
    let error = create(vec![down(), refused()]).await;
    assert!(!error.is_without_effect(), "the first attempt may have done it: {error}");
}
