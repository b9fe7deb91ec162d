//! Where the chunks of a body begin and end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

use super::pieces::Pieces;

/// The pieces in chunks of one size. What is there goes out when the next piece has to be waited for.
pub(super) struct Chunks {
    pieces: Pieces,
    size: usize,
    gathered: BytesMut,
    /// What came after the last bytes.
    end: Option<Option<io::Error>>,
}

impl Chunks {
    pub(super) fn new(pieces: Pieces, size: usize) -> Self {
        Self { pieces, size, gathered: BytesMut::new(), end: None }
    }

    fn take_chunk(&mut self) -> Bytes {
        let size = self.size.min(self.gathered.len());
        self.gathered.split_to(size).freeze()
    }
}

impl Stream for Chunks {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while self.gathered.len() < self.size && self.end.is_none() {
            match self.pieces.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(piece))) => self.gathered.extend_from_slice(&piece),
                Poll::Ready(Some(Err(error))) => self.end = Some(Some(error)),
                Poll::Ready(None) => self.end = Some(None),
                Poll::Pending if self.gathered.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        if !self.gathered.is_empty() {
            return Poll::Ready(Some(Ok(self.take_chunk())));
        }
        Poll::Ready(self.end.as_mut().and_then(Option::take).map(Err))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};

    use super::*;

    fn chunks(pieces: Vec<&'static str>, size: usize) -> Vec<Bytes> {
        let pieces = stream::iter(pieces).map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        let chunks = Chunks::new(pieces.boxed(), size).map(Result::unwrap);
        chunks.collect().now_or_never().unwrap()
    }

    #[test]
    fn chunks_have_one_size_wherever_the_pieces_end() {
        assert_eq!(chunks(vec!["abc", "", "de", "fgh"], 3), ["abc", "def", "gh"]);
        assert_eq!(chunks(vec!["ab", "c"], 1), ["a", "b", "c"]);
        assert_eq!(chunks(vec!["ab", "c"], 9), ["abc"]);
        assert!(chunks(vec!["", ""], 2).is_empty());
    }

    #[test]
    fn what_is_there_does_not_wait_for_more() {
        let pieces = stream::iter([Ok(Bytes::from_static(b"abc"))]).chain(stream::pending());
        let mut chunks = Chunks::new(pieces.boxed(), 2);
        for expected in ["ab", "c"] {
            assert_eq!(chunks.next().now_or_never().unwrap().unwrap().unwrap(), expected);
        }
        assert!(chunks.next().now_or_never().is_none());
    }

    #[test]
    fn an_error_comes_after_the_bytes_before_it() {
        let pieces = [Ok(Bytes::from_static(b"abc")), Err(io::Error::other("cut"))];
        let mut chunks = Chunks::new(stream::iter(pieces).boxed(), 2);
        for expected in ["ab", "c"] {
            assert_eq!(chunks.next().now_or_never().unwrap().unwrap().unwrap(), expected);
        }
        assert!(chunks.next().now_or_never().unwrap().unwrap().is_err());
        assert!(chunks.next().now_or_never().unwrap().is_none());
    }
}
