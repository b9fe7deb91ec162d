//! Streams of servers that begin anew on each connection.

use super::*;

/// Words without ids, as a server sends them that keeps no place.
fn plain(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|n| format!("data: {{\"type\":\"word\",\"text\":\"w{n}\"}}\n\n")).collect()
}

fn replays(script: &Script) -> Replays<Said> {
    script.core(|settings| settings).replays(&GET, || Ok(request("GET")))
}

/// What a stream of replays brings, as short text; each word not seen before counts as progress.
async fn told(mut stream: Replays<Said>) -> Vec<String> {
    let (mut told, mut seen) = (Vec::new(), std::collections::HashSet::new());
    while let Some(replay) = poll_fn(|cx| stream.poll_replay(cx)).await {
        let text = match replay {
            Ok(Replay::Opened) => "opened".to_owned(),
            Ok(Replay::Lost) => "lost".to_owned(),
            Ok(Replay::Event(Ok(Said::Word(word)))) => word.text,
            Ok(Replay::Event(Ok(event))) => event.tag().to_owned(),
            Ok(Replay::Event(Err(error))) | Err(error) => format!("{:?}", error.kind()),
        };
        if text.starts_with('w') && seen.insert(text.clone()) {
            stream.progressed();
        }
        told.push(text);
    }
    assert!(poll_fn(|cx| stream.poll_replay(cx)).await.is_none(), "what has ended stays so");
    told
}

#[tokio::test(start_paused = true)]
async fn each_connection_begins_anew_and_the_last_event_ends_the_stream() {
    let script = Script::new([
        Answer::Stream(vec![text(plain(1..=2)), Part::Breaks]),
        Answer::Stream(vec![text(plain(1..=3)), text(DONE), text(plain(4..=4))]),
    ]);
    let expected = ["opened", "w1", "w2", "lost", "opened", "w1", "w2", "w3", "done"];
    assert_eq!(told(replays(&script)).await, expected);
    assert_eq!(script.cursors(), [None, None]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_only_repeats_is_given_up_by_policy() {
    let script = Script::new([Answer::Stream(vec![text(plain(1..=1)), Part::Breaks])]);
    let told = told(replays(&script)).await;
    assert_eq!(told.iter().filter(|text| *text == "opened").count(), 4);
    assert_eq!(told.last().unwrap(), "Transport");
    assert_eq!(script.times(), [0, 500, 1500, 3500]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_brings_something_new_renews_the_attempts() {
    let mut answers: Vec<_> = (1..=20).map(|n| Answer::Stream(vec![text(plain(1..=n))])).collect();
    answers.push(Answer::Stream(vec![text(DONE)]));
    let told = told(replays(&Script::new(answers))).await;
    assert_eq!(told.last().unwrap(), "done");
    assert_eq!(told.iter().filter(|text| *text == "lost").count(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final_and_a_failure_that_may_pass_is_not() {
    let script = Script::new([
        Answer::Asks("2"),
        Answer::Fails(Phase::Connect),
        Answer::Stream(vec![text(plain(1..=1)), Part::Breaks]),
        Answer::Other(404, "application/json", "{}"),
    ]);
    let expected = ["lost", "lost", "opened", "w1", "lost", "Status"];
    assert_eq!(told(replays(&script)).await, expected);
    assert_eq!(script.times(), [0, 2000, 3000, 3500]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_cannot_be_read_is_told_and_can_be_the_last() {
    let odd = "data: {\"type\":\"word\"}\n\ndata: {\"type\":\"done\",\"code\":\"x\"}\n\n";
    let script = Script::new([Answer::Stream(vec![text(odd), text(plain(1..=1))])]);
    assert_eq!(told(replays(&script)).await, ["opened", "Decode", "Decode"]);
}

#[tokio::test(start_paused = true)]
async fn silence_loses_the_connection() {
    let script = Script::new([
        Answer::Stream(vec![text(plain(1..=1)), Part::Hangs]),
        Answer::Stream(vec![text(DONE)]),
    ]);
    assert_eq!(told(replays(&script)).await, ["opened", "w1", "lost", "opened", "done"]);
    assert_eq!(script.times(), [0, 300_500]);
}

#[tokio::test(start_paused = true)]
async fn closing_it_drops_the_connection() {
    let script = Script::new([Answer::Stream(vec![text(plain(1..=2)), Part::Hangs])]);
    let mut stream = replays(&script);
    for _ in 0..2 {
        poll_fn(|cx| stream.poll_replay(cx)).await.unwrap().unwrap();
    }
    assert_eq!(script.open.load(Ordering::SeqCst), 1);
    stream.close();
    assert_eq!(script.open.load(Ordering::SeqCst), 0);
    assert!(poll_fn(|cx| stream.poll_replay(cx)).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn silence_for_a_day_behind_a_proxy_is_no_failure_and_dropping_at_once_is() {
    let cut = Answer::Stream(vec![text(plain(1..=1)), Part::CutAfter(60_000)]);
    let done = Answer::Stream(vec![text(DONE)]);
    let script = Script::new(std::iter::repeat_n(cut, 24 * 60).chain([done]));
    let told = told(replays(&script)).await;
    assert_eq!(told.last().unwrap(), "done");
    assert!(script.times().windows(2).all(|pair| pair[1] - pair[0] == 60_500));
    let script = Script::new([Answer::Stream(vec![Part::CutAfter(7_999)])]);
    assert_eq!(self::told(replays(&script)).await.last().unwrap(), "Transport");
    assert_eq!(script.sent().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_servers_reconnection_time_lengthens_each_pause_up_to_the_callers_bound() {
    let asks = |pause: &str| text(format!("retry: {pause}\n\n"));
    let script = Script::new([
        Answer::Stream(vec![asks("7000")]),
        Answer::Stream(vec![]),
        Answer::Stream(vec![asks("999999999")]),
        Answer::Stream(vec![text(DONE)]),
    ]);
    assert_eq!(told(replays(&script)).await.last().unwrap(), "done");
    assert_eq!(script.times(), [0, 7_000, 14_000, 74_000]);
}
