//! Recorded values as those that the client's types can hold.

use super::{
    exchange::{Body, Exchange},
    unsent::Reason,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::str::FromStr;

/// The body as the type of a request, unless that cannot hold all of it.
pub(super) fn typed<T: DeserializeOwned + Serialize>(body: &Body) -> Result<T, Reason> {
    let Body::Json(json) = body else { return Err(Reason::NotJson) };
    let typed: T = serde_json::from_value(json.clone()).map_err(|_| Reason::OtherBody)?;
    match lost(json, &serde_json::to_value(&typed).unwrap()) {
        Some(name) => Err(Reason::NoPlace(name)),
        None => Ok(typed),
    }
}

/// A parameter of the query as the type that the operation takes, if it is there.
pub(super) fn parsed<T: FromStr>(exchange: &Exchange, name: &str) -> Result<Option<T>, Reason> {
    let value = exchange.query(name);
    value.map(|value| value.parse().map_err(|_| Reason::NoPlace(value))).transpose()
}

/// The name of the first field that is not written as it was recorded.
fn lost(recorded: &Value, written: &Value) -> Option<String> {
    match (recorded, written) {
        (Value::Object(recorded), Value::Object(written)) => {
            recorded.iter().find_map(|(name, recorded)| match written.get(name) {
                Some(written) => lost(recorded, written),
                None => Some(name.clone()),
            })
        }
        (Value::Array(recorded), Value::Array(written)) => {
            recorded.iter().zip(written).find_map(|(recorded, written)| lost(recorded, written))
        }
        _ => None,
    }
}
