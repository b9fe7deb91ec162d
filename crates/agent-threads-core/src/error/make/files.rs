//! What goes wrong with files.

use super::{Error, ErrorKind};
use crate::multipart::Failure;
use reqwest::StatusCode;

impl Error {
    pub(super) fn upload(failure: &Failure) -> Self {
        let mut error = Self::new(ErrorKind::Upload).text(failure.to_string());
        error.0.source = failure.cause().map(Into::into);
        error
    }

    pub(crate) fn download_too_large(status: StatusCode, max: usize) -> Self {
        let mut error = Self::new(ErrorKind::BodyTooLarge)
            .text(format!("the file has more than the {max} bytes that were allowed"));
        error.0.status = Some(status);
        error
    }

    /// Says how much of a file had come before this.
    pub(crate) fn after_bytes(mut self, came: u64, length: Option<u64>) -> Self {
        let message = self.0.message.take().unwrap_or_default();
        let of = length.map(|length| format!(" of {length}")).unwrap_or_default();
        self.text(format!("{message}; {came}{of} bytes had come"))
    }
}
