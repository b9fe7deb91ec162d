//! The data that Studio itself sends in `data-*` chunks and parts.

use crate::types::{DataChunk, DataPart, UiMessage};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// Data of Studio itself, by the name that stands behind `data-`.
///
/// From decocms/studio, decopilot routes.ts; `run-status` and `thread-title` were also seen on a server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StudioData {
    /// `run-status`: how far the preparation of the run is. It may come before the message begins.
    RunStatus(RunStatusData),
    /// `thread-title`: the thread has a new title.
    ThreadTitle(ThreadTitleData),
    /// `tool-metadata`: more about a call, whose id is that of the chunk.
    ToolMetadata(ToolMetadataData),
    /// `tool-subtask-metadata`: what a subtask took.
    SubtaskMetadata(SubtaskMetadataData),
    /// `generate-image`: images that were made.
    GeneratedImages(GeneratedImagesData),
    /// `web-search`: a piece of what a search found.
    WebSearch(WebSearchData),
    /// `trigger-event`: what started the run.
    TriggerEvent(TriggerEventData),
    /// `user-message`: the message that was posted. Not on all servers.
    UserMessage(UiMessage),
}

/// How far the preparation of a run is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RunStatusData {
    /// `waiting-runner`, `starting-run`, `starting-sandbox`, `waiting-capacity`, `gathering-context`, `preparing-tools`,
    /// `starting-assistant`, `analyzing-scope`, or one that came later.
    pub stage: String,
}

/// A thread's new title.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ThreadTitleData {
    /// The title.
    pub title: String,
}

/// More about the call of a tool.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ToolMetadataData {
    /// What the server of the tool notes.
    #[serde(rename = "_meta")]
    pub meta: Option<Value>,
    /// What is known of the tool.
    pub annotations: Option<Value>,
    /// How long it took, in milliseconds.
    pub latency_ms: Option<f64>,
    /// How long its output is, in bytes.
    pub output_bytes: Option<f64>,
}

/// What a subtask took.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct SubtaskMetadataData {
    /// In tokens and money.
    pub usage: Option<SubtaskUsage>,
    /// The agent that did it.
    pub agent: Option<Value>,
    /// The models that it ran on.
    pub models: Option<Value>,
}

/// What a subtask took, in tokens and money.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SubtaskUsage {
    /// Tokens that the model was given.
    pub input_tokens: Option<f64>,
    /// Tokens that it wrote.
    pub output_tokens: Option<f64>,
    /// Tokens of its reasoning.
    pub reasoning_tokens: Option<f64>,
    /// All together.
    pub total_tokens: Option<f64>,
    /// What it cost. The unit is not documented.
    pub cost: Option<f64>,
    /// Tokens read from a cache.
    pub cache_read_tokens: Option<f64>,
    /// Tokens written to one.
    pub cache_write_tokens: Option<f64>,
}

/// Images that were made.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GeneratedImagesData {
    /// The id of the call that made them.
    pub tool_call_id: Option<String>,
    /// The images. Together they can be megabytes long.
    #[serde(default)]
    pub images: Vec<GeneratedImage>,
    /// What was asked for.
    pub prompt: Option<String>,
}

/// An image that was made.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GeneratedImage {
    /// The image in Base64.
    pub base64: String,
    /// Its media type.
    pub media_type: Option<String>,
}

/// A piece of what a search found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebSearchData {
    /// The piece.
    pub delta: String,
}

/// What started a run.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct TriggerEventData {
    /// Where it comes from.
    pub source: Option<String>,
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What it brings.
    pub data: Option<Value>,
}

impl StudioData {
    /// Reads the data that came with this name. `None` where the name is none of Studio's, or the data are not what is
    /// documented under it.
    pub fn read(name: &str, data: &Value) -> Option<Self> {
        match name {
            "run-status" => as_documented(data).map(Self::RunStatus),
            "thread-title" => as_documented(data).map(Self::ThreadTitle),
            "tool-metadata" => as_documented(data).map(Self::ToolMetadata),
            "tool-subtask-metadata" => as_documented(data).map(Self::SubtaskMetadata),
            "generate-image" => as_documented(data).map(Self::GeneratedImages),
            "web-search" => as_documented(data).map(Self::WebSearch),
            "trigger-event" => as_documented(data).map(Self::TriggerEvent),
            "user-message" => as_documented(data).map(Self::UserMessage),
            _ => None,
        }
    }
}

