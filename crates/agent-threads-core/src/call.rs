//! The one path that every call takes.

#[cfg(feature = "rate-limit")]
use crate::rate_limit::Limiter;
use crate::{
    Body, BoxFuture, Error, Settings, Transport, TransportError, body,
    error::StatusAnswer,
    error_body,
    limit::Limit,
    operation::{Operation, Vendor},
    redirect::{self, Redirects},
    response::RawResponse,
    retry, retry_after,
    retry_budget::{Account, Bucket},
    rules,
    secret::Token,
};
use bytes::Bytes;
use reqwest::{
    Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use std::{
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};
use tokio::time::sleep;

/// A configured client without the operations of any vendor.
#[derive(Clone)]
pub struct Core {
    shared: Arc<Shared>,
    settings: Settings,
    /// One for each of the vendor's parameters that a client is bound to.
    parameters: Arc<[String]>,
}

/// What a client and its clones have in common.
pub(crate) struct Shared {
    pub(crate) vendor: &'static Vendor,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) http: reqwest::Client,
    /// The name of the dialect that is spoken, where the vendor's API has such.
    pub(crate) dialect: Option<&'static str>,
    /// One for each of the vendor's servers, without trailing slashes.
    pub(crate) base_urls: Vec<String>,
    pub(crate) allow_http: bool,
    pub(crate) token: Arc<Token>,
    pub(crate) headers: HeaderMap,
    /// What is left for attempts beyond the first; `None` where the caller sets no bound.
    pub(crate) budget: Option<Arc<Bucket>>,
    #[cfg(feature = "rate-limit")]
    pub(crate) limiter: Option<Limiter>,
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Core");
        shown.field("vendor", &self.shared.vendor.name);
        if let Some(dialect) = self.shared.dialect {
            shown.field("dialect", &dialect);
        }
        shown
            .field("base_urls", &self.shared.base_urls)
            .field("parameters", &self.parameters)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn new(shared: Shared, settings: Settings, parameters: Vec<String>) -> Self {
        Self { shared: Arc::new(shared), settings, parameters: parameters.into() }
    }

    /// Builds requests. It never sends one: that is the transport's.
    pub fn http(&self) -> &reqwest::Client {
        &self.shared.http
    }

    /// The name of the dialect that is spoken, where the vendor's API has such.
    pub fn dialect(&self) -> Option<&'static str> {
        self.shared.dialect
    }

    /// The base URL of the server that an operation is sent to, without a trailing slash.
    pub fn base_url(&self, operation: &Operation) -> &str {
        self.shared.base_urls.get(operation.server).map_or("", String::as_str)
    }

    /// The same client with other settings.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(Settings) -> Settings) -> Self {
        Self { settings: change(self.settings.clone()), ..self.clone() }
    }

    /// The value of a path parameter that the client is bound to, by its place in the vendor's list.
    pub fn parameter(&self, index: usize) -> &str {
        self.parameters.get(index).map_or("", String::as_str)
    }

    /// The same client bound to another value.
    #[must_use]
    pub fn with_parameter(&self, index: usize, value: String) -> Self {
        let mut parameters = self.parameters.to_vec();
        if let Some(parameter) = parameters.get_mut(index) {
            *parameter = value;
        }
        Self { parameters: parameters.into(), ..self.clone() }
    }

    /// Sends a request, again where that is safe and may help, and reads the answer.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection of the attempt under way, and none follows. Whether the server has
    /// acted on it is then not known.
    pub fn call(
        &self,
        operation: &'static Operation,
        request: Result<Request, Error>,
    ) -> BoxFuture<'static, Result<RawResponse, Error>> {
        let call = Call { core: self.clone(), operation };
        Box::pin(async move {
            let mut request = request?;
            call.core.prepare(operation, &mut request)?;
            let span = span(operation);
            let read = |answer, limit| call.whole(answer, limit);
            let done = within(&span, pin!(call.run(request, &span, read))).await?;
            let (head, body) = done.answer.into_parts();
            Ok(RawResponse {
                operation,
                token: Arc::clone(&call.core.shared.token),
                status: head.status,
                request_id: call.request_id(&head.headers),
                headers: head.headers,
                body,
                attempts: done.attempts,
                waited: done.waited,
            })
        })
    }

    /// The text without the token.
    pub(crate) fn scrub(&self, text: String) -> String {
        self.shared.token.scrub(text)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What a call draws on where it is tried again.
    pub(crate) fn account(&self) -> Account {
        Account::of(self.shared.budget.as_ref())
    }

    /// Refuses what the documents rule out, and adds what every request carries. The key of an idempotent call is on it
    /// already. No request leaves without having been here.
    pub(crate) fn prepare(
        &self,
        operation: &'static Operation,
        request: &mut Request,
    ) -> Result<(), Error> {
        rules::check(operation, self.shared.dialect, request)?;
        let headers = request.headers_mut();
        for (name, value) in &self.shared.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        headers.insert(AUTHORIZATION, self.shared.token.header());
        Ok(())
    }
}

