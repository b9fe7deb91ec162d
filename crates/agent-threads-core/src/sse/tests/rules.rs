//! More rules of the standard: what is no rule of it, what outlasts a block, and each place a chunk can end in.

use super::*;

#[test]
fn only_cr_and_lf_end_a_line() {
    // Next line, line and paragraph separator, vertical tab and form feed, which others take for line ends.
    for no_end in ["\u{85}", "\u{2028}", "\u{2029}", "\u{b}", "\u{c}", "\0"] {
        let stream = format!("data: a{no_end}data: b\n\n");
        assert_eq!(data(stream.as_bytes()), [format!("a{no_end}data: b")], "{no_end:?}");
    }
}

#[test]
fn a_line_end_of_two_bytes_is_one_wherever_it_is_cut() {
    let stream = b"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n";
    for cut in 0..=stream.len() {
        let (one, two) = stream.split_at(cut);
        assert_eq!(decode([one, two]), [plain("a\nb", None, ""), plain("c", None, "")], "{cut}");
        let with_empty_chunks = [&b""[..], one, b"", b"", two, b""];
        assert_eq!(decode(with_empty_chunks).len(), 2, "{cut}");
    }
}

#[test]
fn a_field_name_is_all_in_front_of_the_first_colon_and_nothing_else() {
    for (line, expected) in [
        ("data: b: c:", Some("b: c:")),
        ("data::", Some(":")),
        ("data", Some("")),
        ("data:", Some("")),
        ("data: ", Some("")),
        ("data:  ", Some(" ")),
        ("Data: b", None),
        (" data: b", None),
        ("data\t: b", None),
        ("dataset: b", None),
        ("dat: b", None),
        ("\u{feff}data: b", None),
        ("\0data: b", None),
        (":data: b", None),
    ] {
        let read = data(format!(":\n{line}\n\n").as_bytes());
        assert_eq!(read, Vec::from_iter(expected), "{line:?}");
    }
}

#[test]
fn an_id_outlasts_its_block_until_another_takes_its_place_or_an_empty_one_takes_it_back() {
    let stream =
        b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\ndata: d\n\nid: \xC3\xA9 2\n\ndata: e\n\n";
    let expected = [
        plain("a", Some("1"), "1"),
        plain("b", None, "1"),
        plain("c", Some(""), ""),
        plain("d", None, ""),
        plain("e", None, "\u{e9} 2"),
    ];
    assert_eq!(decode([&stream[..]]), expected);
}

#[test]
fn a_type_that_comes_again_is_that_of_its_block_and_of_no_other() {
    let stream = b"event: a\ndata\n\ndata\n\nevent: a\ndata\n\nevent\ndata\n\nevent: a\n\ndata\n\n\
        event: a\nevent: b\ndata\n\nevent: \xFF\ndata\n\nevent: \xEF\xBF\xBD\ndata\n\nevent: \xFE\ndata\n\n";
    let kinds = ["a", "", "a", "", "", "b", "\u{fffd}", "\u{fffd}", "\u{fffd}"];
    for chunks in [vec![&stream[..]], stream.chunks(1).collect()] {
        let events = decode(chunks);
        assert_eq!(events.iter().map(|event| &*event.event).collect::<Vec<_>>(), kinds);
    }
}

#[test]
fn an_id_with_nul_anywhere_leaves_the_one_before_it() {
    for bad in ["\0", "2\0", "\x002", "2\x003"] {
        let stream = format!("id: 1\n\nid: {bad}\ndata: a\n\n");
        assert_eq!(decode([stream.as_bytes()]), [plain("a", None, "1")], "{bad:?}");
    }
}

#[test]
fn an_id_of_a_block_that_the_stream_ends_in_does_not_count() {
    for stream in ["id: 1\n\nid: 2\n", "id: 1\n\nid: 2", "id: 1\r\n\r\nid: 2\r\n"] {
        let mut decoder = Decoder::new(Limits::default());
        decoder.push(stream);
        assert_eq!(decoder.next_event(), Ok(None));
        assert_eq!(decoder.last_event_id(), "1", "{stream:?}");
    }
}

#[test]
fn a_reconnection_time_counts_at_once_and_without_an_event() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.push("retry: 7\nretry: 007000\nretry: x\nretry\n");
    assert_eq!(decoder.next_event(), Ok(None));
    assert_eq!(decoder.retry(), Some(Duration::from_secs(7)));
    decoder.push("\ndata: a\n\n");
    assert_eq!(decoder.next_event().unwrap().unwrap().retry, None, "another block set it");
    assert_eq!(decoder.retry(), Some(Duration::from_secs(7)));
}

#[test]
fn digits_of_other_scripts_are_no_digits() {
    // Arabic-Indic, fullwidth, superscript.
    for bad in ["\u{661}\u{662}", "\u{ff11}", "1\u{b2}"] {
        assert_eq!(decode([format!("retry: {bad}\ndata\n\n").as_bytes()])[0].retry, None, "{bad}");
    }
}

/// The number of U+FFFD is that of maximal subparts: the examples of the Unicode standard, tables 3-8 to 3-11.
#[test]
fn each_maximal_subpart_of_what_is_not_utf_8_is_one_replacement_character() {
    for (bytes, expected) in [
        (&b"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"[..], "????????A"),
        (b"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "????????A"),
        (b"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "?????A??B"),
        (b"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "????A"),
    ] {
        let expected = expected.replace('?', "\u{fffd}");
        for field in ["data: ", "event: ", "id: "] {
            let stream = [field.as_bytes(), bytes, b"\ndata:\n\n"].concat();
            for chunks in [vec![&stream[..]], stream.chunks(1).collect()] {
                let event = decode(chunks).remove(0);
                let read = match field {
                    "data: " => event.data.strip_suffix('\n').unwrap().to_owned(),
                    "event: " => event.event,
                    _ => event.id.unwrap(),
                };
                assert_eq!(read, expected, "{field}{bytes:x?}");
            }
        }
    }
}

#[test]
fn a_character_cut_by_a_line_end_is_not_whole() {
    let stream = "data: \u{20ac}\ndata: ".as_bytes();
    let stream = [stream, b"\xE2\ndata: \x82\xAC\n\n"].concat();
    assert_eq!(data(&stream), ["\u{20ac}\n\u{fffd}\n\u{fffd}\u{fffd}"]);
}

#[test]
fn half_a_byte_order_mark_is_none() {
    assert_eq!(data(b"\xEF\xBBdata: a\n\ndata: b\n\n"), ["b"]);
    assert_eq!(data(b"\xEF\xBB\xBF\r\n\r\ndata: b\n\n"), ["b"]);
    assert_eq!(data(b"\n\xEF\xBB\xBFdata: a\n\ndata: b\n\n"), ["b"]);
}

#[test]
fn empty_data_are_an_event_and_no_data_are_none() {
    assert_eq!(decode([&b"data\n\n"[..]]), [plain("", None, "")]);
    assert_eq!(data(b"data:\ndata:\ndata:\n\n"), ["\n\n"]);
    assert_eq!(data(b"event: a\nid: 1\nretry: 1\n\n\n\n"), Vec::<String>::new());
}
