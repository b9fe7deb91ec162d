//! The bodies of requests: JSON, and of the documented shape.

use http::StatusCode;
use serde_json::{Value, json};

use crate::refusal::Refusal;

/// What a field can hold. `null` is none of these.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Text,
    /// A text with something in it.
    FullText,
    Flag,
    NumberUpTo(u64),
    Two,
    Object,
    Objects,
    Texts,
    Numbers,
    OneOf(&'static [&'static str]),
}

/// A field by its name, what it can hold, and whether it must be there.
pub(super) type Rule = (&'static str, Shape, bool);

pub(super) const REQUIRED: bool = true;
pub(super) const OPTIONAL: bool = false;

/// The JSON of a body.
pub(super) fn json(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        Refusal::with(StatusCode::BAD_REQUEST, format!("The body is not JSON: {error}"))
    })
}

/// The JSON of a body that keeps all rules.
pub(super) fn checked(body: &[u8], rules: &[Rule]) -> Result<Value, Refusal> {
    let body = json(body)?;
    check(&body, rules)?;
    Ok(body)
}

/// Refuses a body that breaks a rule, and names every rule that it breaks.
pub(super) fn check(body: &Value, rules: &[Rule]) -> Result<(), Refusal> {
    invalid(&broken(body, rules))
}

/// Refuses a request with these errors, if there are any.
pub(super) fn invalid(errors: &[String]) -> Result<(), Refusal> {
    if errors.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::with(StatusCode::UNPROCESSABLE_ENTITY, errors.join("; "));
    Err(refusal.info(json!({ "errors": errors })))
}

fn broken(body: &Value, rules: &[Rule]) -> Vec<String> {
    if !body.is_object() {
        return vec!["the body must be an object".to_owned()];
    }
    let errors =
        rules.iter().filter_map(|(name, shape, required)| match (body.get(*name), required) {
            (None, false) => None,
            (Some(value), _) if shape.holds(value) => None,
            (_, true) => Some(format!("{name} is required and must be {}", shape.words())),
            (_, false) => Some(format!("{name} must be {}", shape.words())),
        });
    errors.collect()
}

/// A whole number, which the vendor's SDK for Python writes as `5.0`.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let text = value.as_number()?.to_string();
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

impl Shape {
    fn holds(self, value: &Value) -> bool {
        let all = |test: fn(&Value) -> bool| value.as_array().is_some_and(|a| a.iter().all(test));
        match self {
            Self::Text => value.is_string(),
            Self::FullText => value.as_str().is_some_and(|text| !text.is_empty()),
            Self::Flag => value.is_boolean(),
            Self::NumberUpTo(most) => {
                whole(value).is_some_and(|number| (1..=most).contains(&number))
            }
            Self::Two => whole(value) == Some(2),
            Self::Object => value.is_object(),
            Self::Objects => all(Value::is_object),
            Self::Texts => all(Value::is_string),
            Self::Numbers => all(Value::is_number),
            Self::OneOf(known) => value.as_str().is_some_and(|text| known.contains(&text)),
        }
    }

    fn words(self) -> String {
        let words = match self {
            Self::Text => "a string",
            Self::FullText => "a string that is not empty",
            Self::Flag => "a boolean",
            Self::NumberUpTo(most) => return format!("a whole number from 1 to {most}"),
            Self::Two => "2",
            Self::Object => "an object",
            Self::Objects => "an array of objects",
            Self::Texts => "an array of strings",
            Self::Numbers => "an array of numbers",
            Self::OneOf(known) => return format!("one of {}", known.join(", ")),
        };
        words.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_holds_what_it_says_and_never_null() {
        let whole = json!(3);
        for (shape, good, bad) in [
            (Shape::Text, json!(""), whole.clone()),
            (Shape::FullText, json!("x"), json!("")),
            (Shape::Flag, json!(false), json!("false")),
            (Shape::NumberUpTo(200), json!(200), json!(201)),
            (Shape::NumberUpTo(200), json!(1), json!(0)),
            (Shape::NumberUpTo(200), json!(5.0), json!(5.5)),
            (Shape::Two, json!(2), whole),
            (Shape::Two, json!(2.0), json!(-2)),
            (Shape::Object, json!({}), json!([])),
            (Shape::Objects, json!([{}]), json!([1])),
            (Shape::Texts, json!([]), json!([null])),
            (Shape::Numbers, json!([7]), json!(["7"])),
            (Shape::OneOf(&["a", "b"]), json!("b"), json!("c")),
        ] {
            assert!(shape.holds(&good), "{shape:?} {good}");
            assert!(!shape.holds(&bad), "{shape:?} {bad}");
            assert!(!shape.holds(&Value::Null), "{shape:?}");
        }
    }

    #[test]
    fn what_is_optional_may_be_absent_and_what_is_not_named_is_ignored() {
        let rules = [("a", Shape::Text, REQUIRED), ("b", Shape::Flag, OPTIONAL)];
        assert!(check(&json!({ "a": "", "c": 1 }), &rules).is_ok());
        let refusal = check(&json!({ "b": 1 }), &rules).unwrap_err();
        assert_eq!(refusal.status, 422);
        let errors = ["a is required and must be a string", "b must be a boolean"];
        assert_eq!(refusal.info, Some(json!({ "errors": errors })));
        assert_eq!(check(&json!([]), &rules).unwrap_err().status, 422);
    }
}
