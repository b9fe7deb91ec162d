//! Starts that are dropped on real sockets and made again with the same key: the server has one run all the same.

use super::drops::within;
use crate::support::sandbox_client;
use agent_threads_modus::{Client, RetryPolicy, types::RunCreate};
use agent_threads_octavus::types::DispatchThread;
use agent_threads_sandbox::{Sandbox, modus::Script, octavus::Generation};
use std::time::Duration;

#[tokio::test]
async fn a_run_of_modus_that_is_started_again_with_its_key_is_one_run_and_told_whole() {
    let sandbox = Sandbox::start().await.unwrap();
    let modus = sandbox.modus();
    let servers = Client::builder().server("agent", modus.url()).server("api", modus.url());
    let retry = RetryPolicy::default().base_delay(Duration::ZERO);
    let client = servers.token(modus.key()).retry(retry).build().unwrap();
    for k in 0.. {
        modus.next_run(Script::new().tokens(["a ", "b ", "c"]));
        let run = || {
            let body = RunCreate::new("Which tickets are open?", "s-1", modus.organization_id());
            client.run(body).key(format!("job-{k}"))
        };
        let done = within(&mut { k }, run().wait()).await;
        let outcome = run().wait().await.unwrap();
        assert_eq!(outcome.text, "a b c", "{k}");
        assert_eq!(modus.run_ids().len(), k + 1, "{k}");
        if done.is_some() {
            println!("dropped at each of {k} polls");
            break;
        }
    }
}

#[tokio::test]
async fn a_dispatch_to_octavus_that_is_made_again_with_its_key_is_one_thread() {
    let sandbox = Sandbox::start().await.unwrap();
    let octavus = sandbox.octavus();
    octavus.set_generation(Generation::G4);
    let client = sandbox_client(&octavus);
    for k in 0.. {
        let dispatch = || {
            let dispatch = client.dispatch(octavus.agent_id(), DispatchThread::new("task"));
            dispatch.idempotency_key(format!("job-{k}")).into_future()
        };
        let done = within(&mut { k }, dispatch()).await;
        dispatch().await.unwrap();
        assert_eq!(octavus.thread_ids().len(), k + 1, "{k}");
        if done.is_some() {
            println!("dropped at each of {k} polls");
            break;
        }
    }
}
