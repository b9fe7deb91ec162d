//! Files that are received.

use crate::{
    Body, BoxFuture, Error, Phase, TransportError,
    call::{Call, Core, span, within},
    disposition,
    operation::Operation,
    silence::Silence,
};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use reqwest::{
    Request, StatusCode,
    header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use std::{
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::Duration,
};

/// A file that a server sends, as a [`Stream`] of its bytes.
///
/// Up to its beginning the call is made as any other, attempts and timeouts included. What follows is read as it is asked
/// for, so that a slow consumer slows the server down; it is not asked for again, has no limit in size, and no other limit
/// in time than that between two chunks ([`Settings::stall_timeout`](crate::Settings::stall_timeout)).
///
/// A file that breaks off is one `Err`, of [`ErrorKind::Transport`](crate::ErrorKind::Transport), that says how many bytes
/// had come. After an `Err` nothing follows.
///
/// # Cancel safety
///
/// A chunk is either returned or still to come. Dropping the download closes the connection; another call brings the
/// file from its beginning.
#[must_use = "a download is read only as far as it is polled"]
pub struct Download {
    operation: &'static Operation,
    attempts: u32,
    waited: Duration,
    status: StatusCode,
    headers: HeaderMap,
    /// What is still to come; nothing once it is over.
    body: Option<Body>,
    came: u64,
    stall_timeout: Option<Duration>,
    silence: Silence,
}

impl Core {
    /// Sends a request, again where that is safe and may help, until an answer begins; its body is left to the caller.
    ///
    /// # Cancel safety
    ///
    /// As [`call`](Self::call).
    pub fn download(
        &self,
        operation: &'static Operation,
        request: Result<Request, Error>,
    ) -> BoxFuture<'static, Result<Download, Error>> {
        let call = Call { core: self.clone(), operation };
        Box::pin(async move {
            let mut request = request?;
            // The file as it is; an error still comes as JSON.
            request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
            call.core.prepare(operation, &mut request)?;
            let span = span(operation);
            let as_it_is = |answer, _| std::future::ready(Ok(answer));
            let done = within(&span, pin!(call.run(request, &span, as_it_is))).await?;
            let stall_timeout = call.core.settings().stall_timeout;
            Ok(Download::new(operation, done.answer, (done.attempts, done.waited), stall_timeout))
        })
    }
}

impl Download {
    fn new(
        operation: &'static Operation,
        answer: http::Response<Body>,
        (attempts, waited): (u32, Duration),
        stall_timeout: Option<Duration>,
    ) -> Self {
        let (head, body) = answer.into_parts();
        let (status, headers, body) = (head.status, head.headers, Some(body));
        Self {
            operation,
            attempts,
            waited,
            status,
            headers,
            body,
            came: 0,
            stall_timeout,
            silence: Silence::default(),
        }
    }

    /// The HTTP status, a success.
    pub fn http_status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The name that the server gives the file in `Content-Disposition`, made safe to be joined to a directory.
    ///
    /// Of a path only the last part is left. What is a control character, turns the direction of text, or cannot stand in
    /// a name on every system (`" * : < > ? |`) becomes `_`; spaces at both ends and dots at the end go; what Windows
    /// takes for a device, such as `NUL`, gets a `_` before it. `None` where the server gives no name, or nothing of it is
    /// left, as of `..`. A name may begin with a dot, and there may be such a file already: both are the caller's.
    pub fn file_name(&self) -> Option<String> {
        disposition::file_name(self.headers.get(CONTENT_DISPOSITION)?.as_bytes())
    }

    /// What kind of file it is, as the server says.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// How many bytes the file has, where the server says so.
    pub fn content_length(&self) -> Option<u64> {
        self.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Cancel safety
    ///
    /// A chunk is either returned or still to come: call it again to go on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Transport`](crate::ErrorKind::Transport) when the file breaks off,
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) when nothing comes for too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|cx| self.poll_chunk(cx)).await.transpose()
    }

    /// All that is still to come, if it is no more than `max` bytes.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection, and what had come is lost.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and [`ErrorKind::BodyTooLarge`](crate::ErrorKind::BodyTooLarge) as soon as it is known
    /// that there is more.
    pub async fn bytes(mut self, max: usize) -> Result<Bytes, Error> {
        let too_large = |download: &Self| {
            let error = Error::download_too_large(download.status, max);
            download.placed(error)
        };
        let left = self.content_length().map(|length| length.saturating_sub(self.came));
        if left.is_some_and(|left| usize::try_from(left).map_or(true, |left| left > max)) {
            return Err(too_large(&self));
        }
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > max - whole.len() {
                return Err(too_large(&self));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let read = ready!(self.poll_body(cx));
        self.silence.broken();
        Poll::Ready(match read {
            Ok(Some(chunk)) => {
                self.came += u64::try_from(chunk.len()).unwrap_or_default();
                Some(Ok(chunk))
            }
            Ok(None) => {
                self.body = None;
                None
            }
            Err(error) => {
                self.body = None;
                let error = error.after_bytes(self.came, self.content_length());
                Some(Err(self.placed(error)))
            }
        })
    }

    /// The next bytes. The time that the consumer spends elsewhere does not count as silence.
    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(Ok(None));
        };
        if let Poll::Ready(chunk) = Pin::new(body).poll_next(cx) {
            let is_short = self.content_length().is_some_and(|length| self.came < length);
            return Poll::Ready(match chunk {
                // HTTP notices by itself; a transport of the caller's may not.
                None if is_short => Err(cut("the body ended before its announced length")),
                chunk => chunk.transpose().map_err(Error::transport),
            });
        }
        let Some(longest) = self.stall_timeout else {
            return Poll::Pending;
        };
        ready!(self.silence.poll_over(cx, longest));
        Poll::Ready(Err(Error::stalled(longest)))
    }

    /// An error of this call.
    fn placed(&self, error: Error) -> Error {
        error.of(self.operation).after(self.attempts, self.waited)
    }
}

fn cut(reason: &str) -> Error {
    Error::transport(TransportError::new(Phase::Body, reason))
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

/// Shows no header and nothing of the file.
impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("operation", &self.operation.id)
            .field("status", &self.status)
            .field("content_length", &self.content_length())
            .field("came", &self.came)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
