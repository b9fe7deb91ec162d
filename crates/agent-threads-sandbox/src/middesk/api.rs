//! The routes: who may call, what is refused, what is answered.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::Middesk;
use super::account::Account;
use super::body::not_found;
use super::target::Target;
use super::{actions, runs, threads};
use crate::front::Vendor;
use crate::refusal::{ErrorText, Refusal, VendorError};

pub(super) struct Api;

impl Vendor for Api {
    type Target = Target;

    fn covers(target: Target, method: &Method, route: Option<&str>) -> bool {
        target.covers(method, route)
    }

    /// The vendor documents no codes, and meanings rather than messages.
    fn error_text(status: StatusCode) -> ErrorText {
        let message = match status.as_u16() {
            400 => "The request is not acceptable",
            401 => "Invalid API key",
            403 => "The feature is not enabled for this account",
            404 => "The resource was not found",
            405 => "The method is not allowed on this path",
            413 => "The request body is too large",
            422 => "The request is not valid",
            429 => "Too many requests",
            _ => status.canonical_reason().unwrap_or("Unknown error"),
        };
        ErrorText { code: String::new(), message: message.to_owned() }
    }

    /// Details stand beside the message.
    fn error_body(error: &VendorError<'_>) -> Value {
        let mut item = json!({ "message": error.message });
        for (name, detail) in error.info.and_then(Value::as_object).into_iter().flatten() {
            item[name] = detail.clone();
        }
        json!({ "errors": [item] })
    }
}

pub(super) type Id = Result<Path<String>, PathRejection>;

pub(super) fn routes(middesk: Middesk) -> Router {
    Router::new()
        .route(Target::ListAgents.path(), only_get(list_agents))
        .route(Target::GetAgent.path(), only_get(get_agent))
        .merge(threads::routes())
        .merge(runs::routes())
        .merge(actions::routes())
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path)
        .with_state(middesk)
}

/// A GET route of axum serves HEAD as well, which would move runs on.
pub(super) fn only_get<H, T>(handler: H) -> MethodRouter<Middesk>
where
    H: Handler<T, Middesk>,
    T: 'static,
{
    get(handler).head(wrong_method)
}

/// The customer who calls.
pub(super) fn authorize(state: &mut super::State, headers: &HeaderMap) -> Result<Account, Refusal> {
    let world = state.world.clone();
    state.accounts.caller(headers, &world.clock)
}

async fn list_agents(
    State(middesk): State<Middesk>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut state = middesk.state();
    authorize(&mut state, &headers)?;
    Ok(axum::Json(json!({ "data": state.agents })).into_response())
}

async fn get_agent(
    State(middesk): State<Middesk>,
    path: Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = middesk.state();
    authorize(&mut state, &headers)?;
    let agent = state.agents.iter().find(|agent| agent["id"] == id);
    Ok(axum::Json(agent.ok_or_else(|| not_found("Agent"))?).into_response())
}

async fn wrong_method() -> Refusal {
    StatusCode::METHOD_NOT_ALLOWED.into()
}

async fn unknown_path() -> Refusal {
    no_path()
}

pub(super) fn no_path() -> Refusal {
    Refusal::with(StatusCode::NOT_FOUND, "There is nothing at this path")
}
