//! The shapes of inputs, what is said of an input of another shape, and the shapes as JSON Schema.

use serde_json::{Map, Value, json};

/// What a value can be. Only [`OrNull`](Self::OrNull) and [`Any`](Self::Any) can be null.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Any,
    Text,
    /// A text of so many characters.
    TextOf(usize, usize),
    Flag,
    Number,
    NumberFrom(i64),
    /// A whole number between these two.
    Whole(i64, i64),
    OneOf(&'static [&'static str]),
    /// An object, of which fields without a name here are passed over.
    Object(&'static [Field]),
    /// An object that has no fields without a name here.
    Strict(&'static [Field]),
    /// An object of so many fields at most, whatever their names.
    Map(&'static Shape, usize),
    /// An array of so many items.
    List(&'static Shape, usize, usize),
    OrNull(&'static Shape),
    /// A condition on the items of a list.
    Where,
}

/// A field by its name, what it can hold, and whether it must be there.
pub(super) type Field = (&'static str, Shape, bool);

pub(super) const REQUIRED: bool = true;
pub(super) const OPTIONAL: bool = false;
pub(super) const OPERATORS: [&str; 8] = ["eq", "gt", "gte", "lt", "lte", "in", "like", "contains"];
const CONNECTIVES: [&str; 3] = ["and", "or", "not"];

/// All that keeps a value from having a shape.
pub(super) fn issues(value: &Value, shape: Shape) -> Vec<Value> {
    let mut found = Vec::new();
    check(Some(value), shape, &mut Vec::new(), &mut found);
    found
}

fn check(value: Option<&Value>, shape: Shape, path: &mut Vec<Value>, found: &mut Vec<Value>) {
    let Some(value) = value else {
        return found.push(wrong_type(shape, "undefined", path));
    };
    match (shape, value) {
        (Shape::Any, _) | (Shape::OrNull(_), Value::Null) => {}
        (Shape::OrNull(shape), value) => check(Some(value), *shape, path, found),
        (Shape::Text, Value::String(_)) | (Shape::Flag, Value::Bool(_)) => {}
        (Shape::Number, Value::Number(_)) => {}
        (Shape::TextOf(least, most), Value::String(text)) => {
            range(text.chars().count(), (least, most), "string", path, found);
        }
        (Shape::NumberFrom(least), Value::Number(number)) => {
            if number.as_f64().is_some_and(|number| number < least as f64) {
                found.push(too_small(least, "number", path));
            }
        }
        (Shape::Whole(least, most), Value::Number(number)) => match number.as_i64() {
            None => found.push(wrong_type(shape, "number", path)),
            Some(number) if number < least => found.push(too_small(least, "number", path)),
            Some(number) if number > most => found.push(too_big(most, "number", path)),
            Some(_) => {}
        },
        (Shape::OneOf(known), value) => {
            if !value.as_str().is_some_and(|text| known.contains(&text)) {
                let known_words: Vec<_> = known.iter().map(|word| format!("{word:?}")).collect();
                let message = format!("Invalid option: expected one of {}", known_words.join("|"));
                let issue = json!({ "code": "invalid_value", "values": known, "path": path, "message": message });
                found.push(issue);
            }
        }
        (Shape::Object(fields), Value::Object(object)) => check_fields(object, fields, path, found),
        (Shape::Strict(fields), Value::Object(object)) => {
            check_fields(object, fields, path, found);
            unrecognized(object, fields, path, found);
        }
        (Shape::Map(shape, most), Value::Object(object)) => {
            range(object.len(), (0, most), "map", path, found);
            for (name, value) in object {
                within(json!(name), Some(value), *shape, path, found);
            }
        }
        (Shape::List(shape, least, most), Value::Array(items)) => {
            range(items.len(), (least, most), "array", path, found);
            for (place, item) in items.iter().enumerate() {
                within(json!(place), Some(item), *shape, path, found);
            }
        }
        (Shape::Where, value) if is_condition(value) => {}
        (Shape::Where, _) => {
            let message = "Invalid input";
            found.push(json!({ "code": "invalid_union", "path": path, "message": message }));
        }
        (shape, value) => found.push(wrong_type(shape, kind_of(value), path)),
    }
}

fn within(
    step: Value,
    value: Option<&Value>,
    shape: Shape,
    path: &mut Vec<Value>,
    found: &mut Vec<Value>,
) {
    path.push(step);
    check(value, shape, path, found);
    path.pop();
}

fn check_fields(
    object: &Map<String, Value>,
    fields: &[Field],
    path: &mut Vec<Value>,
    found: &mut Vec<Value>,
) {
    for (name, shape, required) in fields {
        let value = object.get(*name);
        if value.is_some() || *required {
            within(json!(name), value, *shape, path, found);
        }
    }
}

fn unrecognized(
    object: &Map<String, Value>,
    fields: &[Field],
    path: &[Value],
    found: &mut Vec<Value>,
) {
    let is_known = |name: &String| fields.iter().any(|(known, ..)| known == name);
    let keys: Vec<_> = object.keys().filter(|name| !is_known(name)).collect();
    if keys.is_empty() {
        return;
    }
    let quoted: Vec<_> = keys.iter().map(|key| format!("{key:?}")).collect();
    let message = match keys.len() {
        1 => format!("Unrecognized key: {}", quoted[0]),
        _ => format!("Unrecognized keys: {}", quoted.join(", ")),
    };
    found.push(
        json!({ "code": "unrecognized_keys", "keys": keys, "path": path, "message": message }),
    );
}

fn range(
    size: usize,
    bounds: (usize, usize),
    origin: &str,
    path: &[Value],
    found: &mut Vec<Value>,
) {
    if size < bounds.0 {
        found.push(too_small(bounds.0, origin, path));
    } else if size > bounds.1 {
        found.push(too_big(bounds.1, origin, path));
    }
}

fn too_small(least: impl Into<Value>, origin: &str, path: &[Value]) -> Value {
    let least = least.into();
    let message = format!("Too small: expected {origin} to be >={least}");
    json!({ "code": "too_small", "origin": origin, "minimum": least, "inclusive": true, "path": path, "message": message })
}

fn too_big(most: impl Into<Value>, origin: &str, path: &[Value]) -> Value {
    let most = most.into();
    let message = format!("Too big: expected {origin} to be <={most}");
    json!({ "code": "too_big", "origin": origin, "maximum": most, "inclusive": true, "path": path, "message": message })
}

fn wrong_type(shape: Shape, received: &str, path: &[Value]) -> Value {
    let expected = shape.zod_name();
    let message = format!("Invalid input: expected {expected}, received {received}");
    json!({ "code": "invalid_type", "expected": expected, "path": path, "message": message })
}

/// Whether a value is a condition: on a field, or several with a word between.
fn is_condition(value: &Value) -> bool {
    let operator = value["operator"].as_str().unwrap_or_default();
    match &value["conditions"] {
        Value::Array(conditions) => {
            CONNECTIVES.contains(&operator) && conditions.iter().all(is_condition)
        }
        _ => {
            let field = value["field"].as_array();
            OPERATORS.contains(&operator)
                && field.is_some_and(|field| field.iter().all(Value::is_string))
                && value.get("value").is_some()
        }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Shape {
    fn zod_name(self) -> &'static str {
        match self {
            Self::Any => "unknown",
            Self::Text | Self::TextOf(..) | Self::OneOf(_) => "string",
            Self::Flag => "boolean",
            Self::Number | Self::NumberFrom(_) => "number",
            Self::Whole(..) => "int",
            Self::Object(_) | Self::Strict(_) | Self::Where => "object",
            Self::Map(..) => "record",
            Self::List(..) => "array",
            Self::OrNull(shape) => shape.zod_name(),
        }
    }

    /// The shape as JSON Schema.
    pub(super) fn schema(self) -> Value {
        match self {
            Self::Any => json!({}),
            Self::Text => json!({ "type": "string" }),
            Self::TextOf(least, most) => {
                json!({ "type": "string", "minLength": least, "maxLength": most })
            }
            Self::Flag => json!({ "type": "boolean" }),
            Self::Number => json!({ "type": "number" }),
            Self::NumberFrom(least) => json!({ "type": "number", "minimum": least }),
            Self::Whole(least, most) => {
                json!({ "type": "integer", "minimum": least, "maximum": most })
            }
            Self::OneOf(known) => json!({ "type": "string", "enum": known }),
            Self::Object(fields) => object_schema(fields),
            Self::Strict(fields) => {
                let mut schema = object_schema(fields);
                schema["additionalProperties"] = json!(false);
                schema
            }
            Self::Map(shape, _) => {
                json!({ "type": "object", "additionalProperties": shape.schema() })
            }
            Self::List(shape, least, _) => {
                json!({ "type": "array", "items": shape.schema(), "minItems": least })
            }
            Self::OrNull(shape) => json!({ "anyOf": [shape.schema(), { "type": "null" }] }),
            Self::Where => json!({ "type": "object" }),
        }
    }
}

fn object_schema(fields: &[Field]) -> Value {
    let properties = fields.iter().map(|(name, shape, _)| ((*name).to_owned(), shape.schema()));
    let properties: Map<_, _> = properties.collect();
    let required = fields.iter().filter(|(.., required)| *required);
    let required: Vec<_> = required.map(|(name, ..)| name).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape::Strict(&[
        ("name", Shape::TextOf(1, 3), REQUIRED),
        ("limit", Shape::Whole(1, 1000), OPTIONAL),
        ("tags", Shape::List(&Shape::Text, 1, 2), OPTIONAL),
        ("note", Shape::OrNull(&Shape::Text), OPTIONAL),
        ("where", Shape::Where, OPTIONAL),
    ]);

    fn codes(value: &Value) -> Vec<(String, Value)> {
        let issues = issues(value, SHAPE).into_iter();
        issues
            .map(|issue| (issue["code"].as_str().unwrap().to_owned(), issue["path"].clone()))
            .collect()
    }

    #[test]
    fn each_issue_says_what_and_where() {
        for (value, code, path) in [
            (json!([]), "invalid_type", json!([])),
            (json!({}), "invalid_type", json!(["name"])),
            (json!({ "name": null }), "invalid_type", json!(["name"])),
            (json!({ "name": "" }), "too_small", json!(["name"])),
            (json!({ "name": "ßßßß" }), "too_big", json!(["name"])),
            (json!({ "name": "a", "limit": 0 }), "too_small", json!(["limit"])),
            (json!({ "name": "a", "limit": 1.5 }), "invalid_type", json!(["limit"])),
            (json!({ "name": "a", "tags": [] }), "too_small", json!(["tags"])),
            (json!({ "name": "a", "tags": ["x", 1] }), "invalid_type", json!(["tags", 1])),
            (
                json!({ "name": "a", "where": { "operator": "eq" } }),
                "invalid_union",
                json!(["where"]),
            ),
            (json!({ "name": "a", "other": 1 }), "unrecognized_keys", json!([])),
        ] {
            assert_eq!(codes(&value), [(code.to_owned(), path)], "{value}");
        }
    }

    #[test]
    fn what_has_the_shape_has_no_issues() {
        let on_field = json!({ "field": ["a"], "operator": "eq", "value": null });
        let both = json!({ "operator": "and", "conditions": [on_field, on_field] });
        let whole =
            json!({ "name": "ß", "limit": 1000, "tags": ["x"], "note": null, "where": both });
        assert!(codes(&whole).is_empty());
    }
}
