//! The operations that carry the bytes of files.

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::Mosoo;
use super::api::{Answer, Named, named, only_in, parameter};
use super::body::{self, Object, at_most, filled, id_in, invalid, root};
use super::dialect::{Dialect, Takes};
use super::file::{File, Upload, check_name};
use super::files::find;
use super::multipart;
use super::ulid::ulid;
use crate::refusal::Refusal;

/// The most bytes in an uploaded file.
const LARGEST_UPLOAD: usize = 64 * 1024 * 1024;

/// The most characters in an attached file: 10 MiB in base64, and 256 for what begins a `data:` URL.
const LONGEST_BASE64: usize = 13_981_272;

const LONGEST_NAME: usize = 255;

/// The type of a file that comes without one.
const UNKNOWN_TYPE: &str = "application/octet-stream";

pub(super) async fn upload(
    State(mosoo): State<Mosoo>,
    path: Named,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = mosoo.state();
    only_in(Dialect::Current, state.dialect)?;
    let caller = state.access.caller(&headers, Takes::PersonalTokens, state.dialect)?;
    let agent_id = ulid(&named(path)?, "Agent ID")?;
    let upload = uploaded(&headers, &body, state.dialect)?;
    let now = state.clock.now();
    state.rate.count(&caller.token, now)?;
    state.access.admit(&caller, &agent_id, state.dialect)?;
    let super::state::State { clock, files, .. } = &mut *state;
    let file = files.add_draft(clock, caller.owning(&agent_id), upload).json();
    Ok((StatusCode::CREATED, axum::Json(json!({ "file": file }))).into_response())
}

/// The file in a form. What is no form at all is an error that the vendor does not map.
fn uploaded(headers: &HeaderMap, body: &Bytes, dialect: Dialect) -> Result<Upload, Refusal> {
    let boundary = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = boundary.and_then(multipart::boundary).filter(|_| !body.is_empty());
    let boundary = boundary.ok_or_else(|| dialect.internal_error())?;
    let parts = multipart::parts(body, &boundary).ok_or_else(|| dialect.internal_error())?;
    let part = parts.into_iter().find(|part| part.name == "file" && part.file_name.is_some());
    let missing = || invalid("multipart/form-data field `file` is required.");
    let part = part.ok_or_else(missing)?;
    let name = part.file_name.unwrap_or_default();
    check_name(&name)?;
    if part.bytes.len() > LARGEST_UPLOAD {
        return Err(invalid(format!("File must be {LARGEST_UPLOAD} bytes or fewer.")));
    }
    let content_type = part.content_type.unwrap_or_else(|| UNKNOWN_TYPE.to_owned());
    Ok(Upload { name, content_type, bytes: part.bytes })
}

/// What a request to attach brings.
enum Attached {
    Draft(String),
    New(Upload),
}

pub(super) async fn attach(
    State(mosoo): State<Mosoo>,
    path: Named,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = mosoo.state();
    only_in(Dialect::Seed, state.dialect)?;
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let at = state.find(&caller, &named(path)?)?;
    let attached = attached(&body, state.attaches_by_id_only)?;
    if state.threads[at].is_archived {
        return Err(state.dialect.internal_error().into());
    }
    let super::state::State { clock, files, threads, .. } = &mut *state;
    let thread = &threads[at];
    let file = match attached {
        Attached::New(upload) => {
            let owner = thread.owner.clone();
            files.add_to(clock, owner, upload, "attachment", &thread.id).in_thread()
        }
        Attached::Draft(id) => {
            let now = clock.now();
            files.attach(now, std::slice::from_ref(&id), &thread.owner, &thread.id)?;
            files.find(now, &id, &caller.account)?.in_thread()
        }
    };
    Ok((StatusCode::CREATED, axum::Json(json!({ "file": file }))).into_response())
}

fn attached(bytes: &[u8], by_id_only: bool) -> Result<Attached, Refusal> {
    let body = body::json(bytes)?;
    let fields: &[&str] = match by_id_only || body.get("fileId").is_some() {
        true => &["fileId"],
        false => &["name", "contentType", "contentBase64"],
    };
    let body = root(&body, bytes, "thread file request", fields)?;
    if fields.contains(&"fileId") {
        return Ok(Attached::Draft(id_in(body, "fileId")?));
    }
    let name = filled(body, "name")?;
    let content_type = filled(body, "contentType")?;
    at_most(name, "name", LONGEST_NAME)?;
    at_most(content_type, "contentType", LONGEST_NAME)?;
    check_name(name)?;
    let (name, content_type) = (name.to_owned(), content_type.to_owned());
    Ok(Attached::New(Upload { name, content_type, bytes: decoded(body)? }))
}

/// The bytes in base64, which can stand in a `data:` URL.
fn decoded(body: &Object) -> Result<Bytes, Refusal> {
    let name = "contentBase64";
    let text = body.get(name).and_then(Value::as_str);
    let text = text.ok_or_else(|| invalid(format!("{name} is required.")))?;
    at_most(text, name, LONGEST_BASE64)?;
    let data = match text.strip_prefix("data:") {
        Some(url) => url.split_once(";base64,").map(|(_, data)| data),
        None => Some(text),
    };
    let bytes = data.and_then(|data| STANDARD.decode(data).ok());
    let bytes = bytes.ok_or_else(|| invalid(format!("{name} must be valid base64.")))?;
    Ok(bytes.into())
}

pub(super) async fn download(
    State(mosoo): State<Mosoo>,
    path: Named,
    query: RawQuery,
    headers: HeaderMap,
) -> Answer {
    let mut state = mosoo.state();
    only_in(Dialect::Current, state.dialect)?;
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let disposition = match parameter(&query, "disposition") {
        None => "attachment",
        Some(known @ ("attachment" | "inline")) => known,
        Some(_) => {
            let words = "File content disposition must be attachment or inline.";
            return Err(invalid(words).into());
        }
    };
    let file = find(&mut state, &caller, &named(path)?)?;
    if file.thread_id.is_none() {
        let words = format!("Thread file {} was not found.", file.id);
        return Err(Refusal::with(StatusCode::NOT_FOUND, words).into());
    }
    let headers = content_headers(file, disposition);
    Ok((headers, file.bytes.clone()).into_response())
}

/// The headers of a download. The name stands there as it is, in whatever letters.
fn content_headers(file: &File, disposition: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let disposition = format!("{disposition}; filename=\"{}\"", file.name);
    let texts = [
        (CONTENT_TYPE, file.content_type.clone()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (ETAG, format!("\"{}\"", file.id.to_lowercase())),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
            headers.insert(name, value);
        }
    }
    headers
}
