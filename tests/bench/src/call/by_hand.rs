//! What a program writes that uses no client of ours.

use reqwest::{
    Client, RequestBuilder,
    header::{HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// An answer may be this large; more would fill the memory.
const MOST: usize = 32 << 20;

/// The calls of a program on bare reqwest.
#[derive(Clone)]
pub(crate) struct ByHand {
    client: Client,
    url: String,
    token: String,
}

type Failure = Box<dyn std::error::Error>;

impl ByHand {
    /// With the timeouts that ours has, and the headers that a vendor wants on each request.
    pub(crate) fn new(url: &str, headers: &[(&'static str, &'static str)]) -> Self {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let builder = Client::builder()
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(headers.iter().map(header).collect())
            .user_agent("by-hand/1");
        let client = builder.build().expect("a client");
        Self { client, url: url.to_owned(), token: super::TOKEN.to_owned() }
    }

    /// Reads what is at a path.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let url = format!("{}{path}", self.url);
        self.answer(self.client.get(url)).await
    }

    /// Sends JSON, and reads JSON.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let url = format!("{}{path}", self.url);
        self.answer(self.client.post(url).json(body)).await
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let request = request.timeout(Duration::from_secs(60)).bearer_auth(&self.token);
        let answer = request.header("accept", "application/json").send().await?;
        let answer = answer.error_for_status()?;
        if answer.content_length().is_some_and(|length| length > MOST as u64) {
            return Err("the answer is too large".into());
        }
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }
}
