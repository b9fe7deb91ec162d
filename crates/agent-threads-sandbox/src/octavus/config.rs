//! The settings that a dispatch gives its thread.

use serde_json::{Map, Value};

use super::agent::Agent;
use super::generation::Generation;

const THINKING: [&str; 5] = ["off", "low", "medium", "high", "max"];

/// Settings that have the documented shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RunConfig {
    /// As the thread shows them: those given, without the recording.
    shown: Map<String, Value>,
    /// The visibility of the recording, where one is asked for.
    pub(super) recording: Option<String>,
}

impl RunConfig {
    /// Unknown fields are ignored. The error says which rule is broken.
    pub(super) fn parse(config: &Value, generation: Generation) -> Result<Self, String> {
        let given = config.as_object().ok_or("config must be an object")?;
        let mut shown = Map::new();
        for (name, is_valid) in FIELDS {
            let Some(value) = given.get(name) else { continue };
            if !is_valid(value, generation) {
                return Err(format!("config.{name} is not valid"));
            }
            shown.insert(name.to_owned(), value.clone());
        }
        Ok(Self { shown, recording: recording(given)? })
    }

    /// Whether the agent can run so. `models` are those that exist; none stands for any.
    pub(super) fn check(&self, agent: &Agent, models: Option<&[String]>) -> Result<(), String> {
        let named = ["model", "backupModel"].iter().filter_map(|name| self.shown.get(*name));
        for model in named.filter_map(Value::as_str) {
            if models.is_some_and(|models| !models.iter().any(|known| known == model)) {
                return Err(format!("The model {model} is not available"));
            }
        }
        let asked = self.shown.get("capabilities").and_then(Value::as_object);
        match asked.into_iter().flatten().find(|(slug, _)| !agent.declares(slug)) {
            Some((slug, _)) => Err(format!("The agent does not declare the capability {slug}")),
            None => Ok(()),
        }
    }

    pub(super) fn json(&self) -> Value {
        Value::Object(self.shown.clone())
    }
}

type Rule = fn(&Value, Generation) -> bool;

const FIELDS: [(&str, Rule); 4] = [
    ("model", |value, _| is_model(value)),
    ("backupModel", |value, _| is_model(value)),
    ("thinking", is_thinking),
    ("capabilities", |value, _| is_switches(value)),
];

/// `provider/model-id`
fn is_model(value: &Value) -> bool {
    let parts = value.as_str().and_then(|model| model.split_once('/'));
    parts.is_some_and(|(provider, model)| !provider.is_empty() && !model.is_empty())
}

fn is_thinking(value: &Value, generation: Generation) -> bool {
    let is_known =
        |level| THINKING.contains(&level) || level == "auto" && generation >= Generation::G4;
    value.as_str().is_some_and(is_known)
}

fn is_switches(value: &Value) -> bool {
    value.as_object().is_some_and(|switches| switches.values().all(Value::is_boolean))
}

/// The visibility has no meaning, and is not looked at, unless a recording is asked for.
fn recording(config: &Map<String, Value>) -> Result<Option<String>, String> {
    match config.get("record") {
        None | Some(Value::Bool(false)) => return Ok(None),
        Some(Value::Bool(true)) => {}
        Some(_) => return Err("config.record must be a boolean".to_owned()),
    }
    match config.get("recordVisibility").map(Value::as_str) {
        None => Ok(Some("private".to_owned())),
        Some(Some(visibility @ ("private" | "public"))) => Ok(Some(visibility.to_owned())),
        Some(_) => Err("config.recordVisibility is not valid".to_owned()),
    }
}
