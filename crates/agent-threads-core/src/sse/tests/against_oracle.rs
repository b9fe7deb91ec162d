//! All rules together, against an oracle that was written apart from the decoder.

use super::*;
use proptest::prelude::*;

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
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_stream_gives_what_the_standard_says(stream in streams()) {
        prop_assert_eq!(decode([&stream[..]]), oracle::dispatched(&stream));
    }

    #[test]
    fn under_limits_what_stands_in_front_of_the_first_excess_is_read(
        stream in streams(), chunk in 1..12_usize, line in 6..24_usize, event in 1..12_usize,
    ) {
        let within = oracle::within_limits(&stream, line, event);
        let mut decoder = Decoder::new(Limits { line, event });
        let (mut events, mut failed) = (Vec::new(), false);
        for chunk in stream.chunks(chunk) {
            decoder.push(chunk.to_vec());
            loop {
                match decoder.next_event() {
                    Ok(Some(event)) => events.push(owned(event)),
                    Ok(None) => break,
                    Err(_) => {
                        failed = true;
                        break;
                    }
                }
            }
        }
        prop_assert_eq!(failed, within.is_some());
        prop_assert_eq!(events, oracle::dispatched(within.unwrap_or(&stream)));
    }

    #[test]
    fn how_a_stream_is_cut_makes_no_difference(stream in streams(), cuts in prop::collection::vec(1..9usize, 1..20)) {
        let (mut chunks, mut rest, mut sizes) = (Vec::new(), &stream[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
            chunks.push(chunk);
            rest = after;
        }
        prop_assert_eq!(decode(chunks), oracle::dispatched(&stream));
        prop_assert_eq!(decode(stream.chunks(1)), oracle::dispatched(&stream));
    }
}
