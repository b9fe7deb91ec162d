//! The operations of deployed apps, whose token is in the path. The sandbox gives none out, so that all of them are invalid.

use axum::Router;
use axum::extract::State;
use axum::routing::any;
use http::StatusCode;

use super::Mosoo;
use super::api::{Answer, only_in};
use super::dialect::Dialect;
use crate::refusal::Refusal;

const OPERATIONS: [&str; 8] = [
    "",
    "/threads",
    "/files",
    "/threads/{thread_id}",
    "/threads/{thread_id}/events",
    "/threads/{thread_id}/events/stream",
    "/threads/{thread_id}/files",
    "/files/{file_id}",
];

pub(super) fn routes() -> Router<Mosoo> {
    let routes = OPERATIONS.iter().fold(Router::new(), |routes, operation| {
        routes.route(&format!("/api/v1/bound/{{token}}{operation}"), any(refuse))
    });
    routes.route("/api/v1/bound/{token}/files/{file_id}/content", any(refuse))
}

async fn refuse(State(mosoo): State<Mosoo>) -> Answer {
    only_in(Dialect::Current, mosoo.state().dialect)?;
    let words = "The capability URL is invalid or has expired.";
    Err(Refusal::with(StatusCode::UNAUTHORIZED, words).into())
}
