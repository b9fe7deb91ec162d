//! How much is kept, and when it is too much.

use super::*;

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
