//! Reading bodies without letting them grow beyond a cap.

use crate::{Body, TransportError};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

/// How much of an error's body is kept.
const ERROR_BODY_BYTES: usize = 256 << 10;

/// How long an error's body is waited for. The status is known by then, and is what counts.
const ERROR_BODY_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    TooLarge,
    Transport(TransportError),
}

/// The whole body, or an error as soon as it is known to be larger than `cap`.
pub(crate) async fn read(mut body: Body, cap: usize) -> Result<Bytes, ReadError> {
    let Some(first) = body.next().await else {
        return Ok(Bytes::new());
    };
    let first = within(first, 0, cap)?;
    let Some(second) = body.next().await else {
        return Ok(first);
    };
    let mut whole = BytesMut::from(first);
    whole.extend_from_slice(&within(second, whole.len(), cap)?);
    while let Some(chunk) = body.next().await {
        let chunk = within(chunk, whole.len(), cap)?;
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

fn within(
    chunk: Result<Bytes, TransportError>,
    so_far: usize,
    cap: usize,
) -> Result<Bytes, ReadError> {
    let chunk = chunk.map_err(ReadError::Transport)?;
    match chunk.len() <= cap - so_far {
        true => Ok(chunk),
        false => Err(ReadError::TooLarge),
    }
}

/// As much of an error's body as comes in time, without breaks, and under the cap. Never fails.
pub(crate) async fn read_error(mut body: Body, deadline: Option<Instant>) -> Bytes {
    let patience = Instant::now() + ERROR_BODY_WAIT;
    let until = deadline.map_or(patience, |deadline| deadline.min(patience));
    let mut kept = BytesMut::new();
    while let Ok(Some(Ok(chunk))) = timeout_at(until, body.next()).await {
        let room = ERROR_BODY_BYTES - kept.len();
        kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if kept.len() == ERROR_BODY_BYTES {
            break;
        }
    }
    kept.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Phase;
    use futures_util::stream;

    fn chunks(sizes: &[usize]) -> Body {
        let chunks: Vec<_> = sizes.iter().map(|size| Ok(vec![b'x'; *size].into())).collect();
        Body::from_stream(stream::iter(chunks))
    }

    fn endless() -> Body {
        Body::from_stream(stream::repeat_with(|| Ok(Bytes::from_static(&[b'x'; 4096]))))
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_cap_is_read() {
        for sizes in [&[][..], &[10], &[4, 6], &[1, 2, 3, 4]] {
            let whole = read(chunks(sizes), 10).await.unwrap();
            assert_eq!(whole.len(), sizes.iter().sum::<usize>());
        }
    }

    #[tokio::test]
    async fn one_byte_more_is_an_error() {
        for sizes in [&[11][..], &[10, 1], &[4, 6, 1]] {
            assert!(matches!(read(chunks(sizes), 10).await, Err(ReadError::TooLarge)));
        }
        assert!(matches!(read(endless(), 1 << 20).await, Err(ReadError::TooLarge)));
    }

    #[tokio::test]
    async fn an_endless_error_body_is_cut_at_the_cap() {
        assert_eq!(read_error(endless(), None).await.len(), ERROR_BODY_BYTES);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_body_that_stalls_or_breaks_keeps_what_came() {
        let stalled = stream::iter([Ok(Bytes::from("some"))]).chain(stream::pending());
        assert_eq!(read_error(Body::from_stream(stalled), None).await, "some");
        let broken =
            stream::iter([Ok(Bytes::from("some")), Err(TransportError::new(Phase::Body, "reset"))]);
        assert_eq!(read_error(Body::from_stream(broken), None).await, "some");
    }
}
