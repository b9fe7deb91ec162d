//! Whether two JSON values say the same.

use serde_json::Value;

/// Fields that only one dialect has, and that can be null there. The types have one `None` for both, null and absence: a
/// caller learns nothing from the difference that the dialect does not tell.
const NULL_IS_ABSENCE: [&str; 7] = [
    "attributed_user",
    "client_external_ref",
    "clientRequestId",
    "error",
    "finalOutput",
    "requestId",
    "runId",
];

/// Where `read`, the value after it was decoded and written again, differs from what was recorded.
pub(super) fn loss(recorded: &Value, read: &Value) -> Option<String> {
    differs("", recorded, read)
}

fn differs(path: &str, recorded: &Value, read: &Value) -> Option<String> {
    match (recorded, read) {
        (Value::Object(recorded), Value::Object(read)) => {
            let added = read.keys().find(|name| !recorded.contains_key(*name));
            let lost = recorded.iter().find_map(|(name, recorded)| {
                let path = format!("{path}/{name}");
                match read.get(name) {
                    Some(read) => differs(&path, recorded, read),
                    None if recorded.is_null() && NULL_IS_ABSENCE.contains(&name.as_str()) => None,
                    None => Some(format!("{path} is lost")),
                }
            });
            lost.or_else(|| added.map(|name| format!("{path}/{name} is made up")))
        }
        (Value::Array(recorded), Value::Array(read)) if recorded.len() == read.len() => {
            let mut items = recorded.iter().zip(read).enumerate();
            items.find_map(|(n, (recorded, read))| differs(&format!("{path}/{n}"), recorded, read))
        }
        (recorded, read) if recorded == read => None,
        _ => Some(format!("{path} is {read} instead of {recorded}")),
    }
}

#[test]
fn what_is_lost_changed_or_made_up_is_told() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let loss = |recorded: &str, read: &str| loss(&json(recorded), &json(read));
    assert_eq!(loss(r#"{"a":[1,{"runId":null}]}"#, r#"{"a":[1,{}]}"#), None);
    assert_eq!(loss(r#"{"a":null}"#, "{}").unwrap(), "/a is lost");
    assert_eq!(loss(r#"{"runId":"x"}"#, "{}").unwrap(), "/runId is lost");
    assert_eq!(loss("{}", r#"{"runId":null}"#).unwrap(), "/runId is made up");
    assert_eq!(loss("[1]", "[1.5]").unwrap(), "/0 is 1.5 instead of 1");
    assert_eq!(loss("[1]", "[1,2]").unwrap(), " is [1,2] instead of [1]");
}
