//! The bodies and queries of requests.

use std::collections::HashMap;

use axum::extract::Query as Extracted;
use axum::extract::rejection::QueryRejection;
use http::StatusCode;
use serde_json::{Value, json};

use crate::refusal::Refusal;

const PARAMETER: &str = "parameter";

/// A query by the names of its fields.
pub(super) type Query = HashMap<String, String>;

/// A query as it arrives.
pub(super) type Asked = Result<Extracted<Query>, QueryRejection>;

/// The fields of a query.
pub(super) fn fields(asked: Asked) -> Result<Query, Refusal> {
    let Extracted(query) =
        asked.map_err(|_| Refusal::with(StatusCode::BAD_REQUEST, "The query cannot be read"))?;
    Ok(query)
}

/// The fields of a body that is a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Value, Refusal> {
    let body = serde_json::from_slice::<Value>(body).map_err(|error| {
        Refusal::with(StatusCode::BAD_REQUEST, format!("The body is not JSON: {error}"))
    })?;
    match body.is_object() {
        true => Ok(body),
        false => Err(Refusal::with(StatusCode::BAD_REQUEST, "The body is not a JSON object")),
    }
}

/// A text that must be there.
pub(super) fn required<'a>(body: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    text(body, name)?.ok_or_else(|| missing(name))
}

/// A text, where it is there. Null is not.
pub(super) fn text<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
        Some(_) => Err(invalid(name, "must be a string that is not blank")),
    }
}

/// What a request lacks.
pub(super) fn missing(name: &str) -> Refusal {
    let message = format!("Parameter `{name}` is missing");
    Refusal::with(StatusCode::BAD_REQUEST, message).info(json!({ PARAMETER: name }))
}

/// What a request has wrong, as the vendor validates.
pub(super) fn invalid(name: &str, rule: &str) -> Refusal {
    wrong(StatusCode::UNPROCESSABLE_ENTITY, name, rule)
}

/// What a request has wrong, so that it is not looked at any further.
pub(super) fn unacceptable(name: &str, rule: &str) -> Refusal {
    wrong(StatusCode::BAD_REQUEST, name, rule)
}

fn wrong(status: StatusCode, name: &str, rule: &str) -> Refusal {
    Refusal::with(status, format!("Parameter `{name}` {rule}")).info(json!({ PARAMETER: name }))
}

/// What there is not.
pub(super) fn not_found(what: &str) -> Refusal {
    Refusal::with(StatusCode::NOT_FOUND, format!("{what} not found"))
}
