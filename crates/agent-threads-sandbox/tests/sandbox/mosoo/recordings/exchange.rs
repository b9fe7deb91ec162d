//! One recorded exchange.

use std::path::Path;

use serde_json::Value;

pub(super) struct Exchange {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) caller: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) request_headers: Vec<(String, String)>,
    /// The body as it was sent, as text.
    pub(super) request_body: Option<String>,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
}

pub(super) enum Body {
    Json(Value),
    Text(String),
}

impl Exchange {
    pub(super) fn read(path: &Path) -> Self {
        let source = std::fs::read_to_string(path).unwrap();
        let file: Value = serde_json::from_str(&source).unwrap();
        let (request, response) = (&file["request"], &file["response"]);
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Self {
            number: name[..3].parse().unwrap(),
            caller: text(&request["caller"]),
            method: text(&request["method"]),
            path: text(&request["path"]),
            request_headers: headers(&request["headers"]),
            request_body: match (request.get("body"), request.get("rawBody")) {
                (Some(body), _) => Some(as_sent(&source, body)),
                (None, Some(raw)) => Some(text(raw)),
                (None, None) => None,
            },
            status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
            headers: headers(&response["headers"]),
            body: match response.get("body") {
                Some(body) => Body::Json(expanded(body)),
                None => Body::Text(text(&response["raw"])),
            },
            name,
        }
    }

    /// The body that was sent, where it is JSON.
    pub(super) fn request_json(&self) -> Value {
        serde_json::from_str(self.request_body.as_deref().unwrap()).unwrap()
    }

    pub(super) fn is_stream(&self) -> bool {
        self.header("content-type").is_some_and(|value| value.starts_with("text/event-stream"))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The id in the path, which stands behind `agents` or `threads`.
    pub(super) fn id_in_path(&self) -> &str {
        self.path.split(['/', '?']).nth(4).unwrap()
    }
}

/// The body of a request as it stands in its file, where nothing in it was shortened: also the order of fields can count.
fn as_sent(source: &str, body: &Value) -> String {
    let expanded = expanded(body);
    let request = source.find("\"request\"").unwrap();
    let name = "\"body\":";
    let begin = request + source[request..].find(name).unwrap() + name.len();
    let mut values = serde_json::Deserializer::from_str(&source[begin..]).into_iter::<Value>();
    match values.next() {
        Some(Ok(found)) if found == expanded => {
            source[begin..begin + values.byte_offset()].to_owned()
        }
        _ => expanded.to_string(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn headers(value: &Value) -> Vec<(String, String)> {
    let headers = value.as_object().unwrap().iter();
    headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect()
}

/// JSON with its long texts, which the files write as `a x 32001`.
fn expanded(value: &Value) -> Value {
    match value {
        Value::String(text) => match repeated(text) {
            Some(long) => Value::String(long),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(expanded).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), expanded(value))).collect()
        }
        other => other.clone(),
    }
}

fn repeated(text: &str) -> Option<String> {
    let (letter, times) = text.split_once(" x ")?;
    let times = times.parse().ok()?;
    (letter.len() == 1).then(|| letter.repeat(times))
}
