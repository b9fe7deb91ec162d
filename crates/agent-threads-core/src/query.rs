//! What is added to a request beside its path and its body, and why a request cannot be built.

use reqwest::{
    Request,
    header::{HeaderName, HeaderValue, InvalidHeaderValue},
};
use serde::Serialize;
use serde_json::Value;

/// Why a request cannot be built.
#[derive(Debug)]
pub struct Unbuilt(pub(crate) String);

impl From<reqwest::Error> for Unbuilt {
    fn from(error: reqwest::Error) -> Self {
        Self(error.without_url().to_string())
    }
}

impl From<InvalidHeaderValue> for Unbuilt {
    fn from(error: InvalidHeaderValue) -> Self {
        Self(error.to_string())
    }
}

/// Adds a header to a request, beside others of that name.
pub fn add_header(request: &mut Request, name: &'static str, value: &str) -> Result<(), Unbuilt> {
    let name =
        HeaderName::from_bytes(name.as_bytes()).map_err(|error| Unbuilt(error.to_string()))?;
    request.headers_mut().append(name, HeaderValue::from_str(value)?);
    Ok(())
}

/// Adds a parameter to the query of a request: none for `None`, one for each item of a list, and one for each field of an
/// object, under the field's name.
pub fn add_to_query(
    request: &mut Request,
    name: &str,
    value: &impl Serialize,
) -> Result<(), Unbuilt> {
    let value = serde_json::to_value(value).map_err(|error| Unbuilt(error.to_string()))?;
    add(request, name, value)
}

fn add(request: &mut Request, name: &str, value: Value) -> Result<(), Unbuilt> {
    match value {
        Value::Null => {}
        Value::Bool(value) => append(request, name, if value { "true" } else { "false" }),
        Value::Number(value) => append(request, name, &value.to_string()),
        Value::String(value) => append(request, name, &value),
        Value::Array(items) if items.iter().all(is_scalar) => {
            items.into_iter().try_for_each(|item| add(request, name, item))?;
        }
        Value::Object(fields) if fields.values().all(is_scalar) => {
            fields.into_iter().try_for_each(|(name, value)| add(request, &name, value))?;
        }
        Value::Array(_) | Value::Object(_) => {
            return Err(Unbuilt(format!("`{name}` holds what a query cannot")));
        }
    }
    Ok(())
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn append(request: &mut Request, name: &str, value: &str) {
    request.url_mut().query_pairs_mut().append_pair(name, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn query(name: &str, value: &Value) -> Result<Option<String>, Unbuilt> {
        let url = "https://acme.example/notes".parse().unwrap();
        let mut request = Request::new(reqwest::Method::GET, url);
        add_to_query(&mut request, name, value)?;
        add_to_query(&mut request, "last", &None::<i64>)?;
        Ok(request.url().query().map(str::to_owned))
    }

    #[test]
    fn what_is_there_is_written_as_forms_are() {
        for (value, expected) in [
            (json!(null), None),
            (json!([]), None),
            (json!({}), None),
            (json!(true), Some("p+q=true")),
            (json!(-7), Some("p+q=-7")),
            (json!(1.5), Some("p+q=1.5")),
            (json!("a b&c=d/é"), Some("p+q=a+b%26c%3Dd%2F%C3%A9")),
            (json!(["a", 1, null, ""]), Some("p+q=a&p+q=1&p+q=")),
            (json!({ "from": 1, "to": null, "x y": "z" }), Some("from=1&x+y=z")),
        ] {
            assert_eq!(query("p q", &value).unwrap().as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn what_a_query_cannot_hold_is_refused() {
        for value in [json!([[1]]), json!([{ "a": 1 }]), json!({ "a": [1] })] {
            assert!(query("p", &value).unwrap_err().0.contains("`p`"), "{value}");
        }
    }
}
