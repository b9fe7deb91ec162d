//! From frames to the bytes of a body: edits, layout, and where it ends.

use std::io;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, stream};

use super::fault::{Edits, End, Place};
use super::{Delivery, Frame, StreamFault};

const ENDLESS_PIECE: usize = 16 * 1024;

pub(super) type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// The bytes of a whole stream.
pub(crate) fn wire(frames: &[Frame], delivery: &Delivery) -> Bytes {
    let mut bytes = delivery.prefix().to_vec();
    frames.iter().for_each(|frame| bytes.extend_from_slice(&frame.encode(delivery)));
    bytes.into()
}

/// The bytes of a stream with its fault, cut into pieces where its frames end.
pub(super) fn pieces(
    frames: BoxStream<'static, Frame>,
    fault: StreamFault,
    delivery: Delivery,
) -> Pieces {
    let Some((place, end)) = fault.end else {
        return laid_out(edited(frames, fault.edits, None), delivery).boxed();
    };
    let (told, after) = (fault.edits.told.clone(), after_end(end, &delivery));
    let rest = stream::once(async move {
        told.tell(end.as_break());
        after
    });
    let rest = rest.flatten();
    match place {
        Place::Events(events) => {
            laid_out(edited(frames, fault.edits, Some(events)), delivery).chain(rest).boxed()
        }
        Place::Bytes(bytes) => {
            let whole = laid_out(edited(frames, fault.edits, None), delivery).boxed();
            first_bytes(whole, bytes).chain(rest).boxed()
        }
    }
}

/// The frames with their edits, up to `limit` events. It ends with the last of these and does not wait for a next one.
fn edited(
    frames: BoxStream<'static, Frame>,
    edits: Edits,
    limit: Option<usize>,
) -> impl Stream<Item = Frame> + Send + 'static {
    let before_all = stream::iter(edits.inserted_after(0));
    let state = (frames, edits, 0);
    let others = stream::unfold(state, move |(mut frames, edits, mut events)| async move {
        if limit == Some(events) {
            return None;
        }
        let frame = frames.next().await?;
        let mut sent = vec![frame];
        if sent[0].is_event() {
            sent = sent.into_iter().flat_map(|frame| edits.replace(frame, events)).collect();
            events += 1;
            sent.extend(edits.inserted_after(events));
        }
        Some((stream::iter(sent), (frames, edits, events)))
    });
    before_all.chain(others.flatten())
}

fn laid_out(
    frames: impl Stream<Item = Frame> + Send + 'static,
    delivery: Delivery,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let prefix = Some(delivery.prefix()).filter(|prefix| !prefix.is_empty());
    stream::iter(prefix.map(Ok)).chain(frames.map(move |frame| Ok(frame.encode(&delivery))))
}

/// The first `bytes` of a body, or all of it.
fn first_bytes(
    pieces: Pieces,
    bytes: usize,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::unfold((pieces, bytes), |(mut pieces, left)| async move {
        if left == 0 {
            return None;
        }
        let piece = pieces.next().await?;
        let piece = piece.map(|piece| piece.slice(..piece.len().min(left)));
        let left = left - piece.as_ref().map_or(left, Bytes::len);
        Some((piece, (pieces, left)))
    })
}

fn after_end(end: End, delivery: &Delivery) -> Pieces {
    let filler = "x".repeat(ENDLESS_PIECE);
    match end {
        End::Proper => stream::empty().boxed(),
        End::Cut => cut().boxed(),
        End::Stall => stream::pending().boxed(),
        End::EndlessLine => {
            let begin = [&b"data"[..], delivery.colon()].concat().into();
            stream::iter([Ok(begin)]).chain(endless(filler.into())).boxed()
        }
        End::EndlessEvent => endless(delivery.unfinished(&Frame::data(filler))).boxed(),
        End::EndlessComments => endless(Frame::comment("keep-alive").encode(delivery)).boxed(),
    }
}

fn endless(piece: Bytes) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::repeat_with(move || Ok(piece.clone()))
}

