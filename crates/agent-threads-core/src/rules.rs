//! What a vendor's documents say of the fields of a request together, and of what one dialect has and another has not.

use crate::{Error, decode, operation::Operation};
use reqwest::Request;
use serde_json::{Map, Value};

/// Something that holds for each object at a place of a request's JSON body. A field that is null counts as not set.
#[derive(Debug)]
pub struct Rule {
    /// The way to those objects from the body; empty for the body itself.
    pub at: &'static [Step],
    /// What holds there.
    pub says: Says,
}

/// A step from a value to what it holds.
#[derive(Debug)]
pub enum Step {
    /// The field of an object.
    Field(&'static str),
    /// Each item of an array, or each value of a map.
    Items,
    /// The object itself, if it is this arm of a union.
    Arm {
        /// The property that says so.
        tag: &'static str,
        /// Its value.
        kind: &'static str,
    },
}

/// What holds for an object.
#[derive(Debug)]
pub enum Says {
    /// The field is known in these dialects alone. There it may not stand in others even with null.
    OnlyIn(&'static str, &'static [&'static str]),
    /// The field is set in these dialects.
    RequiredIn(&'static str, &'static [&'static str]),
    /// The field is set only together with these.
    Needs(&'static str, &'static [&'static str]),
    /// The field is never set together with one of these.
    Excludes(&'static str, &'static [&'static str]),
    /// At least one of these is set.
    AnyOf(&'static [&'static str]),
}

/// Refuses a request that breaks a rule of its operation, or that the dialect does not have.
pub(crate) fn check(
    operation: &Operation,
    dialect: Option<&str>,
    request: &Request,
) -> Result<(), Error> {
    let refused = |message: String| Error::invalid_request(operation, message);
    if let Some(dialect) = dialect
        && !operation.dialects.is_empty()
    {
        only_in("the operation", operation.dialects, dialect).map_err(refused)?;
    }
    let Some(body) = request.body().and_then(reqwest::Body::as_bytes) else { return Ok(()) };
    if operation.rules.is_empty() {
        return Ok(());
    }
    let body: Value = decode::body(body)
        .map_err(|error| refused(format!("the body is not the JSON that it must be: {error}")))?;
    for Rule { at, says } in operation.rules {
        each(&body, at, "", &mut |object, path| says.check(object, path, dialect))
            .map_err(refused)?;
    }
    Ok(())
}

/// Calls `check` with every object that some steps lead to, and the path to it.
fn each(
    value: &Value,
    steps: &[Step],
    path: &str,
    check: &mut impl FnMut(&Map<String, Value>, &str) -> Result<(), String>,
) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        return value.as_object().map_or(Ok(()), |object| check(object, path));
    };
    match (step, value) {
        (Step::Field(name), Value::Object(object)) => match object.get(*name) {
            Some(field) => each(field, rest, &joined(path, name), check),
            None => Ok(()),
        },
        (Step::Items, Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| each(item, rest, &format!("{path}[{index}]"), check)),
        // The keys of a map are the caller's data, and not for errors.
        (Step::Items, Value::Object(map)) => {
            map.values().try_for_each(|value| each(value, rest, &joined(path, "*"), check))
        }
        (Step::Arm { tag, kind }, Value::Object(object)) => {
            match object.get(*tag).and_then(Value::as_str) == Some(kind) {
                true => each(value, rest, path, check),
                false => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

impl Says {
    fn check(
        &self,
        object: &Map<String, Value>,
        path: &str,
        dialect: Option<&str>,
    ) -> Result<(), String> {
        let is_set = |field: &str| object.get(field).is_some_and(|value| !value.is_null());
        let name = |field: &str| format!("`{}`", joined(path, field));
        match (self, dialect) {
            (Self::OnlyIn(field, dialects), Some(dialect)) if object.contains_key(*field) => {
                only_in(&name(field), dialects, dialect)
            }
            (Self::RequiredIn(field, dialects), Some(dialect))
                if dialects.contains(&dialect) && !is_set(field) =>
            {
                Err(format!("{} is required in the dialect `{dialect}`", name(field)))
            }
            (Self::Needs(field, others), _) if is_set(field) => {
                let missing = others.iter().filter(|other| !is_set(other));
                let missing: Vec<_> = missing.map(|other| name(other)).collect();
                match missing.is_empty() {
                    true => Ok(()),
                    false => Err(format!("{} needs {}", name(field), listed(&missing))),
                }
            }
            (Self::Excludes(field, others), _) if is_set(field) => {
                match others.iter().find(|other| is_set(other)) {
                    None => Ok(()),
                    Some(other) => {
                        Err(format!("{} and {} exclude each other", name(field), name(other)))
                    }
                }
            }
            (Self::AnyOf(fields), _) if !fields.iter().any(|field| is_set(field)) => {
                let names: Vec<_> = fields.iter().map(|field| name(field)).collect();
                Err(format!("one of {} is required", names.join(", ")))
            }
            _ => Ok(()),
        }
    }
}

fn only_in(what: &str, dialects: &[&str], dialect: &str) -> Result<(), String> {
    if dialects.contains(&dialect) {
        return Ok(());
    }
    let names: Vec<_> = dialects.iter().map(|name| format!("`{name}`")).collect();
    let have = if names.len() > 1 { "have" } else { "has" };
    Err(format!("{what} is not in the dialect `{dialect}`; {} {have} it", listed(&names)))
}

/// The path to the field of an object.
fn joined(path: &str, field: &str) -> String {
    match path {
        "" => field.to_owned(),
        path => format!("{path}.{field}"),
    }
}

/// Some names, as a sentence has them.
fn listed(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, testing::GET};
    use serde_json::json;

    static RULES: &[Rule] = &[
        Rule { at: &[], says: Says::OnlyIn("ref", &["old"]) },
        Rule { at: &[], says: Says::RequiredIn("user", &["new", "next"]) },
        Rule { at: &[], says: Says::Needs("context_type", &["context_id", "context_key"]) },
        Rule { at: &[], says: Says::Excludes("business", &["context_id"]) },
        Rule { at: &[], says: Says::AnyOf(&["thread", "business", "context_id"]) },
        Rule {
            at: &[Step::Field("parts"), Step::Items, Step::Arm { tag: "type", kind: "text" }],
            says: Says::OnlyIn("mark", &["new", "next"]),
        },
        Rule {
            at: &[Step::Field("files"), Step::Items, Step::Field("of"), Step::Items],
            says: Says::Needs("a", &["b"]),
        },
    ];

    static CREATE: Operation = Operation { rules: RULES, ..GET };
    static LATER: Operation = Operation { dialects: &["new", "next"], ..GET };

    fn sent(body: Option<&str>) -> Request {
        let url = "https://acme.example/".parse().unwrap();
        let mut request = Request::new(reqwest::Method::POST, url);
        *request.body_mut() = body.map(|body| body.to_owned().into());
        request
    }

    /// What a body is refused with.
    fn refusal(dialect: Option<&str>, body: &Value) -> Option<String> {
        let error = check(&CREATE, dialect, &sent(Some(&body.to_string()))).err()?;
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!((error.operation(), error.attempts()), (Some("get_thread"), 0));
        error.message().map(str::to_owned)
    }

    #[track_caller]
    fn refuses(dialect: &str, body: &Value, says: &str) {
        assert_eq!(refusal(Some(dialect), body).as_deref(), Some(says), "{body}");
    }

    #[track_caller]
    fn accepts(dialect: &str, body: &Value) {
        assert_eq!(refusal(Some(dialect), body), None, "{body}");
    }

    #[test]
    fn a_field_of_another_dialect_is_refused_also_as_null() {
        let says = "`ref` is not in the dialect `new`; `old` has it";
        refuses("new", &json!({ "thread": 1, "user": 1, "ref": 1 }), says);
        refuses("new", &json!({ "thread": 1, "user": 1, "ref": null }), says);
        accepts("old", &json!({ "thread": 1, "ref": 1 }));
    }

    #[test]
    fn a_field_is_required_in_its_dialects_alone() {
        accepts("old", &json!({ "thread": 1 }));
        let says = "`user` is required in the dialect `next`";
        refuses("next", &json!({ "thread": 1 }), says);
        refuses("next", &json!({ "thread": 1, "user": null }), says);
        accepts("next", &json!({ "thread": 1, "user": "" }));
    }

    #[test]
    fn without_dialects_only_their_rules_do_not_hold() {
        assert_eq!(refusal(None, &json!({ "thread": 1, "ref": 1 })), None);
        assert!(refusal(None, &json!({})).is_some());
    }

    #[test]
    fn a_field_that_needs_others_is_refused_with_those_that_are_missing() {
        let body = json!({ "thread": 1, "context_type": "a" });
        refuses("old", &body, "`context_type` needs `context_id` and `context_key`");
        let body = json!({ "context_type": "a", "context_id": "b", "context_key": null });
        refuses("old", &body, "`context_type` needs `context_key`");
        accepts("old", &json!({ "context_type": "a", "context_id": "b", "context_key": "c" }));
        accepts("old", &json!({ "context_type": null, "context_id": "b" }));
    }

    #[test]
    fn fields_that_exclude_each_other_are_refused_together() {
        let body = json!({ "business": 1, "context_id": 1 });
        refuses("old", &body, "`business` and `context_id` exclude each other");
        accepts("old", &json!({ "business": 1, "context_id": null }));
    }

    #[test]
    fn one_of_several_is_set() {
        let says = "one of `thread`, `business`, `context_id` is required";
        refuses("old", &json!({}), says);
        refuses("old", &json!({ "thread": null }), says);
        accepts("old", &json!({ "business": false }));
    }

    #[test]
    fn what_is_nested_is_found_and_named_by_its_path() {
        let parts = json!([{ "type": "file", "mark": 1 }, 7, { "type": "text", "mark": 1 }]);
        refuses(
            "old",
            &json!({ "thread": 1, "parts": parts }),
            "`parts[2].mark` is not in the dialect `old`; `new` and `next` have it",
        );
        accepts("new", &json!({ "thread": 1, "user": 1, "parts": parts }));
        let files = json!({ "PRIVATE": { "of": [{ "b": 1 }, { "a": 1 }] }, "x": null });
        refuses(
            "old",
            &json!({ "thread": 1, "files": files }),
            "`files.*.of[1].a` needs `files.*.of[1].b`",
        );
        for odd in [json!(null), json!(1), json!("parts"), json!([null]), json!({ "a": [] })] {
            accepts("old", &json!({ "thread": 1, "parts": odd, "files": odd }));
        }
    }

    #[test]
    fn an_operation_of_another_dialect_is_refused_whatever_it_sends() {
        let error = check(&LATER, Some("old"), &sent(None)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(
            error.to_string(),
            "Acme get_thread: the operation is not in the dialect `old`; `new` and `next` have it"
        );
        check(&LATER, Some("next"), &sent(None)).unwrap();
    }

    #[test]
    fn a_body_that_is_left_out_breaks_no_rule_and_one_that_is_no_json_is_refused() {
        check(&CREATE, Some("new"), &sent(None)).unwrap();
        let error = check(&CREATE, Some("new"), &sent(Some("PRIVATE"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!error.to_string().contains("PRIVATE"), "{error}");
        check(&GET, Some("new"), &sent(Some("no JSON, and no rules"))).unwrap();
    }
}
