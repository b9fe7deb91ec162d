//! What is declared: the types that derive `Debug`, and the fields that the documents call credentials.

use serde_json::{Value, json};
use serde_yaml_ng::Value as Yaml;
use std::{
    collections::BTreeSet,
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The sources of the published crates.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(directory: &Path, files: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, files),
                false if path.extension().is_some_and(|kind| kind == "rs") => {
                    let text = fs::read_to_string(&path).unwrap();
                    files.push((path, text));
                }
                false => {}
            }
        }
    }
    let mut files = Vec::new();
    for package in ["core", "octavus", "modus", "middesk", "mosoo", "deco-studio"] {
        walk(&root().join(format!("crates/agent-threads-{package}/src")), &mut files);
    }
    files
}

/// The types with fields that derive `Debug`: name and text of each.
fn derived(text: &str) -> Vec<(String, String)> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if !(line.trim_start().starts_with("#[derive(") && line.contains("Debug")) {
            continue;
        }
        let Some(start) = (at..lines.len()).find(|at| {
            let line = lines[*at].trim_start().trim_start_matches("pub(crate) ");
            let line = line.trim_start_matches("pub(super) ").trim_start_matches("pub ");
            line.starts_with("struct ") || line.starts_with("enum ")
        }) else {
            continue;
        };
        let indent = lines[start].len() - lines[start].trim_start().len();
        let one_line = lines[start].ends_with(';') || lines[start].ends_with("{}");
        let ends = |line: &str| line.len() > indent && line[indent..].starts_with('}');
        let end = match one_line {
            true => start,
            false => (start..lines.len()).find(|at| ends(lines[*at])).unwrap_or(start),
        };
        found.push((lines[start].trim().to_owned(), lines[start..=end].join("\n")));
    }
    found
}

/// Headers, raw bodies and secrets stand in types of these names. One that holds such a thing says itself what it shows.
#[test]
fn no_type_with_headers_a_raw_body_or_a_secret_derives_debug() {
    let raw = ["HeaderMap", "HeaderValue", "Bytes", "BytesMut", "SecretString", "Request", "Url"];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut types = 0;
    for (path, text) in sources() {
        for (name, body) in derived(&text) {
            types += 1;
            // A variant without fields is a name, and says nothing of what it holds.
            let is_code =
                |line: &&str| !line.trim_start().starts_with("//") && line.contains([':', '(']);
            let code = body.lines().filter(is_code);
            let bad = code
                .flat_map(|line| line.split(|c| !is_word(c)).map(str::to_owned).collect::<Vec<_>>())
                .find(|word| raw.contains(&word.as_str()));
            assert_eq!(bad, None, "{}: {name}", path.display());
        }
    }
    assert!(types > 300, "{types} types were found, and there are more");
}

/// Properties that a word makes look like a credential, and what they are instead.
const HARMLESS: [(&str, &str); 1] = [("nextPageToken", "the cursor of a list")];

/// A named object's property: document, object, property, and what it says of itself.
struct Property {
    document: String,
    object: String,
    name: String,
    description: String,
    is_secret: bool,
}

fn properties() -> Vec<Property> {
    let mut found = Vec::new();
    for document in ["octavus", "modus", "middesk", "mosoo", "deco-studio"] {
        let text = fs::read_to_string(root().join(format!("openapi/{document}.yaml"))).unwrap();
        let yaml: Yaml = serde_yaml_ng::from_str(&text).unwrap();
        let schemas = yaml["components"]["schemas"].as_mapping().unwrap();
        for (object, schema) in schemas {
            for (name, property) in schema["properties"].as_mapping().into_iter().flatten() {
                let text = |value: &Yaml| value.as_str().unwrap_or_default().to_owned();
                found.push(Property {
                    document: document.to_owned(),
                    object: text(object),
                    name: text(name),
                    description: text(&property["description"]),
                    is_secret: property["x-secret"].as_bool() == Some(true),
                });
            }
        }
    }
    found
}

fn looks_secret(property: &Property) -> bool {
    let name = property.name.to_ascii_lowercase().replace(['_', '-'], "");
    let names = ["secret", "password", "passwd", "apikey", "credential", "authorization", "cookie"];
    let ends = name.ends_with("token") || ["key", "jwt", "bearer"].contains(&name.as_str());
    let text = property.description.to_ascii_lowercase();
    let says = ["signed and", "is signed", "credentials", "the key itself", "presigned"];
    names.iter().any(|word| name.contains(word))
        || ends
        || says.iter().any(|word| text.contains(word))
}

/// A field that looks like a credential is declared one, so that no `Debug` shows it.
#[test]
fn whatever_a_document_calls_by_the_name_of_a_credential_is_declared_one() {
    let harmless: Vec<_> = HARMLESS.iter().map(|(name, _)| *name).collect();
    let bad: Vec<_> = properties()
        .into_iter()
        .filter(|property| looks_secret(property) && !property.is_secret)
        .filter(|property| !harmless.contains(&property.name.as_str()))
        .map(|property| format!("{} {}.{}", property.document, property.object, property.name))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[track_caller]
fn hides<T: serde::de::DeserializeOwned + Debug>(value: &Value) {
    let read: T = serde_json::from_value(value.clone()).unwrap();
    let shown = format!("{read:?} {read:#?}");
    assert!(!shown.contains("MARKER"), "{shown}");
    assert!(value.to_string().contains("MARKER"), "{value}");
}

/// One check for each property of the documents that is declared a credential.
#[test]
fn no_debug_of_an_answer_shows_a_credential_in_it() {
    use agent_threads_deco_studio::types as deco;
    use agent_threads_octavus::types as octavus;
    let url = "https://files.example/a?signature=MARKER";
    hides::<octavus::FileReference>(&json!({ "id": "f", "mediaType": "text/csv", "url": url }));
    hides::<octavus::AgentFile>(&json!({ "id": "f", "uploadUrl": url, "downloadUrl": url }));
    hides::<octavus::UiFilePart>(
        &json!({ "type": "file", "id": "f", "mediaType": "text/csv", "url": url }),
    );
    hides::<octavus::Recording>(&json!({ "status": "ready", "visibility": "private", "url": url }));
    hides::<deco::NewApiKey>(&json!({ "id": "k", "key": "MARKER" }));
    let any = json!({ "a": ["MARKER"] });
    hides::<deco::Connection>(&json!({
        "id": "c", "title": "t", "connection_url": url, "connection_token": "MARKER", "connection_headers": any,
        "oauth_config": any, "configuration_state": any, "metadata": any,
    }));
    let declared: BTreeSet<_> = properties()
        .into_iter()
        .filter(|property| property.is_secret)
        .map(|property| format!("{} {}.{}", property.document, property.object, property.name))
        .collect();
    let checked = [
        "deco-studio Connection.configuration_state",
        "deco-studio Connection.connection_headers",
        "deco-studio Connection.connection_token",
        "deco-studio Connection.connection_url",
        "deco-studio Connection.metadata",
        "deco-studio Connection.oauth_config",
        "deco-studio NewApiKey.key",
        "octavus AgentFile.downloadUrl",
        "octavus AgentFile.uploadUrl",
        "octavus FileReference.url",
        "octavus Recording.url",
        "octavus UiFilePart.url",
    ];
    assert_eq!(declared, checked.map(str::to_owned).into());
}
