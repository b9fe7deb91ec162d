//! Connections that bring nothing: which of them are a server that fails, and which are only cut.

use super::*;

const DAY: u64 = 24 * 60 * 60 * 1000;

/// As many connections as a proxy cuts in a day that allows a minute of silence, and what comes on the one behind them.
fn a_day_behind_a_proxy(then: Vec<Part>) -> impl Iterator<Item = Answer> {
    let cut = Answer::Stream(vec![Part::CutAfter(60_000)]);
    let cuts = usize::try_from(DAY / 60_000).unwrap();
    std::iter::repeat_n(cut, cuts).chain([Answer::Stream(then)])
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_silent_for_a_day_behind_a_proxy_goes_on() {
    let first = Answer::Stream(vec![text(words(1..=1)), Part::CutAfter(60_000)]);
    let then = vec![text(words(2..=2)), text(DONE)];
    let script = Script::new([first].into_iter().chain(a_day_behind_a_proxy(then)));
    assert_eq!(all(script.get()).await, numbered(1..=2));
    assert!(script.times().last().unwrap() > &DAY);
    assert!(script.cursors()[1..].iter().all(|cursor| cursor.as_deref() == Some("1")));
    // A minute of silence and the first pause of the policy, each time.
    assert!(script.times().windows(2).all(|pair| pair[1] - pair[0] == 60_500));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_has_not_begun_goes_on_too_as_it_only_reads() {
    let script = Script::new(a_day_behind_a_proxy(vec![text(DONE)]));
    assert_eq!(all(script.get()).await, ["done"]);
    assert!(script.times().last().unwrap() > &DAY);
}

#[tokio::test(start_paused = true)]
async fn what_goes_by_a_key_is_not_sent_again_for_a_day() {
    let script = Script::new(a_day_behind_a_proxy(vec![text(DONE)]));
    assert_eq!(all(script.post(true)).await, ["Transport"]);
    assert_eq!(script.sent().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drops_sooner_than_the_longest_pause_is_given_up() {
    for (held, connections) in [(0, 4), (7_999, 4), (8_000, 50)] {
        let drops = Answer::Stream(vec![Part::CutAfter(held)]);
        let script = Script::new(std::iter::repeat_n(drops, 49).chain([Answer::Other(
            404,
            "text/plain",
            "",
        )]));
        all(script.get()).await;
        assert_eq!(script.sent().len(), connections, "{held} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_byte_shows_life_and_silence_that_this_side_ends_does_not() {
    let comment = Answer::Stream(vec![Part::After(9, ": here\n".into()), Part::Hangs]);
    let other = Answer::Other(404, "text/plain", "");
    let script = Script::new(std::iter::repeat_n(comment, 20).chain([other]));
    assert_eq!(all(script.get()).await, ["Status"]);
    assert_eq!(script.sent().len(), 21);
    let script = Script::new([Answer::Stream(vec![text(": here\n"), Part::Hangs])]);
    assert_eq!(all(script.get()).await, ["Timeout"]);
    assert_eq!(script.sent().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_stood_is_followed_by_no_more_failures_than_any_other() {
    let script = Script::new([
        Answer::Stream(vec![Part::CutAfter(60_000)]),
        Answer::Other(503, "text/plain", ""),
    ]);
    assert_eq!(all(script.get()).await, ["Status"]);
    assert_eq!(script.times(), [0, 60_500, 61_500, 63_500]);
}

#[tokio::test(start_paused = true)]
async fn a_policy_without_pauses_makes_no_endless_loop_without_pauses() {
    let eager = RetryPolicy::default().base_delay(Duration::ZERO).max_delay(Duration::ZERO);
    let events = |script: &Script| {
        let core = script.core(|settings| settings.retry(eager.clone()));
        core.events::<Said>(&GET, Ok(request("GET"))).resumable()
    };
    let script = Script::new([Answer::Stream(vec![])]);
    assert_eq!(all(events(&script)).await, ["Interrupted"]);
    assert_eq!(script.times(), [0; 4]);
    let script = Script::new([Answer::Stream(vec![Part::CutAfter(1000)])]);
    let minute = tokio::time::timeout(Duration::from_secs(60), all(events(&script))).await;
    assert!(minute.is_err(), "it goes on");
    assert!(script.sent().len() <= 61, "a connection a second: {}", script.sent().len());
}

#[tokio::test(start_paused = true)]
async fn a_longest_pause_of_hours_does_not_make_a_cut_after_a_minute_a_failure() {
    let patient = RetryPolicy::default().jitter(false).max_delay(Duration::from_secs(7200));
    let script = Script::new(a_day_behind_a_proxy(vec![text(DONE)]));
    let core = script.core(|settings| settings.retry(patient));
    assert_eq!(all(core.events::<Said>(&GET, Ok(request("GET"))).resumable()).await, ["done"]);
}