/// An answer, and what it took.
pub(crate) struct Done<T> {
    pub(crate) answer: http::Response<T>,
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
}

/// What a call has been through.
#[derive(Default)]
struct Past {
    attempts: u32,
    waited: Duration,
    /// One of the attempts may have done something.
    may_have_effect: bool,
}

/// A request on its way.
pub(crate) type Sent<'c> = BoxFuture<'c, Result<http::Response<Body>, TransportError>>;

/// One call: its attempts, and the pauses between them.
pub(crate) struct Call {
    pub(crate) core: Core,
    pub(crate) operation: &'static Operation,
}

impl Call {
    /// Makes attempts until one succeeds, or none may follow. Each reads as much of its answer as `read` does, within the
    /// limit of the attempt.
    pub(crate) async fn run<T, F: Future<Output = Result<http::Response<T>, Error>>>(
        &self,
        mut request: Request,
        span: &tracing::Span,
        read: impl Fn(http::Response<Body>, Limit) -> F,
    ) -> Result<Done<T>, Error> {
        let settings = self.core.settings();
        let total = Limit::total(settings.total_timeout);
        let (mut past, mut account) = (Past::default(), self.core.account());
        loop {
            let again = request.try_clone();
            if let Err(late) = self.turn(total).await {
                return Err(self.end(late, &past, span));
            }
            past.attempts = past.attempts.saturating_add(1);
            account.attempt();
            let limit = total.at_most(settings.attempt_timeout);
            // On its way at once, so that no future around it has to hold the request.
            let sent = self.send(request);
            let answer = match self.head(sent, again.as_ref(), limit).await {
                Ok(answer) => read(answer, limit).await,
                Err(error) => Err(error),
            };
            let error = match answer {
                Ok(answer) => {
                    account.succeed();
                    note(span, Some(answer.status()), past.attempts);
                    return Ok(Done { answer, attempts: past.attempts, waited: past.waited });
                }
                Err(error) => error,
            };
            past.may_have_effect |= !error.is_without_effect();
            let safe = again.as_ref().is_some_and(|again| retry::is_safe(self.operation, again));
            let pause = settings.retry.pause(past.attempts, safe, &error);
            let (Some(next), Some(pause)) = (again, pause.filter(|pause| total.allows(*pause)))
            else {
                return Err(self.end(error, &past, span));
            };
            if !account.pay() {
                return Err(self.end(error.with_retry_budget_spent(), &past, span));
            }
            tracing::debug!(
                attempts = past.attempts,
                status = error.status().map(|status| status.as_u16()),
                pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                "an attempt failed; another follows"
            );
            sleep(pause).await;
            past.waited = past.waited.saturating_add(pause);
            request = next;
        }
    }

