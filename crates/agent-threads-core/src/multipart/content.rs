//! The bytes of a file on their way, held to the length that was announced.

use crate::{
    exclusive::Exclusive,
    file_part::{BoxError, Chunks, Once},
};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{TryStreamExt as _, stream};
use http_body::Frame;
use std::{
    error::Error as StdError,
    fmt,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::io::AsyncReadExt as _;

/// How much of a file is read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Why a file cannot be sent to its end. The request is broken off, so that the server does not get it as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    name: Arc<str>,
    reason: Reason,
}

#[derive(Clone, Debug)]
enum Reason {
    Unreadable(Arc<dyn StdError + Send + Sync>),
    Short { announced: u64, came: u64 },
    Long { announced: u64 },
    TooLarge { max: u64 },
}

impl Failure {
    /// The failure behind an error, if it is one.
    pub(crate) fn behind<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(failure) = error.downcast_ref() {
                return Some(failure);
            }
            cause = error.source();
        }
        None
    }

    /// Why the file could not be read, where that is it.
    pub(crate) fn cause(&self) -> Option<Arc<dyn StdError + Send + Sync>> {
        match &self.reason {
            Reason::Unreadable(cause) => Some(Arc::clone(cause)),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the file `{}` ", self.name)?;
        match &self.reason {
            Reason::Unreadable(_) => f.write_str("could not be read to its end"),
            Reason::Short { announced, came } => {
                write!(f, "ended after {came} of the {announced} bytes that were announced")
            }
            Reason::Long { announced } => {
                write!(f, "has more than the {announced} bytes that were announced")
            }
            Reason::TooLarge { max } => {
                write!(f, "has more than the {max} bytes that the vendor takes")
            }
        }
    }
}

impl StdError for Failure {}

/// The chunks of a stream, taken when the first is asked for.
pub(super) fn later(chunks: Once) -> Chunks {
    let taken = async move {
        chunks.take().ok_or_else(|| BoxError::from("the stream has been sent before"))
    };
    Box::pin(stream::once(taken).try_flatten())
}

/// The chunks of a file, opened when the first is asked for.
pub(super) fn file(path: PathBuf) -> Chunks {
    enum State {
        Closed(PathBuf),
        Open(tokio::fs::File),
    }
    Box::pin(stream::try_unfold(State::Closed(path), |state| async {
        let mut file = match state {
            State::Closed(path) => tokio::fs::File::open(path).await?,
            State::Open(file) => file,
        };
        let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
        let count = file.read_buf(&mut chunk).await?;
        Ok((count > 0).then(|| (chunk.freeze(), State::Open(file))))
    }))
}

/// What a request sends: the chunks of a stream.
pub(super) fn body(
    chunks: impl Stream<Item = Result<Bytes, Failure>> + Send + 'static,
) -> reqwest::Body {
    reqwest::Body::wrap(Streamed(Exclusive::new(Box::pin(chunks))))
}

struct Streamed<S>(Exclusive<S>);

impl<S: Stream<Item = Result<Bytes, Failure>>> http_body::Body for Streamed<S> {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let chunk = ready!(self.0.get_mut().poll_next(cx));
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }
}

/// Chunks that are as long together as was said, and no longer than the vendor takes.
pub(super) struct Checked {
    chunks: Chunks,
    name: Arc<str>,
    announced: Option<u64>,
    max: Option<u64>,
    came: u64,
}

impl Checked {
    pub(super) fn new(
        chunks: Chunks,
        name: &str,
        announced: Option<u64>,
        max: Option<u64>,
    ) -> Self {
        Self { chunks, name: name.into(), announced, max, came: 0 }
    }

    fn failure(&self, reason: Reason) -> Failure {
        Failure { name: Arc::clone(&self.name), reason }
    }

    fn check(&mut self, chunk: Bytes) -> Result<Bytes, Failure> {
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.came = self.came.saturating_add(length);
        match (self.announced, self.max) {
            (Some(announced), _) if self.came > announced => {
                Err(self.failure(Reason::Long { announced }))
            }
            (None, Some(max)) if self.came > max => Err(self.failure(Reason::TooLarge { max })),
            _ => Ok(chunk),
        }
    }

    fn check_end(&self) -> Option<Result<Bytes, Failure>> {
        let announced = self.announced.filter(|announced| self.came < *announced)?;
        Some(Err(self.failure(Reason::Short { announced, came: self.came })))
    }
}

impl Stream for Checked {
    type Item = Result<Bytes, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.chunks.as_mut().poll_next(cx)) {
            Some(Ok(chunk)) => Some(self.check(chunk)),
            Some(Err(cause)) => Some(Err(self.failure(Reason::Unreadable(cause.into())))),
            None => self.check_end(),
        })
    }
}
