//! The body of a dispatch and of a follow up.

use serde_json::{Map, Value, json};

/// A message that has passed the checks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub(super) text: String,
    /// The attachments as the `file` parts of the user's message.
    files: Vec<Value>,
}

impl Message {
    /// As [`of`](Self::of), of bytes.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        Self::of(&json(body)?)
    }

    /// Unknown fields are ignored. The error says which rule is broken.
    pub(super) fn of(body: &Value) -> Result<Self, String> {
        let text = match &body["message"] {
            Value::String(text) if !text.is_empty() => text.clone(),
            Value::String(_) => return Err("message must not be empty".to_owned()),
            _ => return Err("message is required and must be a string".to_owned()),
        };
        let files = match body.get("files") {
            None => Vec::new(),
            Some(Value::Array(files)) => files.iter().map(file_part).collect::<Result<_, _>>()?,
            Some(_) => return Err("files must be an array".to_owned()),
        };
        Ok(Self { text, files })
    }

    pub(super) fn parts(&self) -> Vec<Value> {
        let text = json!({ "type": "text", "text": self.text, "status": "done" });
        std::iter::once(text).chain(self.files.iter().cloned()).collect()
    }
}

pub(super) fn json(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| format!("The body is not JSON: {error}"))
}

/// A file reference as a part, with the fields that the vendor keeps.
fn file_part(reference: &Value) -> Result<Value, String> {
    let mut part = Map::from_iter([("type".to_owned(), json!("file"))]);
    for (name, required) in
        [("id", true), ("mediaType", true), ("url", true), ("filename", false), ("size", false)]
    {
        match reference.get(name) {
            Some(value) if is_of_type(name, value) => {
                part.insert(name.to_owned(), value.clone());
            }
            None if !required => {}
            _ => return Err(format!("files: {name} is missing or has the wrong type")),
        }
    }
    Ok(Value::Object(part))
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "size" => value.is_number(),
        _ => value.is_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &Value) -> Result<Message, String> {
        Message::parse(body.to_string().as_bytes())
    }

    #[test]
    fn a_message_becomes_a_text_part_and_its_files_become_file_parts() {
        let message = parse(&json!({
            "message": "Reconcile",
            "files": [{ "id": "f", "mediaType": "text/csv", "url": "https://x/f", "size": 5, "width": 3 }],
            "later": true,
        }))
        .unwrap();
        assert_eq!(
            message.parts(),
            [
                json!({ "type": "text", "text": "Reconcile", "status": "done" }),
                json!({ "type": "file", "id": "f", "mediaType": "text/csv", "url": "https://x/f", "size": 5 }),
            ]
        );
    }

    #[test]
    fn bodies_that_break_a_rule_are_refused() {
        let refused = [
            json!(null),
            json!([]),
            json!("Reconcile"),
            json!({}),
            json!({ "message": null }),
            json!({ "message": 1 }),
            json!({ "message": "" }),
            json!({ "message": "x", "files": null }),
            json!({ "message": "x", "files": {} }),
            json!({ "message": "x", "files": ["f"] }),
            json!({ "message": "x", "files": [{ "id": "f", "mediaType": "text/csv" }] }),
            json!({ "message": "x", "files": [{ "id": "f", "mediaType": "a/b", "url": "u", "size": "5" }] }),
        ];
        for body in refused {
            assert!(parse(&body).is_err(), "{body}");
        }
    }

    #[test]
    fn bytes_that_are_not_json_are_refused() {
        let deep = "[".repeat(100_000);
        for body in [&b""[..], b"{", b"message=x", b"\xff\xfe", deep.as_bytes()] {
            assert!(Message::parse(body).is_err());
        }
    }
}
