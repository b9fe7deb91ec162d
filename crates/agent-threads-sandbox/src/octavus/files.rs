//! Files for a task: named at the vendor, put at one address, read at another.

use std::collections::HashMap;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::message::json;
use crate::refusal::Refusal;

/// How many files can be named at once.
const MOST: usize = 20;

/// The longest name, in characters.
const LONGEST_NAME: usize = 255;

/// All files that were named, by their ids.
#[derive(Default)]
pub(super) struct Files(HashMap<String, File>);

/// A file that was named.
struct File {
    media_type: String,
    /// Once they were put.
    bytes: Option<Bytes>,
}

impl Files {
    /// Names files, and says where each goes. The error says which rule is broken.
    pub(super) fn name(&mut self, base: &str, body: &[u8]) -> Result<Value, String> {
        let body = json(body)?;
        let files = body["files"].as_array().ok_or("files is required and must be an array")?;
        if files.is_empty() || files.len() > MOST {
            return Err(format!("files must be 1 to {MOST}"));
        }
        let media_types = files.iter().map(media_type).collect::<Result<Vec<_>, _>>()?;
        let places: Vec<_> = media_types.into_iter().map(|it| self.add(base, it)).collect();
        Ok(json!({ "files": places }))
    }

    fn add(&mut self, base: &str, media_type: String) -> Value {
        let id = format!("file_{:04}", self.0.len() + 1);
        let address = |to: &str| format!("{base}/storage/{id}?signature={to}");
        let place = json!({ "id": id, "uploadUrl": address("put"), "downloadUrl": address("get") });
        self.0.insert(id, File { media_type, bytes: None });
        place
    }

    /// Keeps the bytes of a file that was named. They must come with the media type that it was named with.
    pub(super) fn put(
        &mut self,
        id: &str,
        media_type: Option<&str>,
        bytes: Bytes,
    ) -> Result<(), Refusal> {
        let file = self.0.get_mut(id).ok_or(StatusCode::NOT_FOUND)?;
        if media_type != Some(&file.media_type) {
            let message = "Content-Type is not the media type that was declared";
            return Err(Refusal::with(StatusCode::FORBIDDEN, message));
        }
        file.bytes = Some(bytes);
        Ok(())
    }

    /// The media type and the bytes of a file that was put.
    pub(super) fn get(&self, id: &str) -> Option<(String, Bytes)> {
        let file = self.0.get(id)?;
        Some((file.media_type.clone(), file.bytes.clone()?))
    }
}

/// The media type of a file that keeps the rules.
fn media_type(file: &Value) -> Result<String, String> {
    let text = |name: &str| file[name].as_str().filter(|text| !text.is_empty());
    let name = text("filename").filter(|name| name.chars().count() <= LONGEST_NAME);
    name.ok_or_else(|| format!("filename must be a string of 1 to {LONGEST_NAME} characters"))?;
    file["size"].as_u64().filter(|size| *size > 0).ok_or("size must be a whole number over 0")?;
    let media_type = text("mediaType").ok_or("mediaType must be a string that is not empty")?;
    Ok(media_type.to_owned())
}
