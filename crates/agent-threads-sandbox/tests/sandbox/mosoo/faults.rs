//! Faults of single answers, and the requests that are kept.

use agent_threads_sandbox::mosoo::Target;
use agent_threads_sandbox::{Fault, RetryAfter};

use super::caller::{Caller, answer, id, refusal, refused};

#[tokio::test]
async fn a_fault_has_the_vendors_envelope_and_meets_its_target_only() {
    let caller = Caller::seed().await;
    let thread = caller.create("x").await;
    caller.mosoo.fault(Target::SendEvents, Fault::rate_limited(RetryAfter::Seconds(7)));
    caller.mosoo.fault(Target::RetrieveThread, Fault::status(500));
    answer(caller.get(&format!("{thread}/events")), 200).await;
    caller.mosoo.play(id(&thread));
    let (_, head) = refusal(caller.message(&thread, "y"), 429, "rate_limited").await;
    assert_eq!(head.headers()["retry-after"], "7");
    answer(caller.message(&thread, "y"), 200).await;
    refused(caller.get(&thread), 500, "internal_error").await;
    answer(caller.get(&thread), 200).await;
    assert_eq!(caller.mosoo.faults_left(), 0);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_there_for_the_repeat_of_its_key() {
    let caller = Caller::current().await;
    caller.mosoo.fault(Target::CreateThread, Fault::close().with_effect());
    let create = || caller.creating("x").header("Idempotency-Key", "job-7");
    assert!(create().send().await.is_err());
    let replayed = create().send().await.unwrap();
    assert_eq!(replayed.headers()["idempotency-replayed"], "true");
    assert_eq!(caller.mosoo.thread_ids().len(), 1);
    let keys: Vec<_> = caller.mosoo.requests();
    assert!(keys.iter().all(|request| request.header("idempotency-key") == Some("job-7")));
    assert_eq!(keys[0].json(), Some(caller.body("x")));
}

#[tokio::test]
async fn a_download_can_be_cut() {
    let caller = Caller::current().await;
    let file = caller.mosoo.add_draft_file("a.txt", "text/plain", "0123456789");
    let mut body = caller.body("x");
    body["resources"] = serde_json::json!([{ "type": "file", "file_id": file }]);
    answer(caller.post(&caller.threads(), &body), 201).await;
    caller.mosoo.fault(Target::DownloadFile, Fault::cut_after(4));
    let mut download = caller.get(&format!("/files/{file}/content")).send().await.unwrap();
    assert_eq!(download.content_length(), Some(10));
    assert_eq!(download.chunk().await.unwrap().unwrap(), "0123");
    assert!(download.chunk().await.is_err());
}
