//! The rules of the standard one by one: here and in `rules`.

mod against_oracle;
mod limits;
mod long_lines;
mod oracle;
mod rules;

use super::*;
use oracle::Dispatched;

fn owned(event: Event<'_>) -> Dispatched {
    Dispatched {
        event: event.event.to_owned(),
        data: event.data.to_owned(),
        id: event.id.map(str::to_owned),
        last_id: event.last_id.to_owned(),
        retry: event.retry.map(|retry| u64::try_from(retry.as_millis()).unwrap()),
    }
}

fn drain(decoder: &mut Decoder, into: &mut Vec<Dispatched>) {
    while let Some(event) = decoder.next_event().unwrap() {
        into.push(owned(event));
        assert_eq!(decoder.last_event_id(), into.last().unwrap().last_id);
    }
}

fn decode<'c>(chunks: impl IntoIterator<Item = &'c [u8]>) -> Vec<Dispatched> {
    let mut decoder = Decoder::new(Limits::default());
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.push(chunk.to_vec());
        drain(&mut decoder, &mut events);
    }
    events
}

fn data(stream: &[u8]) -> Vec<String> {
    decode([stream]).into_iter().map(|event| event.data).collect()
}

/// An event without type and reconnection time.
fn plain(data: &str, id: Option<&str>, last_id: &str) -> Dispatched {
    Dispatched {
        event: String::new(),
        data: data.into(),
        id: id.map(str::to_owned),
        last_id: last_id.into(),
        retry: None,
    }
}

#[test]
fn the_examples_of_the_standard() {
    assert_eq!(data(b"data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
    let stream =
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event";
    let events = decode([&stream[..]]);
    let expected = [plain("first event", Some("1"), "1"), plain("second event", Some(""), "")];
    assert_eq!(events, expected);
    assert_eq!(data(b"data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
    assert_eq!(data(b"data:test\n\ndata: test\n\n"), ["test", "test"]);
}

#[test]
fn each_line_end_ends_a_line() {
    for end in ["\n", "\r", "\r\n"] {
        let stream = format!("data: a{end}data: b{end}{end}data: c{end}{end}");
        assert_eq!(data(stream.as_bytes()), ["a\nb", "c"], "{end:?}");
    }
    assert_eq!(data(b"data: a\r\ndata: b\n\rdata: c\r\r\n"), ["a\nb", "c"]);
}

#[test]
fn an_event_ended_by_a_carriage_return_does_not_wait_for_a_line_feed() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("data: a\r\r");
    assert_eq!(decoder.next_event().unwrap().unwrap().data, "a");
    decoder.push("\ndata: b\r");
    assert_eq!(decoder.next_event(), Ok(None));
    decoder.push("\n\r");
    assert_eq!(decoder.next_event().unwrap().unwrap().data, "b");
}

#[test]
fn one_byte_order_mark_is_dropped_and_only_at_the_start() {
    let mark = "\u{feff}";
    assert_eq!(data(format!("{mark}data: a\n\n{mark}data: b\n\n").as_bytes()), ["a"]);
    assert_eq!(data(format!("{mark}{mark}data: a\n\n").as_bytes()), Vec::<String>::new());
    assert_eq!(data(format!("{mark}\ndata: a\n\n").as_bytes()), ["a"]);
    let bytes = format!("{mark}data: a\n\n").into_bytes();
    assert_eq!(decode(bytes.chunks(1))[0].data, "a");
}

#[test]
fn one_space_after_the_colon_is_dropped() {
    assert_eq!(
        data(b"data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\ndata :a\n\n"),
        ["a", "a", " a", "\ta"]
    );
}

#[test]
fn comments_and_unknown_fields_are_passed_over() {
    let stream = b": comment\n:\ndata: a\n:data: b\nfoo: bar\nDATA: c\n data: d\ndatas: e\nfoo\n\n";
    assert_eq!(data(stream), ["a"]);
}

#[test]
fn a_block_without_data_is_no_event_but_its_id_counts() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("id: 1\nevent: ping\n\n\n\n");
    assert_eq!(decoder.next_event(), Ok(None));
    assert_eq!(decoder.last_event_id(), "1");
    decoder.push("data: a\n\n");
    let event = decoder.next_event().unwrap().unwrap();
    assert_eq!((event.event, event.data, event.id), ("", "a", None));
    assert_eq!(decoder.last_event_id(), "1");
}

#[test]
fn an_id_counts_at_the_end_of_its_block() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("id: 1\ndata: a\n\nid: 2\ndata: b\n");
    assert_eq!(decoder.next_event().unwrap().unwrap().id, Some("1"));
    assert_eq!(decoder.next_event(), Ok(None));
    assert_eq!(decoder.last_event_id(), "1");
    decoder.push("\n");
    assert_eq!(decoder.next_event().unwrap().unwrap().id, Some("2"));
    assert_eq!(decoder.last_event_id(), "2");
}

#[test]
fn an_id_with_nul_is_ignored_and_the_last_of_several_counts() {
    let events = decode([&b"id: 1\nid: 2\nid: 3\0\ndata: a\n\n"[..]]);
    assert_eq!(events, [plain("a", Some("2"), "2")]);
}

#[test]
fn a_reconnection_time_is_digits_only() {
    let retry = |value: &str| decode([format!("retry:{value}\ndata: a\n\n").as_bytes()])[0].retry;
    assert_eq!(retry(" 1500"), Some(1500));
    for bad in ["", " ", " 1.5", " -1", " +1", " 1s", " 0x10", "  10"] {
        assert_eq!(retry(bad), None, "{bad:?}");
    }
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("retry: 99999999999999999999\n");
    assert_eq!(decoder.next_event(), Ok(None));
    assert_eq!(decoder.retry(), Some(Duration::from_millis(u64::MAX)));
}

#[test]
fn the_type_is_the_last_one_and_does_not_outlast_its_block() {
    let events = decode([&b"event: a\nevent: b\ndata\n\ndata\n\nevent: c\n\ndata\n\n"[..]]);
    let kinds: Vec<_> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(kinds, ["b", "", ""]);
}

#[test]
fn what_is_not_utf_8_becomes_the_replacement_character() {
    assert_eq!(data(b"data: a\xffb\n\n"), ["a\u{fffd}b"]);
    assert_eq!(data(b"data: \xf0\x9f\ndata: \x98\x80\n\n"), ["\u{fffd}\n\u{fffd}\u{fffd}"]);
    let events = decode([&b"event: \xc3\nid: \xe2\x82\ndata: \xc3\xbc\n\n"[..]]);
    let expected = plain("ü", Some("\u{fffd}"), "\u{fffd}");
    assert_eq!(events, [Dispatched { event: "\u{fffd}".into(), ..expected }]);
}

#[test]
fn a_block_that_the_stream_ends_in_is_no_event() {
    assert_eq!(data(b"data: a\n\ndata: b\n"), ["a"]);
    assert_eq!(data(b"data: a"), Vec::<String>::new());
}

#[test]
fn bytes_pushed_before_the_rest_was_decoded_are_not_lost() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("data: a\n\ndata: b");
    decoder.push("b\n\ndata");
    decoder.push(": c\n\n");
    let mut events = Vec::new();
    drain(&mut decoder, &mut events);
    let data: Vec<_> = events.iter().map(|event| event.data.as_str()).collect();
    assert_eq!(data, ["a", "bb", "c"]);
}

#[test]
fn debug_shows_nothing_of_the_stream() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("id: marker\ndata: marker\n\ndata: marker");
    decoder.next_event().unwrap();
    assert!(!format!("{decoder:?}").contains("marker"));
}
