//! Lists: conditions, order, pages.

use std::cmp::Ordering;

use serde_json::{Value, json};

const DEFAULT_LIMIT: usize = 100;

/// The items that an input's `where` asks for, in its order, and of these one page.
pub(super) fn listed(mut items: Vec<Value>, input: &Value, counts: bool) -> Value {
    if let Some(condition) = input.get("where") {
        items.retain(|item| holds(item, condition));
    }
    ordered(&mut items, input);
    page(&items, input, counts)
}

/// One page of a list.
pub(super) fn page(items: &[Value], input: &Value, counts: bool) -> Value {
    let (limit, offset) = bounds(input);
    let shown = items.get(offset..).unwrap_or_default();
    let shown = &shown[..limit.min(shown.len())];
    enveloped(shown, items.len(), offset, counts)
}

/// The page with the newest items first in pages, although the oldest come first in each.
pub(super) fn newest_page(items: &[Value], input: &Value, counts: bool) -> Value {
    let (limit, offset) = bounds(input);
    let end = items.len().saturating_sub(offset);
    let shown = &items[end.saturating_sub(limit)..end];
    enveloped(shown, items.len(), offset, counts)
}

fn bounds(input: &Value) -> (usize, usize) {
    let number = |name: &str| input[name].as_u64().and_then(|number| usize::try_from(number).ok());
    (number("limit").unwrap_or(DEFAULT_LIMIT), number("offset").unwrap_or_default())
}

fn enveloped(items: &[Value], all: usize, offset: usize, counts: bool) -> Value {
    let has_more = offset.saturating_add(items.len()) < all;
    match counts {
        true => json!({ "items": items, "totalCount": all, "hasMore": has_more }),
        false => json!({ "items": items }),
    }
}

/// Sorts by what `orderBy` names, the first entry first. What is equal keeps its place.
pub(super) fn ordered(items: &mut [Value], input: &Value) {
    for order in input["orderBy"].as_array().into_iter().flatten().rev() {
        let descends = order["direction"] == "desc";
        let nulls_first = order["nulls"] == "first";
        items.sort_by(|a, b| {
            let (a, b) = (at(a, &order["field"]), at(b, &order["field"]));
            match (a.is_null(), b.is_null()) {
                (true, true) => Ordering::Equal,
                (a_is_null, b_is_null) if a_is_null || b_is_null => {
                    if a_is_null == nulls_first {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
                _ if descends => compared(b, a).unwrap_or(Ordering::Equal),
                _ => compared(a, b).unwrap_or(Ordering::Equal),
            }
        });
    }
}

fn at<'a>(item: &'a Value, path: &Value) -> &'a Value {
    let path = path.as_array().into_iter().flatten().filter_map(Value::as_str);
    path.fold(item, |value, name| &value[name])
}

fn compared(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Whether a condition holds for an item.
pub(super) fn holds(item: &Value, condition: &Value) -> bool {
    let operator = condition["operator"].as_str().unwrap_or_default();
    if let Some(conditions) = condition["conditions"].as_array() {
        let mut each = conditions.iter().map(|condition| holds(item, condition));
        return match operator {
            "and" => each.all(|holds| holds),
            "or" => each.any(|holds| holds),
            _ => !each.any(|holds| holds),
        };
    }
    let (found, wanted) = (at(item, &condition["field"]), &condition["value"]);
    let order = || compared(found, wanted);
    match operator {
        "eq" => found == wanted,
        "gt" => order() == Some(Ordering::Greater),
        "gte" => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        "lt" => order() == Some(Ordering::Less),
        "lte" => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
        "in" => wanted.as_array().is_some_and(|values| values.contains(found)),
        "like" => like(found, wanted),
        _ => contains(found, wanted),
    }
}

/// Whether a text is like a pattern, in which `%` stands for any text. Case does not count.
fn like(found: &Value, pattern: &Value) -> bool {
    let (Some(text), Some(pattern)) = (found.as_str(), pattern.as_str()) else { return false };
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let mut parts = pattern.split('%');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn contains(found: &Value, wanted: &Value) -> bool {
    match found {
        Value::Array(items) => items.contains(wanted),
        Value::String(text) => wanted.as_str().is_some_and(|part| has(text, part)),
        _ => false,
    }
}

/// Whether a text has another in it, whatever the case.
pub(super) fn has(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds_for(operator: &str, value: &Value) -> bool {
        let item = json!({ "a": { "b": "Sales report" }, "n": 5, "tags": ["x"] });
        let field = match value {
            Value::Number(_) => json!(["n"]),
            Value::Array(_) => json!(["tags"]),
            _ => json!(["a", "b"]),
        };
        let value = value.get(0).unwrap_or(value);
        holds(&item, &json!({ "field": field, "operator": operator, "value": value }))
    }

    #[test]
    fn each_operator_compares_in_its_way() {
        for (operator, value, expected) in [
            ("eq", json!(5), true),
            ("gt", json!(5), false),
            ("gte", json!(5), true),
            ("lt", json!(6), true),
            ("lte", json!(4), false),
            ("eq", json!("sales report"), false),
            ("contains", json!("REPORT"), true),
            ("contains", json!(["x"]), true),
            ("contains", json!(["y"]), false),
            ("like", json!("sales%"), true),
            ("like", json!("%es re%t"), true),
            ("like", json!("sales"), false),
            ("like", json!("%x%"), false),
        ] {
            assert_eq!(holds_for(operator, &value), expected, "{operator} {value}");
        }
        let item = json!({ "n": 5 });
        assert!(holds(&item, &json!({ "field": ["n"], "operator": "in", "value": [4, 5] })));
        let five = json!({ "field": ["n"], "operator": "eq", "value": 5 });
        let six = json!({ "field": ["n"], "operator": "eq", "value": 6 });
        for (word, expected) in [("and", false), ("or", true), ("not", false)] {
            let both = json!({ "operator": word, "conditions": [five, six] });
            assert_eq!(holds(&item, &both), expected, "{word}");
        }
    }

    #[test]
    fn items_are_sorted_by_several_fields_and_nulls_go_where_they_are_told() {
        let mut items =
            [json!({ "a": 1, "b": "x" }), json!({ "a": 2 }), json!({ "a": 1, "b": "y" })];
        let by = json!({ "orderBy": [
            { "field": ["a"], "direction": "asc" },
            { "field": ["b"], "direction": "desc" },
        ] });
        ordered(&mut items, &by);
        assert_eq!(
            items.iter().map(|item| &item["b"]).collect::<Vec<_>>(),
            [&json!("y"), &json!("x"), &Value::Null]
        );
        let nulls =
            json!({ "orderBy": [{ "field": ["b"], "direction": "desc", "nulls": "first" }] });
        ordered(&mut items, &nulls);
        assert_eq!(items[0], json!({ "a": 2 }));
    }

    #[test]
    fn the_first_page_of_messages_has_the_newest_and_each_page_the_oldest_first() {
        let items: Vec<_> = (0..5).map(|n| json!(n)).collect();
        let page = |offset: u64| {
            newest_page(&items, &json!({ "limit": 2, "offset": offset }), true)["items"].clone()
        };
        assert_eq!(
            (page(0), page(2), page(4), page(6)),
            (json!([3, 4]), json!([1, 2]), json!([0]), json!([]))
        );
    }
}
