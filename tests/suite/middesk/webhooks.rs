//! Webhooks as the vendor would send them, by the sandbox.

use super::{review, start};
use agent_threads_middesk::{
    Handle,
    webhook::{Refused, RunEventType, RunWebhook, SIGNATURE_HEADER, Secret},
};
use agent_threads_sandbox::middesk::{Interrupt, Script};

#[tokio::test]
async fn the_webhooks_of_a_run_are_verified_and_lead_to_it() {
    let (_sandbox, middesk, client) = start().await;
    middesk.set_webhook_secret("whsec_1");
    let asks = Script::interrupted([Interrupt::new("Go on?")]);
    for (script, last) in [
        (Script::completes([]), RunEventType::Completed),
        (Script::fails(), RunEventType::Completed),
        (asks, RunEventType::Interrupted),
    ] {
        middesk.next_run(script);
        let run = review(&middesk, &client).await;
        let rests = run.wait().await.unwrap();
        let secret = Secret::new("whsec_1");
        let read = |webhook: &agent_threads_sandbox::middesk::Webhook| {
            let signature = webhook.headers[SIGNATURE_HEADER].to_str().unwrap();
            secret.read(&webhook.body, signature).unwrap()
        };
        let events: Vec<RunWebhook> = middesk.webhooks(run.run_id()).iter().map(read).collect();
        let types: Vec<_> = events.iter().map(|event| event.event.clone()).collect();
        assert_eq!(types, [RunEventType::Created, last]);
        assert_eq!(events[1].run.status, rests.status);
        assert!(events[1].run.output.is_none() && events[1].run.thread_id.is_none());
        let attached = client.attach(Handle::new(&events[1].run.id));
        assert_eq!(attached.read().await.unwrap(), rests);
    }
}

#[tokio::test]
async fn a_webhook_that_was_changed_or_signed_by_another_is_refused() {
    let (_sandbox, middesk, client) = start().await;
    let run = review(&middesk, &client).await;
    let webhook = middesk.webhooks(run.run_id()).remove(0);
    let signature = webhook.headers[SIGNATURE_HEADER].to_str().unwrap();
    let secret = Secret::new("whsec_sandbox");
    assert!(secret.read(&webhook.body, signature).is_ok());
    let changed = [&webhook.body[..], b" "].concat();
    assert_eq!(secret.read(&changed, signature), Err(Refused::Signature));
    assert_eq!(Secret::new("whsec_other").read(&webhook.body, signature), Err(Refused::Signature));
    assert!(RunWebhook::parse(&changed).is_ok(), "which is why the signature is checked");
}
