//! Parts that come whole.

use crate::types::{
    CustomChunk, CustomPart, DataChunk, DataPart, FileChunk, FilePart, ReasoningFileChunk,
    ReasoningFilePart, SourceDocumentChunk, SourceDocumentPart, SourceUrlChunk, SourceUrlPart,
};

/// Null says nothing here.
pub(super) fn not_null(value: Option<&serde_json::Value>) -> Option<serde_json::Value> {
    value.filter(|value| !value.is_null()).cloned()
}

/// A data part has all that its chunk has.
pub(super) fn data(chunk: &DataChunk) -> DataPart {
    let mut part = DataPart::new(chunk.name(), chunk.data.clone());
    part.id.clone_from(&chunk.id);
    part.extra.clone_from(&chunk.extra);
    if let Some(transient) = chunk.transient {
        part.extra.insert("transient".to_owned(), transient.into());
    }
    part
}

pub(super) fn file(chunk: &FileChunk) -> FilePart {
    let mut part = FilePart::new(&chunk.media_type, &chunk.url);
    part.provider_metadata = not_null(chunk.provider_metadata.as_ref());
    part
}

pub(super) fn reasoning_file(chunk: &ReasoningFileChunk) -> ReasoningFilePart {
    let mut part = ReasoningFilePart::new(&chunk.media_type, &chunk.url);
    part.provider_metadata = not_null(chunk.provider_metadata.as_ref());
    part
}

pub(super) fn source_url(chunk: &SourceUrlChunk) -> SourceUrlPart {
    let mut part = SourceUrlPart::new(&chunk.source_id, &chunk.url);
    part.title.clone_from(&chunk.title);
    part.provider_metadata.clone_from(&chunk.provider_metadata);
    part
}

pub(super) fn source_document(chunk: &SourceDocumentChunk) -> SourceDocumentPart {
    let mut part = SourceDocumentPart::new(&chunk.source_id, &chunk.media_type, &chunk.title);
    part.filename.clone_from(&chunk.filename);
    part.provider_metadata.clone_from(&chunk.provider_metadata);
    part
}

pub(super) fn custom(chunk: &CustomChunk) -> CustomPart {
    let mut part = CustomPart::new(&chunk.kind);
    part.provider_metadata = not_null(chunk.provider_metadata.as_ref());
    part
}
