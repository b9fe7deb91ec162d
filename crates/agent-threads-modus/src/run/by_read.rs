//! How a run is taken up again after a lost connection.

use crate::{
    Api, Client, Error,
    operations::{StreamRunRequest, WatchRunRequest},
};
use agent_threads_core::codegen::{self, Operation, Reconnect};

/// Goes on by reading the run's events: a run that has begun is not created again.
pub(super) struct ByRead {
    pub(super) client: Client,
    pub(super) run_id: String,
    pub(super) api: Api,
}

impl Reconnect for ByRead {
    fn request(
        &self,
        last_event_id: &str,
    ) -> Result<(&'static Operation, reqwest::Request), Error> {
        let (operation, read) = match self.api {
            Api::Unversioned => {
                (&StreamRunRequest::OPERATION, self.client.stream_run(&self.run_id).request()?)
            }
            Api::V1 => {
                (&WatchRunRequest::OPERATION, self.client.watch_run(&self.run_id).request()?)
            }
        };
        Ok((operation, codegen::with_last_event_id(operation, read, last_event_id)?))
    }

    /// Ids are those of a Redis stream, `<ms>-<number>`, and grow.
    fn is_repeat(&self, id: &str, last: &str) -> bool {
        match (position(id), position(last)) {
            (Some(id), Some(last)) => id <= last,
            _ => id == last,
        }
    }
}

fn position(id: &str) -> Option<(u64, u64)> {
    let (milliseconds, number) = id.split_once('-')?;
    Some((milliseconds.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_read() -> ByRead {
        let client = Client::builder().token("modus_test").build().unwrap();
        ByRead { client, run_id: "r1".into(), api: Api::Unversioned }
    }

    #[test]
    fn ids_are_compared_as_numbers() {
        let repeats = |id, last| by_read().is_repeat(id, last);
        assert!(repeats("1717000000000-0", "1717000000000-0"));
        assert!(repeats("999-5", "1717000000000-0"));
        assert!(!repeats("1717000000000-10", "1717000000000-9"));
        assert!(!repeats("odd", "1717000000000-0"));
        assert!(repeats("odd", "odd"));
    }
}
