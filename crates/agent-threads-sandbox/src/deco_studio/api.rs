//! The routes, and what they have in common.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use super::DecoStudio;
use super::target::Target;
use super::{control, post, streams, tools};
use crate::front::Vendor;
use crate::refusal::{ErrorText, Refusal, VendorError};

pub(super) struct Api;

impl Vendor for Api {
    type Target = Target;

    /// Files are posted within messages.
    const MAX_BODY: usize = 48 * 1024 * 1024;

    fn covers(target: Target, method: &Method, route: Option<&str>) -> bool {
        target.covers(method, route)
    }

    fn error_text(status: StatusCode) -> ErrorText {
        let message = match status.as_u16() {
            401 => "Authentication required. Send an API key as a bearer token",
            403 => "Not authorized",
            404 => "Not Found",
            429 => "Too many requests",
            _ => status.canonical_reason().unwrap_or("Unknown error"),
        };
        ErrorText { code: String::new(), message: message.to_owned() }
    }

    /// A code and details stand beside the message, where there are any.
    fn error_body(error: &VendorError<'_>) -> Value {
        let mut body = json!({ "error": error.message });
        if !error.code.is_empty() {
            body["code"] = json!(error.code);
        }
        for (name, detail) in error.info.and_then(Value::as_object).into_iter().flatten() {
            body[name] = detail.clone();
        }
        body
    }
}

/// The names in a path.
pub(super) type Names<T> = Result<Path<T>, PathRejection>;

pub(super) fn routes(deco: DecoStudio) -> Router {
    Router::new()
        .merge(tools::routes())
        .merge(post::routes())
        .merge(control::routes())
        .merge(streams::routes())
        .layer(from_fn_with_state(deco.clone(), look_again))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
        .with_state(deco)
}

/// Whatever a request has done, streams look whether they can go on.
async fn look_again(State(deco): State<DecoStudio>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    deco.touch();
    response
}

/// A GET route of axum serves HEAD as well, which would move runs on.
pub(super) fn only_get<H, T>(handler: H) -> MethodRouter<DecoStudio>
where
    H: Handler<T, DecoStudio>,
    T: 'static,
{
    get(handler).head(nothing_here)
}

/// A path that does not exist, or not for this method.
async fn nothing_here(uri: Uri) -> Refusal {
    let refusal = Refusal::with(StatusCode::NOT_FOUND, "Not Found");
    refusal.info(json!({ "path": uri.path() }))
}
