//! A recorded exchange, as its file has it.

use agent_threads_mosoo::Dialect;
use reqwest::Url;
use serde_json::Value;
use std::path::Path;

/// One call of the vendor's real server, and what it answered.
pub(super) struct Exchange {
    /// Folder and number: `seed/001`.
    pub(super) id: String,
    pub(super) dialect: Dialect,
    /// Whose token it was; `none` for no token at all.
    pub(super) caller: String,
    pub(super) method: String,
    /// Path and query as they were sent.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    pub(super) answer: Answer,
}

/// What was sent.
#[derive(Debug)]
pub(super) enum Body {
    None,
    Json(Value),
    /// Text that is no JSON, or a form.
    Raw(String),
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    /// Null where there was no JSON.
    pub(super) json: Value,
    /// The bytes as they are played to the client.
    pub(super) bytes: Vec<u8>,
}

/// The exchanges of one folder, in their order.
pub(super) fn folder(root: &Path, dialect: Dialect) -> Vec<Exchange> {
    let folder = root.join(dialect.as_str());
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| Exchange::read(file, dialect)).collect()
}

impl Exchange {
    fn read(file: &Path, dialect: Dialect) -> Self {
        let name = file.file_name().unwrap().to_str().unwrap();
        let mut json: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        if json["note"].as_str().is_some_and(|note| note.contains("shortened in this file")) {
            lengthen(&mut json);
        }
        let (request, response) = (&json["request"], &json["response"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            id: format!("{}/{}", dialect.as_str(), &name[..3]),
            dialect,
            caller: text(&request["caller"]),
            method: text(&request["method"]),
            target: text(&request["path"]),
            headers: pairs(&request["headers"]),
            body: match (request.get("body"), request.get("rawBody")) {
                (Some(body), _) => Body::Json(body.clone()),
                (None, Some(raw)) => Body::Raw(text(raw)),
                (None, None) => Body::None,
            },
            answer: Answer {
                status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
                headers: pairs(&response["headers"]),
                json: response["body"].clone(),
                bytes: match response.get("raw") {
                    Some(raw) => text(raw).into_bytes(),
                    None => response["body"].to_string().into_bytes(),
                },
            },
        }
    }

    /// A header of the request.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// A parameter of the query.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let pairs = self.url();
        pairs.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The parts of the path behind the prefix that all operations have; `None` without it.
    pub(super) fn segments(&self) -> Option<Vec<String>> {
        let url = self.url();
        let rest = url.path().strip_prefix("/api/v1/")?;
        Some(rest.split('/').map(str::to_owned).collect())
    }

    fn url(&self) -> Url {
        Url::parse(&format!("https://mosoo.example{}", self.target)).unwrap()
    }
}

fn pairs(headers: &Value) -> Vec<(String, String)> {
    let headers = headers.as_object().into_iter().flatten();
    headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

/// Undoes what the recordings do to very long texts: `a x 32001` stands for so many letters.
fn lengthen(json: &mut Value) {
    match json {
        Value::String(text) => {
            if let Some((letter, times)) = text.split_once(" x ")
                && letter.len() == 1
                && let Ok(times) = times.parse()
            {
                *text = letter.repeat(times);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(lengthen),
        Value::Object(fields) => fields.values_mut().for_each(lengthen),
        _ => {}
    }
}
