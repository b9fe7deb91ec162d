//! Which connections of a stream are paid for.

use super::*;
use crate::RetryBudget;

fn core(script: &Script, budget: u32) -> Core {
    let retry = RetryPolicy::default().jitter(false);
    let builder = ClientBuilder::<Acme>::new().token("t").transport(script.clone()).retry(retry);
    builder.retry_budget(RetryBudget::new(budget)).build().unwrap().0
}

fn events(core: &Core) -> EventStream<Said> {
    core.events(&GET, Ok(request("GET"))).resumable()
}

fn down() -> Answer {
    Answer::Other(503, "text/plain", "")
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_does_not_begin_is_given_up_when_the_budget_is_spent() {
    for answer in [down(), Answer::Stream(vec![]), Answer::Fails(Phase::Connect)] {
        let script = Script::new([answer]);
        let core = core(&script, 4);
        let error = events(&core).next().await.unwrap().unwrap_err();
        assert_eq!((error.attempts(), error.is_retry_budget_spent()), (4, false));
        let error = events(&core).next().await.unwrap().unwrap_err();
        assert_eq!((error.attempts(), error.is_retry_budget_spent()), (2, true));
        assert!(error.to_string().contains("retry budget is spent"), "{error}");
        assert_eq!(script.sent().len(), 6);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_has_begun_is_taken_up_although_nothing_is_left() {
    let cut = Answer::Stream(vec![text(words(1..=1)), Part::Breaks]);
    let script = Script::new([cut, down(), down(), Answer::Stream(vec![text(DONE)])]);
    assert_eq!(all(events(&core(&script, 0))).await, numbered(1..=1));
    assert_eq!(script.sent().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_stood_need_not_be_paid_for() {
    let cut = Answer::Stream(vec![Part::CutAfter(60_000)]);
    let script = Script::new([cut, down(), down(), Answer::Stream(vec![text(DONE)])]);
    assert_eq!(all(events(&core(&script, 0))).await, ["done"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_begins_returns_the_price_and_one_that_only_opens_does_not() {
    let begins = [down(), Answer::Stream(vec![text(words(1..=1)), Part::Hangs])];
    let script = Script::new(begins.into_iter().chain([down()]));
    let core = core(&script, 1);
    let mut first = events(&core);
    first.next().await.unwrap().unwrap();
    let error = events(&core).next().await.unwrap().unwrap_err();
    assert_eq!((error.attempts(), error.is_retry_budget_spent()), (2, true));
    let opens = Script::new([down(), Answer::Stream(vec![text(PING), Part::Hangs]), down()]);
    let core = self::core(&opens, 1);
    let mut first = events(&core);
    first.opened().await.unwrap();
    let error = events(&core).next().await.unwrap().unwrap_err();
    assert_eq!((error.attempts(), error.is_retry_budget_spent()), (1, true));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_while_it_pauses_returns_the_price() {
    let script = Script::new([down()]);
    let core = core(&script, 1);
    let mut waiting = events(&core);
    assert!(tokio::time::timeout(Duration::from_millis(100), waiting.next()).await.is_err());
    drop(waiting);
    let error = events(&core).next().await.unwrap().unwrap_err();
    assert_eq!(error.attempts(), 2);
}

/// Polls a stream of replays to its end; each event is new.
async fn replayed(core: &Core) -> (usize, Error) {
    let mut stream = core.replays::<Said>(&GET, || Ok(request("GET")));
    let mut events = 0;
    loop {
        match poll_fn(|cx| stream.poll_replay(cx)).await.unwrap() {
            Ok(Replay::Event(_)) => {
                events += 1;
                stream.progressed();
            }
            Ok(_) => {}
            Err(error) => return (events, error),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn replays_are_paid_for_until_something_has_come() {
    let script = Script::new([Answer::Stream(vec![])]);
    let core = core(&script, 2);
    let (_, error) = replayed(&core).await;
    assert_eq!((error.attempts(), error.is_retry_budget_spent()), (3, true));
    let word = Answer::Stream(vec![text(words(1..=1)), Part::Breaks]);
    let script = Script::new([word, down()]);
    let (events, error) = replayed(&self::core(&script, 0)).await;
    assert_eq!((events, error.attempts(), error.is_retry_budget_spent()), (1, 4, false));
}
