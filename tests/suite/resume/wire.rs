//! What a server sends, read without any of the clients' code.

use serde_json::Value;

/// An event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    /// Empty where the stream gives none.
    pub(super) name: String,
    pub(super) data: Value,
}

/// The events of a stream as the sandbox lays it out: `\n` at the end of lines, one line of JSON for an event's data.
pub(super) fn events(wire: &[u8]) -> Vec<Event> {
    let text = std::str::from_utf8(wire).unwrap();
    text.split_terminator("\n\n").filter_map(event).collect()
}

fn event(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let data = serde_json::from_str(field("data: ")?).unwrap();
    Some(Event { name: field("event: ").unwrap_or_default().to_owned(), data })
}

/// A value in which numbers are all of one kind, as they are in JSON.
pub(super) fn normal(value: Value) -> Value {
    match value {
        Value::Number(number) => serde_json::json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, field)| (name, normal(field))).collect()
        }
        other => other,
    }
}

/// Fails where what was delivered is not what the server has told: all of it, once, in order, and nothing else.
pub(super) fn assert_same(seen: &[Value], told: &[Value]) {
    assert_begins(seen, told);
    assert_eq!(
        seen.len(),
        told.len(),
        "not all that was told was delivered: {:?}",
        told.get(seen.len())
    );
}

/// Fails where what was delivered is not the beginning of what the server has told.
pub(super) fn assert_begins(seen: &[Value], told: &[Value]) {
    for (at, event) in seen.iter().enumerate() {
        let told_here = told.get(at).cloned().map(normal);
        assert_eq!(Some(normal(event.clone())), told_here, "event {at} of {}", told.len());
    }
}

/// The data of a stream's events.
pub(super) fn data(wire: &[u8]) -> Vec<Value> {
    events(wire).into_iter().map(|event| event.data).collect()
}
