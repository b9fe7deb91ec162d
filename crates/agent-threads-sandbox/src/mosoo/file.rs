//! Files: drafts that belong to an agent's caller, and attachments and artifacts that belong to a thread.

use bytes::Bytes;
use chrono::TimeDelta;
use http::StatusCode;
use serde_json::{Value, json};

use super::body::invalid;
use super::clock::{Clock, Time, text};
use crate::refusal::Refusal;

/// How long a draft waits to be attached.
const DRAFT_LIFETIME: TimeDelta = TimeDelta::hours(24);

pub(super) struct File {
    pub(super) id: String,
    pub(super) owner: Owner,
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
    created_at: Time,
    /// When its time as a draft began.
    since: Time,
    kind: &'static str,
    pub(super) thread_id: Option<String>,
}

/// Whose a file is, and of which agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) account: String,
    pub(super) agent_id: String,
}

/// What is known of a file before it is kept.
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

#[derive(Default)]
pub(super) struct Files {
    files: Vec<File>,
}

impl Files {
    /// Keeps a file that belongs to no thread yet.
    pub(super) fn add_draft(&mut self, clock: &mut Clock, owner: Owner, upload: Upload) -> &File {
        self.add(clock, owner, upload, "attachment", None)
    }

    /// Keeps a file of a thread.
    pub(super) fn add_to(
        &mut self,
        clock: &mut Clock,
        owner: Owner,
        upload: Upload,
        kind: &'static str,
        thread_id: &str,
    ) -> &File {
        self.add(clock, owner, upload, kind, Some(thread_id.to_owned()))
    }

    fn add(
        &mut self,
        clock: &mut Clock,
        owner: Owner,
        upload: Upload,
        kind: &'static str,
        thread_id: Option<String>,
    ) -> &File {
        let (since, created_at) = (clock.now(), clock.stamp());
        let Upload { name, content_type, bytes } = upload;
        let id = clock.id();
        let at = self.files.len();
        self.files.push(File {
            id,
            owner,
            name,
            content_type,
            bytes,
            created_at,
            since,
            kind,
            thread_id,
        });
        &self.files[at]
    }

    /// A file of an account. Drafts are forgotten when their time is over.
    pub(super) fn find(&mut self, now: Time, id: &str, account: &str) -> Result<&File, Refusal> {
        self.expire(now);
        let file = self.files.iter().find(|file| file.id == id && file.owner.account == account);
        file.ok_or_else(not_found)
    }

    /// Moves drafts into a thread, one after the other up to the first that cannot be.
    pub(super) fn attach(
        &mut self,
        now: Time,
        ids: &[String],
        owner: &Owner,
        thread_id: &str,
    ) -> Result<(), Refusal> {
        self.expire(now);
        for id in ids {
            let file = self.files.iter_mut().find(|file| file.id == *id && file.owner == *owner);
            let file = file.ok_or_else(|| invalid(format!("Attachment {id} was not found.")))?;
            if file.thread_id.is_some() {
                return Err(invalid(format!("Attachment {id} is not a draft attachment.")));
            }
            file.thread_id = Some(thread_id.to_owned());
        }
        Ok(())
    }

    /// The files of a thread as its list shows them, newest first.
    pub(super) fn list(&self, thread_id: &str) -> Vec<Value> {
        let of_thread = |file: &&File| file.thread_id.as_deref() == Some(thread_id);
        let mut files: Vec<_> = self.files.iter().filter(of_thread).collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.created_at));
        files.into_iter().map(File::in_thread).collect()
    }

    pub(super) fn remove(&mut self, id: &str) {
        self.files.retain(|file| file.id != id);
    }

    /// Removes all files of a thread.
    pub(super) fn remove_all(&mut self, thread_id: &str) {
        self.files.retain(|file| file.thread_id.as_deref() != Some(thread_id));
    }

    fn expire(&mut self, now: Time) {
        let lives = |file: &File| now - file.since < DRAFT_LIFETIME;
        self.files.retain(|file| file.thread_id.is_some() || lives(file));
    }
}

impl File {
    /// The file as uploads and reads by its id show it.
    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "mimeType": self.content_type,
            "size": self.bytes.len(),
            "createdAt": text(self.created_at),
        })
    }

    /// The file as its thread shows it.
    pub(super) fn in_thread(&self) -> Value {
        let mut json = self.json();
        json["kind"] = json!(self.kind);
        json["committed"] = json!(true);
        json
    }
}

pub(super) fn not_found() -> Refusal {
    Refusal::with(StatusCode::NOT_FOUND, "File not found.")
}

/// Refuses a name that is no file's.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if let Some(separator) = name.chars().find(|letter| ['/', '\\'].contains(letter)) {
        return Err(invalid(format!("File name cannot include '{separator}'.")));
    }
    match name.trim() {
        "" => Err(invalid("File name is required.")),
        "." | ".." => Err(invalid("File name cannot be '.' or '..'.")),
        name if name.chars().any(char::is_control) => {
            Err(invalid("File name cannot include control characters."))
        }
        _ => Ok(()),
    }
}
