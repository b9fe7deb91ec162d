//! Opening a connection that brings events.

use crate::{
    Body, BoxFuture, Error, body,
    call::{Call, Core, within},
    limit::Limit,
    operation::Operation,
};
use reqwest::{
    Request, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};
use std::pin::pin;

const EVENT_STREAM: &str = "text/event-stream";

impl Core {
    /// Opens a stream of events: one attempt, up to the head of the answer; or says why there can be none.
    pub(crate) fn open(
        &self,
        operation: &'static Operation,
        mut request: Request,
    ) -> Result<BoxFuture<'static, Result<Body, Error>>, Error> {
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
        self.prepare(operation, &mut request)?;
        let call = Call { core: self.clone(), operation };
        Ok(Box::pin(async move {
            let span = tracing::debug_span!(
                "agent_threads.open",
                vendor = operation.vendor,
                operation = operation.id,
                http.request.method = operation.method,
                url.template = operation.path,
            );
            within(&span, pin!(call.events(request))).await.map_err(|error| error.of(operation))
        }))
    }
}

impl Call {
    /// The body of an answer that is a stream of events.
    async fn events(&self, request: Request) -> Result<Body, Error> {
        self.turn(Limit::total(None)).await?;
        // A server may hold back the head until the first event, which a queued run can be long in sending.
        let limit = Limit::new(self.core.settings().stall_timeout, Error::stalled);
        let copy = request.try_clone();
        let sent = self.send(request);
        let (head, body) = self.head(sent, copy.as_ref(), limit).await?.into_parts();
        let came = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if head.status == StatusCode::OK && came.is_some_and(is_event_stream) {
            return Ok(body);
        }
        if head.status == StatusCode::NO_CONTENT && self.operation.may_have_no_stream {
            return Err(Error::nothing_to_stream());
        }
        let came = match came {
            Some(content_type) => format!("content type `{content_type}`"),
            None => "no content type".to_owned(),
        };
        let came = self.core.scrub(came);
        let body = body::read_error(body, limit.at).await;
        Err(Error::not_a_stream(head.status, &came, body))
    }
}

fn is_event_stream(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(EVENT_STREAM)
}