    pub(crate) fn send(&self, request: Request) -> Sent<'_> {
        self.core.shared.transport.send(request)
    }

    /// The error of a call that is not tried again.
    fn end(&self, error: Error, past: &Past, span: &tracing::Span) -> Error {
        note(span, error.status(), past.attempts);
        let error = error.of(self.operation).after(past.attempts, past.waited);
        error.with_effect(past.may_have_effect)
    }

    /// Waits for the time at which the caller's rate allows another request, or for the limit if that comes first. Behind
    /// the limit, where a machine that was suspended can find itself, nothing is sent.
    pub(crate) async fn turn(&self, limit: Limit) -> Result<(), Error> {
        #[cfg(feature = "rate-limit")]
        if let Some(limiter) = &self.core.shared.limiter {
            limit.run(pin!(limiter.ready())).await?;
        }
        limit.check()
    }

    /// The answer with its whole body.
    async fn whole(
        &self,
        answer: http::Response<Body>,
        limit: Limit,
    ) -> Result<http::Response<Bytes>, Error> {
        let cap = self.core.settings().max_body_bytes;
        let (head, body) = answer.into_parts();
        let body = limit.run(pin!(body::read(body, cap))).await?.map_err(|error| match error {
            body::ReadError::TooLarge => Error::body_too_large(head.status, cap),
            body::ReadError::Transport(error) => Error::transport(error),
        })?;
        match self.core.shared.vendor.error_body.failed {
            Some(pointer) if error_body::says_failed(pointer, &body) => {
                Err(self.refusal(head.status, head.headers, body))
            }
            _ => Ok(http::Response::from_parts(head, body)),
        }
    }

    /// The answer to a request that is on its way, a success, before its body is read. A copy of the request says how
    /// redirects are followed.
    pub(crate) async fn head(
        &self,
        sent: Sent<'_>,
        copy: Option<&Request>,
        limit: Limit,
    ) -> Result<http::Response<Body>, Error> {
        let answer = limit.run(pin!(self.exchange(sent, copy))).await??;
        if redirect::is_redirect(answer.status()) {
            let error = redirect::refused(answer.status(), self.operation.method);
            return Err(error.with_headers(answer.headers()));
        }
        if !answer.status().is_success() {
            let (head, body) = answer.into_parts();
            // Seldom, and large: in a box, it is no part of every call.
            return Err(Box::pin(self.failed(head.status, head.headers, body, limit)).await);
        }
        Ok(answer)
    }

    /// The answer, behind the redirects that the method allows to follow.
    async fn exchange(
        &self,
        sent: Sent<'_>,
        copy: Option<&Request>,
    ) -> Result<http::Response<Body>, Error> {
        let answer = sent.await.map_err(Error::transport)?;
        if !redirect::is_redirect(answer.status()) {
            return Ok(answer);
        }
        let allow_http = self.core.shared.allow_http;
        match copy.and_then(|request| Redirects::of(request, allow_http)) {
            Some(redirects) => Box::pin(self.follow(redirects, answer)).await,
            None => Ok(answer),
        }
    }

    async fn follow(
        &self,
        mut redirects: Redirects,
        mut answer: http::Response<Body>,
    ) -> Result<http::Response<Body>, Error> {
        while redirect::is_redirect(answer.status()) {
            let request = redirects.next(answer.status(), answer.headers())?;
            answer = self.send(request).await.map_err(Error::transport)?;
        }
        Ok(answer)
    }

    /// The error that an answer without success stands for.
    async fn failed(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        body: Body,
        limit: Limit,
    ) -> Error {
        let body = body::read_error(body, limit.at).await;
        self.refusal(status, headers, body)
    }

    /// The error that a body stands for.
    fn refusal(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Error {
        let shared = &self.core.shared;
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let told = error_body::read(&shared.vendor.error_body, content_type, &body);
        let scrubbed = |text: Option<String>| text.map(|text| self.core.scrub(text));
        let code = scrubbed(told.code);
        let is_of = |codes: &[&str]| code.as_deref().is_some_and(|code| codes.contains(&code));
        let Operation { retry_codes, pending_codes, never_retry_codes, .. } = self.operation;
        let may_pass = retry::is_transient(status) || is_of(retry_codes) || is_of(pending_codes);
        Error::status_answer(StatusAnswer {
            status,
            message: scrubbed(told.message),
            request_id: self.request_id(&headers).or_else(|| scrubbed(told.request_id)),
            retry_after: retry_after::read(&headers),
            transient: may_pass && !is_of(never_retry_codes),
            without_effect: is_of(retry_codes),
            code,
            headers,
            body,
        })
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        let shared = &self.core.shared;
        let value =
            shared.vendor.request_id.iter().find_map(|name| headers.get(*name)?.to_str().ok())?;
        Some(self.core.scrub(value.to_owned()))
    }
}

/// The span of a call.
pub(crate) fn span(operation: &Operation) -> tracing::Span {
    tracing::debug_span!(
        "agent_threads.call",
        vendor = operation.vendor,
        operation = operation.id,
        http.request.method = operation.method,
        url.template = operation.path,
        http.response.status_code = tracing::field::Empty,
        attempts = tracing::field::Empty,
    )
}

/// What a future comes to that is polled within a span. It stays where it is pinned: these futures are large.
pub(crate) async fn within<F: Future>(span: &tracing::Span, mut future: Pin<&mut F>) -> F::Output {
    poll_fn(|cx| span.in_scope(|| future.as_mut().poll(cx))).await
}

/// Fills in what the span of the call could not know at its start.
fn note(span: &tracing::Span, status: Option<StatusCode>, attempts: u32) {
    span.record("attempts", attempts);
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
}
