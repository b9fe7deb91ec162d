//! What a step brings, and what an agent found it in.

use serde_json::{Value, json};

use super::ids::{Ids, Kind};

/// One thing that an agent has to show, with where it comes from.
///
/// ```
/// use agent_threads_sandbox::middesk::{Artifact, Source};
///
/// let filing = Source::new("https://sos.example/filing/1").name("Secretary of State").tier("primary").category("sos");
/// let artifact = Artifact::new("Name", "cip_summary").confidence("high").summary("The name matches.").source(filing);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an artifact does nothing until it is in a script"]
pub struct Artifact {
    fields: Value,
}

impl Artifact {
    /// An artifact with a title and a type, such as `cip_summary`, and with nothing else to say.
    pub fn new(title: impl Into<String>, kind: impl Into<String>) -> Self {
        let (title, kind) = (title.into(), kind.into());
        Self {
            fields: json!({ "title": title, "type": kind, "confidence": null, "summary": null, "sources": [] }),
        }
    }

    /// How sure the agent is, such as `high`.
    pub fn confidence(self, label: impl Into<String>) -> Self {
        self.field("confidence", json!(label.into()))
    }

    /// What it comes to.
    pub fn summary(self, text: impl Into<String>) -> Self {
        self.field("summary", json!(text.into()))
    }

    /// Adds a source.
    pub fn source(mut self, source: Source) -> Self {
        if let Some(sources) = self.fields["sources"].as_array_mut() {
            sources.push(source.fields);
        }
        self
    }

    /// Sets any field, also one that the vendor does not document.
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.fields[name] = value;
        self
    }

    /// As it is sent, with an id unless it has one.
    pub(super) fn placed(&self, ids: &Ids) -> Value {
        let mut artifact = self.fields.clone();
        if artifact.get("id").is_none() {
            artifact["id"] = json!(ids.next(Kind::Artifact));
        }
        artifact
    }
}

/// Where an artifact comes from.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a source does nothing until it is an artifact's"]
pub struct Source {
    fields: Value,
}

impl Source {
    /// A source at an address.
    pub fn new(url: impl Into<String>) -> Self {
        Self { fields: json!({ "url": url.into() }) }
    }

    /// Its name for people.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.field("source_name", name.into())
    }

    /// How far it is trusted, such as `primary`.
    pub fn tier(self, tier: impl Into<String>) -> Self {
        self.field("source_tier", tier.into())
    }

    /// What it is, such as `sos`.
    pub fn category(self, category: impl Into<String>) -> Self {
        self.field("source_type", category.into())
    }

    fn field(mut self, name: &str, value: String) -> Self {
        self.fields[name] = Value::String(value);
        self
    }
}