/// Fails, so that the connection closes without the body's end.
fn cut() -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::iter([Err(io::Error::other("the body is cut on purpose"))])
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn frames(texts: &'static [&'static str]) -> BoxStream<'static, Frame> {
        let frame = |text: &&'static str| match text.strip_prefix(':') {
            Some(comment) => Frame::comment(comment),
            None => Frame::data(*text),
        };
        stream::iter(texts.iter().map(frame)).boxed()
    }

    /// All that comes without waiting, and whether that is all there is.
    fn sent(frames: BoxStream<'static, Frame>, fault: StreamFault) -> (String, bool) {
        let mut pieces = pieces(frames, fault, Delivery::new());
        let mut text = String::new();
        loop {
            match pieces.next().now_or_never() {
                Some(Some(piece)) => text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap()),
                Some(None) => return (text.replace("data: ", "").replace("\n\n", " "), true),
                None => return (text.replace("data: ", "").replace("\n\n", " "), false),
            }
        }
    }

    #[test]
    fn inserted_and_repeated_events_do_not_count() {
        let fault = StreamFault::new()
            .insert(2, Frame::data("Y"))
            .insert(0, Frame::data("X"))
            .insert(2, Frame::data("Z"))
            .repeat(0)
            .end_after_events(2);
        let (text, ended) = sent(frames(&["a", ":c", "b", "c"]), fault);
        assert_eq!((text.as_str(), ended), ("X a a : c b Y Z ", true));
        let (text, _) = sent(frames(&["a", "b"]), StreamFault::new().repeat_all());
        assert_eq!(text, "a a b b ");
    }

    #[test]
    fn breaks_are_told_when_they_happen_and_only_then() {
        use std::sync::{Arc, Mutex};

        use crate::sse::StreamBreak;

        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = told.clone();
        let fault = StreamFault::new().insert(0, Frame::data("X")).repeat(0).bad_utf8(7);
        let fault =
            fault.stall_after_events(1).on_break(move |what| sink.lock().unwrap().push(what));
        let mut pieces = pieces(frames(&["a", "b"]), fault, Delivery::new());
        assert!(pieces.next().now_or_never().is_some());
        assert_eq!(*told.lock().unwrap(), [StreamBreak::Inserted]);
        while pieces.next().now_or_never().is_some() {}
        let all = [StreamBreak::Inserted, StreamBreak::Repeated, StreamBreak::Stalled];
        assert_eq!(*told.lock().unwrap(), all);
    }

    #[test]
    fn an_end_after_events_does_not_wait_for_the_next_event() {
        let held = || frames(&["a"]).chain(stream::pending()).boxed();
        let (text, ended) = sent(held(), StreamFault::new().end_after_events(1));
        assert_eq!((text.as_str(), ended), ("a ", true));
        let (text, ended) = sent(held(), StreamFault::new().insert(1, Frame::data("X")));
        assert_eq!((text.as_str(), ended), ("a X ", false));
    }

    #[test]
    fn an_end_that_is_not_reached_replaces_the_proper_one() {
        for fault in
            [StreamFault::new().stall_after_events(9), StreamFault::new().stall_after_bytes(99)]
        {
            let (text, ended) = sent(frames(&["a"]), fault);
            assert_eq!((text.as_str(), ended), ("a ", false));
        }
    }

    #[test]
    fn bytes_are_counted_over_pieces() {
        let whole = wire(&[Frame::data("a"), Frame::data("b")], &Delivery::new());
        for bytes in 0..=whole.len() {
            let pieces = pieces(
                frames(&["a", "b"]),
                StreamFault::new().end_after_bytes(bytes),
                Delivery::new(),
            );
            let got: Vec<_> = pieces.collect().now_or_never().unwrap();
            let got: Vec<u8> = got.into_iter().flat_map(Result::unwrap).collect();
            assert_eq!(got, whole[..bytes]);
        }
    }

    #[test]
    fn a_cut_is_an_error_after_what_comes_before_it() {
        let fault = StreamFault::new().cut_after_events(1);
        let pieces = pieces(frames(&["a", "b"]), fault, Delivery::new().bom());
        let pieces: Vec<_> = pieces.collect().now_or_never().unwrap();
        let sent: Vec<_> = pieces.iter().map_while(|piece| piece.as_ref().ok()).collect();
        assert_eq!(sent, [&b"\xef\xbb\xbf"[..], b"data: a\n\n"]);
        assert_eq!(pieces.len(), 3);
    }

    #[test]
    fn endless_ends_go_on_in_their_own_way() {
        for (fault, begin, blank_lines) in [
            (StreamFault::new().endless_line_after(0), "data: xxx", false),
            (StreamFault::new().endless_event_after(0), "data: xxx", false),
            (StreamFault::new().endless_comments_after(0), ": keep-alive\n\n: keep", true),
        ] {
            let lines = !format!("{fault:?}").contains("EndlessLine");
            let pieces = pieces(frames(&["a"]), fault, Delivery::new());
            let some: Vec<_> = pieces.take(20).collect().now_or_never().unwrap();
            let some: Vec<u8> = some.into_iter().flat_map(Result::unwrap).collect();
            let some = String::from_utf8(some).unwrap();
            assert!(some.starts_with(begin), "{}", &some[..40]);
            assert_eq!((some.contains('\n'), some.contains("\n\n")), (lines, blank_lines));
        }
    }
}