fn as_documented<T: DeserializeOwned>(data: &Value) -> Option<T> {
    // A sequence would do for a struct too, and is not documented.
    data.is_object().then(|| T::deserialize(data).ok())?
}

impl DataChunk {
    /// The data, where they are Studio's own and as documented. [`data`](Self::data) has them as they came.
    pub fn studio_data(&self) -> Option<StudioData> {
        StudioData::read(self.name(), &self.data)
    }
}

impl DataPart {
    /// The data, where they are Studio's own and as documented. [`data`](Self::data) has them as they came.
    pub fn studio_data(&self) -> Option<StudioData> {
        StudioData::read(self.name(), &self.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UiMessageChunk;
    use serde_json::json;

    fn read(chunk: Value) -> Option<StudioData> {
        let UiMessageChunk::Data(data) = serde_json::from_value(chunk).unwrap() else { panic!() };
        data.studio_data()
    }

    #[test]
    fn each_name_has_its_data() {
        let Some(StudioData::RunStatus(status)) = read(
            json!({ "type": "data-run-status", "id": "run-status", "data": { "stage": "preparing-tools" } }),
        ) else {
            panic!()
        };
        assert_eq!(status.stage, "preparing-tools");
        let Some(StudioData::ThreadTitle(title)) = read(
            json!({ "type": "data-thread-title", "data": { "title": "Invoices" }, "transient": true }),
        ) else {
            panic!()
        };
        assert_eq!(title.title, "Invoices");
        let Some(StudioData::ToolMetadata(tool)) = read(
            json!({ "type": "data-tool-metadata", "id": "call_1", "data": { "_meta": { "a": 1 }, "latencyMs": 12.5 } }),
        ) else {
            panic!()
        };
        assert_eq!(
            (tool.meta, tool.latency_ms, tool.output_bytes),
            (Some(json!({ "a": 1 })), Some(12.5), None)
        );
        let usage = json!({ "inputTokens": 3, "cost": 0.002, "cacheReadTokens": 1 });
        let Some(StudioData::SubtaskMetadata(subtask)) = read(
            json!({ "type": "data-tool-subtask-metadata", "data": { "usage": usage, "agent": "a", "models": {} } }),
        ) else {
            panic!()
        };
        let usage = subtask.usage.unwrap();
        assert_eq!(
            (usage.input_tokens, usage.cost, usage.output_tokens),
            (Some(3.0), Some(0.002), None)
        );
        let images = json!({ "toolCallId": "c", "images": [{ "base64": "AA==", "mediaType": "image/png" }], "prompt": "A cat" });
        let Some(StudioData::GeneratedImages(images)) =
            read(json!({ "type": "data-generate-image", "data": images }))
        else {
            panic!()
        };
        assert_eq!(images.images[0].media_type.as_deref(), Some("image/png"));
        assert!(matches!(
            read(json!({ "type": "data-web-search", "data": { "delta": "x" } })),
            Some(StudioData::WebSearch(found)) if found.delta == "x"
        ));
        let event = json!({ "source": "cron", "type": "tick", "data": [1] });
        assert!(matches!(
            read(json!({ "type": "data-trigger-event", "data": event })),
            Some(StudioData::TriggerEvent(event)) if event.kind.as_deref() == Some("tick")
        ));
        let message =
            json!({ "id": "m", "role": "user", "parts": [{ "type": "text", "text": "Hi" }] });
        assert!(matches!(
            read(json!({ "type": "data-user-message", "data": message })),
            Some(StudioData::UserMessage(message)) if message.text() == "Hi"
        ));
    }

    #[test]
    fn other_data_are_left_as_they_came() {
        for (name, data) in [
            ("weather", json!({ "stage": "x" })),
            ("run-status", json!({})),
            ("run-status", json!(["preparing-tools"])),
            ("run-status", json!(null)),
            ("tool-metadata", json!([])),
            ("user-message", json!({ "role": "user" })),
        ] {
            assert_eq!(StudioData::read(name, &data), None, "{name} {data}");
        }
    }
}
