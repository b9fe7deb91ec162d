//! Lines of every length, which are looked for in several ways.

use super::*;
use proptest::prelude::*;

/// Streams with lines that are much longer than a chunk.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => (0..1500_usize).prop_map(|length| "x\u{fc}".repeat(length).into_bytes()),
        4 => prop::sample::select(vec!["data: ", "data:", "id: ", "event: ", ": ", "\u{feff}", "\0"])
            .prop_map(|text| text.as_bytes().to_vec()),
        4 => prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r"])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..40),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn long_lines_in_small_chunks_give_what_the_standard_says(stream in streams(), chunk in 1..80_usize) {
        prop_assert_eq!(decode(stream.chunks(chunk)), oracle::dispatched(&stream));
    }

    #[test]
    fn chunks_that_are_not_decoded_at_once_are_not_lost(stream in streams(), chunk in 1..80_usize) {
        let mut decoder = Decoder::new(Limits::default());
        let mut events = Vec::new();
        for (number, chunk) in stream.chunks(chunk).enumerate() {
            decoder.push(chunk.to_vec());
            if number % 3 == 0 {
                drain(&mut decoder, &mut events);
            }
        }
        drain(&mut decoder, &mut events);
        prop_assert_eq!(events, oracle::dispatched(&stream));
    }

    #[test]
    fn a_line_end_is_found_wherever_it_is(bytes in prop::collection::vec(prop_oneof![
        8 => Just(b'x'), 2 => any::<u8>(), 1 => Just(b'\x0b'), 1 => Just(b'\x8a'), 1 => Just(b'\n'), 1 => Just(b'\r'),
    ], 0..100)) {
        let expected = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        prop_assert_eq!(scan::near_end(&bytes), expected);
        prop_assert_eq!(scan::far_end(&bytes), expected);
    }
}

#[test]
fn a_long_line_of_the_limit_is_read_and_one_byte_more_is_an_error() {
    for chunk in [1, 7, 64, 1000, 5000] {
        for length in [4000, 4001] {
            let stream = format!("data: {}\n\n", "x".repeat(length - "data: ".len()));
            let mut decoder = Decoder::new(Limits { line: 4000, ..Limits::default() });
            let mut found = Ok(0);
            for chunk in stream.as_bytes().chunks(chunk) {
                decoder.push(chunk.to_vec());
                match decoder.next_event() {
                    Ok(event) => {
                        found = found.map(|found| event.map_or(found, |event| event.data.len()));
                    }
                    Err(error) => found = Err(error),
                }
            }
            let expected =
                if length == 4000 { Ok(3994) } else { Err(DecodeError::LineTooLong(4000)) };
            assert_eq!(found, expected, "{length} in chunks of {chunk}");
        }
    }
}
