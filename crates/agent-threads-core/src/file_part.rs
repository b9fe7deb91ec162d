//! A file to be sent.

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt as _;
use std::{
    error::Error as StdError,
    fmt, io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Chunks of a caller's stream.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// A file to be sent, with the name that the vendor sees.
///
/// How large it may be, and which names are taken, is the vendor's to say; the documentation of the operation tells. An
/// empty file is one as well. Sending it counts in the timeout of an attempt
/// ([`Settings::attempt_timeout`](crate::Settings::attempt_timeout)). `Debug` shows its name and length, and nothing of what is in it.
///
/// A clone sends the same file again, except that a [`stream`](Self::stream) can be sent only once, whichever clone does.
/// It counts as sent when its first chunk is asked for, so that a call that failed without a connection
/// ([`Error::is_without_effect`](crate::Error::is_without_effect)) can be made again with a clone.
#[derive(Clone)]
pub struct FilePart {
    name: String,
    content_type: Option<String>,
    content: Content,
}

/// Where the bytes are.
#[derive(Clone)]
pub(crate) enum Content {
    Bytes(Bytes),
    File { path: PathBuf, length: u64 },
    Stream { length: Option<u64>, chunks: Once },
}

/// A stream that is there until somebody takes it.
#[derive(Clone)]
pub(crate) struct Once(Arc<Mutex<Option<Chunks>>>);

impl Once {
    pub(crate) fn take(&self) -> Option<Chunks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

impl FilePart {
    /// A file whose content is in memory.
    ///
    /// Of these three it is the only one with which a call can be made again by itself, where that is safe.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(name.into(), Content::Bytes(bytes.into()))
    }

    /// A file on disk, by the last part of its path; what of that is not Unicode is replaced.
    ///
    /// It is opened anew for each request and read while it is sent. Must be polled within a tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// The file is closed as soon as the system has opened it.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or is no file: a directory, a pipe or a device. The request fails with
    /// [`ErrorKind::Upload`](crate::ErrorKind::Upload) when it is gone by then, or has another length.
    pub async fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        let refused = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, what);
        let name = path.file_name().ok_or_else(|| refused("the path names no file"))?;
        let name = name.to_string_lossy().into_owned();
        // Before it is opened: with a pipe that would wait for somebody to write.
        let length = tokio::fs::metadata(&path).await.and_then(|found| match found.is_file() {
            true => Ok(found.len()),
            false => Err(refused("not a file")),
        })?;
        tokio::fs::File::open(&path).await?;
        Ok(Self::new(name, Content::File { path, length }))
    }

    /// A file whose content comes as a stream of chunks, with its length in bytes where that is known.
    ///
    /// A stream that has another length than was said makes the request fail with
    /// [`ErrorKind::Upload`](crate::ErrorKind::Upload), as does one that fails. Not every server takes a file whose
    /// length it is not told.
    pub fn stream<S, E>(name: impl Into<String>, length: Option<u64>, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let chunks: Chunks = Box::pin(stream.map_err(Into::into));
        let chunks = Once(Arc::new(Mutex::new(Some(chunks))));
        Self::new(name.into(), Content::Stream { length, chunks })
    }

    fn new(name: String, content: Content) -> Self {
        Self { name, content_type: None, content }
    }

    /// What kind of file it is. Default: `application/octet-stream`.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The name that the vendor sees.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes it has, where that is known.
    pub fn length(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Content::File { length, .. } => Some(*length),
            Content::Stream { length, .. } => *length,
        }
    }

    pub(crate) fn kind(&self) -> &str {
        self.content_type.as_deref().unwrap_or("application/octet-stream")
    }

    pub(crate) fn content(&self) -> &Content {
        &self.content
    }
}

impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart")
            .field("name", &self.name)
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env::temp_dir;

    #[tokio::test]
    async fn a_file_on_disk_has_its_name_and_length() {
        let path = temp_dir().join(format!("{}-käse.txt", uuid::Uuid::new_v4()));
        std::fs::write(&path, "marker").unwrap();
        let part = FilePart::open(&path).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(part.name().ends_with("-käse.txt") && !part.name().contains('/'), "{part:?}");
        assert_eq!(part.length(), Some(6));
    }

    #[tokio::test]
    async fn what_is_no_file_is_refused() {
        let missing = temp_dir().join(uuid::Uuid::new_v4().to_string());
        assert_eq!(FilePart::open(missing).await.unwrap_err().kind(), io::ErrorKind::NotFound);
        for odd in [temp_dir(), "..".into(), "/".into(), "".into()] {
            let error = FilePart::open(&odd).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{odd:?}");
        }
    }

    #[test]
    fn debug_shows_name_and_length_only() {
        let part = FilePart::bytes("a.txt", "marker").content_type("text/marker");
        assert_eq!(format!("{part:?}"), r#"FilePart { name: "a.txt", length: Some(6), .. }"#);
    }
}
