//! The rules of the standard one by one, and all of them together against an oracle.

use super::*;
use proptest::prelude::*;

/// An event that owns its parts: type, data, own id, last id after it, reconnection time in milliseconds.
type Owned = (String, String, Option<String>, String, Option<u64>);

fn drain(decoder: &mut Decoder, into: &mut Vec<Owned>) {
    while let Some(event) = decoder.next_event().unwrap() {
        let id = event.id.map(str::to_owned);
        let retry = event.retry.map(|retry| u64::try_from(retry.as_millis()).unwrap());
        let (kind, data) = (event.event.to_owned(), event.data.to_owned());
        into.push((kind, data, id, decoder.last_event_id().to_owned(), retry));
    }
}

fn decode<'c>(chunks: impl IntoIterator<Item = &'c [u8]>) -> Vec<Owned> {
    let mut decoder = Decoder::new(Limits::default());
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.push(chunk.to_vec());
        drain(&mut decoder, &mut events);
    }
    events
}

fn data(stream: &[u8]) -> Vec<String> {
    decode([stream]).into_iter().map(|event| event.1).collect()
}

#[test]
fn the_examples_of_the_standard() {
    assert_eq!(data(b"data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
    let stream =
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event";
    let events = decode([&stream[..]]);
    assert_eq!(
        events[0],
        (String::new(), "first event".into(), Some("1".into()), "1".into(), None)
    );
    assert_eq!(
        events[1],
        (String::new(), "second event".into(), Some(String::new()), String::new(), None)
    );
    assert_eq!(events.len(), 2);
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
    assert_eq!(decode(bytes.chunks(1))[0].1, "a");
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
    assert_eq!((&events[0].2, &*events[0].3), (&Some("2".to_owned()), "2"));
}

#[test]
fn a_reconnection_time_is_digits_only() {
    let retry = |value: &str| decode([format!("retry:{value}\ndata: a\n\n").as_bytes()])[0].4;
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
    let kinds: Vec<_> = events.iter().map(|event| event.0.as_str()).collect();
    assert_eq!(kinds, ["b", "", ""]);
}

#[test]
fn what_is_not_utf_8_becomes_the_replacement_character() {
    assert_eq!(data(b"data: a\xffb\n\n"), ["a\u{fffd}b"]);
    assert_eq!(data(b"data: \xf0\x9f\ndata: \x98\x80\n\n"), ["\u{fffd}\n\u{fffd}\u{fffd}"]);
    let events = decode([&b"event: \xc3\nid: \xe2\x82\ndata: \xc3\xbc\n\n"[..]]);
    assert_eq!(
        events[0],
        ("\u{fffd}".into(), "ü".into(), Some("\u{fffd}".into()), "\u{fffd}".into(), None)
    );
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
    let data: Vec<_> = events.iter().map(|event| event.1.as_str()).collect();
    assert_eq!(data, ["a", "bb", "c"]);
}

fn limited(line: usize, event: usize) -> Decoder {
    Decoder::new(Limits { line, event })
}

#[test]
fn a_line_of_the_limit_is_read_and_one_byte_more_is_an_error_for_good() {
    for chunk in [1, 3, 100] {
        let mut decoder = limited(8, 100);
        for part in b"data: 12\n\n".chunks(chunk) {
            decoder.push(part.to_vec());
        }
        assert_eq!(decoder.next_event().unwrap().unwrap().data, "12");
        for part in b"data: 123\n\n".chunks(chunk) {
            decoder.push(part.to_vec());
        }
        assert_eq!(decoder.next_event(), Err(DecodeError::LineTooLong(8)));
        decoder.push("data: 1\n\n");
        assert_eq!(decoder.next_event(), Err(DecodeError::LineTooLong(8)));
    }
}

#[test]
fn data_of_the_limit_are_read_and_one_byte_more_is_an_error() {
    let mut decoder = limited(100, 5);
    decoder.push("data: 12\ndata: 34\n\ndata: 12345\n\ndata: 12\ndata: 345\n\n");
    assert_eq!(decoder.next_event().unwrap().unwrap().data, "12\n34");
    assert_eq!(decoder.next_event().unwrap().unwrap().data, "12345");
    assert_eq!(decoder.next_event(), Err(DecodeError::EventTooLong(5)));
    let mut decoder = limited(100, 5);
    decoder.push("data: 123456\n\n");
    assert_eq!(decoder.next_event(), Err(DecodeError::EventTooLong(5)));
}

#[test]
fn what_never_ends_and_is_no_data_needs_no_memory() {
    for line in
        [": comment\n", "\n", "\r\n", "id: 7\n\n", "event: ping\n\n", "foo: bar\n", "event: a\n"]
    {
        let mut decoder = limited(32, 32);
        for _ in 0..10_000 {
            decoder.push(line);
            assert_eq!(decoder.next_event(), Ok(None), "{line:?}");
        }
    }
}

#[test]
fn debug_shows_nothing_of_the_stream() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("id: marker\ndata: marker\n\ndata: marker");
    decoder.next_event().unwrap();
    assert!(!format!("{decoder:?}").contains("marker"));
}

/// The standard's algorithm over a whole stream at once, as plainly as it can be written.
fn oracle(stream: &[u8]) -> Vec<Owned> {
    let text = String::from_utf8_lossy(stream);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    let (mut events, mut last_id) = (Vec::new(), String::new());
    let (mut kind, mut data, mut id, mut retry) = (String::new(), String::new(), None, None);
    let lines = if text.contains('\n') { complete.split('\n').collect() } else { Vec::new() };
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match (line, name) {
            ("", _) => {
                if let Some(id) = &id {
                    last_id = String::clone(id);
                }
                if let Some(data) = data.strip_suffix('\n') {
                    events.push((kind.clone(), data.to_owned(), id, last_id.clone(), retry));
                }
                (kind, data, id, retry) = (String::new(), String::new(), None, None);
            }
            (_, "event") => kind = value.to_owned(),
            (_, "data") => data = data + value + "\n",
            (_, "id") if !value.contains('\0') => id = Some(value.to_owned()),
            (_, "retry") if !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) => {
                retry = Some(value.parse().unwrap_or(u64::MAX));
            }
            _ => {}
        }
    }
    events
}

/// Streams that are mostly made of what the standard gives meaning to.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec!["data", "event", "id", "retry", "dat", ":", ": ", " ", "a", "7", "\0", "\u{feff}", "ü", "😀"])
            .prop_map(|text| text.as_bytes().to_vec()),
        3 => prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r"]).prop_map(|text| text.as_bytes().to_vec()),
        2 => prop::sample::select(vec!["data: x\n", "data: y\r\n", "id: 1\n", "event: e\n", "retry: 10\n", ": c\n"])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_stream_gives_what_the_standard_says(stream in streams()) {
        prop_assert_eq!(decode([&stream[..]]), oracle(&stream));
    }

    #[test]
    fn how_a_stream_is_cut_makes_no_difference(stream in streams(), cuts in prop::collection::vec(1..9usize, 1..20)) {
        let (mut chunks, mut rest, mut sizes) = (Vec::new(), &stream[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
            chunks.push(chunk);
            rest = after;
        }
        prop_assert_eq!(decode(chunks), oracle(&stream));
        prop_assert_eq!(decode(stream.chunks(1)), oracle(&stream));
    }
}
