//! The 120 requests that a token has in a minute of the clock, against the sandbox.

use agent_threads_mosoo::{Client, Dialect, RetryPolicy, types::CreateThread};
use agent_threads_sandbox::{Sandbox, mosoo};
use std::time::Duration;

const LIMIT: u32 = 120;

#[tokio::test]
async fn the_request_over_the_limit_is_refused_with_the_time_to_wait() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let sandbox = Sandbox::start().await.unwrap();
        let mosoo = sandbox.mosoo();
        let (spoken, thread) = match dialect {
            Dialect::Seed => (mosoo::Dialect::Seed, CreateThread::message("Plan")),
            _ => (mosoo::Dialect::Current, CreateThread::message("Plan").user_id("c")),
        };
        mosoo.set_dialect(spoken);
        let client = Client::builder()
            .dialect(dialect)
            .base_url(format!("{}/api/v1", mosoo.url()))
            .token(mosoo.token())
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        let create = || client.create_thread(mosoo.agent_id(), thread.clone()).idempotency_key("k");
        let created = create().await.unwrap();
        mosoo.set_rate_limit(Some(LIMIT));
        for _ in 0..LIMIT {
            client.list_events(&created.thread.id).limit(1).await.unwrap();
        }
        let error = client.list_events(&created.thread.id).await.unwrap_err();
        assert_eq!(error.code(), Some("rate_limited"), "{dialect:?}");
        let wait = error.retry_after().unwrap();
        assert!((1..=60).contains(&wait.as_secs()), "{wait:?}");

        // What was done before costs nothing.
        let again = create().await.unwrap();
        assert_eq!(again.thread.id, created.thread.id);
        mosoo.advance(Duration::from_secs(60));
        client.list_events(&created.thread.id).await.unwrap();
    }
}
