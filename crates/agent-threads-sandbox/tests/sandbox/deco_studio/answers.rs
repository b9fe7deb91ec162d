//! Questions and approvals, and the messages that answer them.

use agent_threads_sandbox::deco_studio::{Script, ToolCall};
use serde_json::{Value, json};

use super::caller::{Caller, Chunks, refused, types};

/// A thread whose run waits, its stream and the message that waits.
async fn waiting(caller: &Caller, script: Script) -> (String, Chunks, Value) {
    let id = caller.thread().await;
    caller.deco.next_run(script);
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    let chunks = stream.until("finish").await;
    assert_eq!(chunks.last().unwrap()["finishReason"], "tool-calls");
    assert_eq!(caller.statuses(&id).await, ["requires_action"]);
    let message = caller.messages(&id).await[1].clone();
    assert_eq!(chunks[0]["messageId"], message["id"]);
    (id, stream, message)
}

/// The message with a part of it changed, as a client posts it.
fn changed(message: &Value, place: usize, fields: &Value) -> Value {
    let mut parts = message["parts"].clone();
    for (name, value) in fields.as_object().unwrap() {
        parts[place][name] = value.clone();
    }
    json!({ "id": message["id"], "role": "assistant", "parts": parts })
}

#[tokio::test]
async fn a_question_is_answered_by_posting_its_message_back() {
    let caller = Caller::start().await;
    let script = Script::asks("Which colour?", "choice", &["Red", "Blue"]);
    let (id, mut stream, message) = waiting(&caller, script).await;
    let part = &message["parts"][0];
    assert_eq!(
        (&part["type"], &part["state"]),
        (&json!("tool-user_ask"), &json!("input-available"))
    );
    assert_eq!(
        part["input"],
        json!({ "prompt": "Which colour?", "type": "choice", "options": ["Red", "Blue"] })
    );

    let answer = changed(
        &message,
        0,
        &json!({ "state": "output-available", "output": { "response": "Red" } }),
    );
    caller.deco.next_run(Script::reply("Red it is."));
    caller.accepted(&id, &caller.message(answer.clone())).await;
    let chunks = stream.until("finish").await;
    assert_eq!(types(&chunks)[..2], ["start", "start-step"]);
    assert_ne!(chunks[0]["messageId"], message["id"]);
    assert_eq!(caller.statuses(&id).await, ["completed"]);
    let messages = caller.messages(&id).await;
    assert_eq!((messages.len(), &messages[1]["id"]), (2, &message["id"]));
    assert_eq!(messages[1]["parts"][0]["output"], json!({ "response": "Red" }));
    assert_eq!(messages[1]["parts"][1]["text"], "Red it is.");

    // The same answer again is the same job; another one answers nothing that waits.
    caller.accepted(&id, &caller.message(answer.clone())).await;
    assert_eq!(caller.statuses(&id).await, ["completed", "completed"]);
    let mut other = answer;
    other["parts"][0]["output"] = json!({ "response": "Blue" });
    refused(caller.posting(&id, &caller.message(other)), 409).await;
}

#[tokio::test]
async fn while_an_answer_is_worked_on_its_message_stays_in_the_list() {
    let caller = Caller::start().await;
    let (id, mut stream, message) = waiting(&caller, Script::asks("Sure?", "confirm", &[])).await;
    caller.deco.next_run(Script::new().hold());
    let answer = changed(
        &message,
        0,
        &json!({ "state": "output-available", "output": { "response": "yes" } }),
    );
    caller.accepted(&id, &caller.message(answer)).await;
    stream.until("start-step").await;
    let listed = caller.messages(&id).await;
    assert_eq!((listed.len(), &listed[1]["parts"][0]["state"]), (2, &json!("output-available")));
}

#[tokio::test]
async fn an_answer_may_be_stored_under_the_new_id() {
    let caller = Caller::start().await;
    caller.deco.set_renames_answered(true);
    let (id, mut stream, message) = waiting(&caller, Script::asks("Sure?", "confirm", &[])).await;
    let answer = changed(
        &message,
        0,
        &json!({ "state": "output-available", "output": { "response": "yes" } }),
    );
    caller.accepted(&id, &caller.message(answer)).await;
    let start = stream.until("finish").await[0].clone();
    assert_eq!(caller.messages(&id).await[1]["id"], start["messageId"]);
}

#[tokio::test]
async fn an_approved_call_brings_its_output_right_after_start_and_a_denied_one_none() {
    let caller = Caller::start().await;
    for (approved, kind, state) in [
        (true, "tool-output-available", "output-available"),
        (false, "tool-output-denied", "output-denied"),
    ] {
        let call = ToolCall::new("call_1", "crm-write").input(json!({ "ticket": 812 }));
        let call = call.output(json!({ "content": [] })).asks_approval("apr_1");
        let call = call.approval_field("signature", json!("s3cret"));
        let (id, mut stream, message) = waiting(&caller, Script::new().tool(call)).await;
        let part = &message["parts"][0];
        assert_eq!(part["state"], "approval-requested");
        assert_eq!(part["approval"], json!({ "id": "apr_1", "signature": "s3cret" }));

        let mut approval = part["approval"].clone();
        approval["approved"] = json!(approved);
        let answer =
            changed(&message, 0, &json!({ "state": "approval-responded", "approval": approval }));
        caller.deco.next_run(Script::reply("Done."));
        caller.accepted(&id, &caller.message(answer)).await;
        let chunks = stream.until("finish").await;
        assert_eq!(types(&chunks)[..3], ["start", kind, "start-step"]);
        assert_eq!(chunks[1]["toolCallId"], "call_1");
        let stored = caller.messages(&id).await[1].clone();
        assert_eq!(
            (&stored["parts"][0]["state"], &stored["parts"][0]["approval"]),
            (&json!(state), &approval)
        );
        assert_eq!(stored["parts"][1]["text"], "Done.");
    }
}

#[tokio::test]
async fn an_approval_request_tells_its_ids_and_fields() {
    let caller = Caller::start().await;
    let call = ToolCall::new("call_1", "crm-write").asks_approval("apr_1");
    let call = call.approval_field("descriptor", json!({ "text": "Write" }));
    let id = caller.thread().await;
    caller.deco.next_run(Script::new().tool(call));
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    let request = stream.until("tool-approval-request").await.pop().unwrap();
    let expected = json!({
        "type": "tool-approval-request",
        "toolCallId": "call_1",
        "approvalId": "apr_1",
        "approvalDescriptor": { "text": "Write" },
    });
    assert_eq!(request, expected);
}

#[tokio::test]
async fn an_answer_to_nothing_is_a_conflict() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let part = json!({ "type": "tool-user_ask", "toolCallId": "call_ask", "state": "output-available", "output": {} });
    let answer = json!({ "id": "msg_1", "role": "assistant", "parts": [part] });
    refused(caller.posting(&id, &caller.message(answer.clone())), 409).await;
    let (id, mut stream, message) = waiting(&caller, Script::asks("Sure?", "confirm", &[])).await;
    let mut wrong = answer;
    wrong["parts"][0]["toolCallId"] = json!("call_other");
    refused(caller.posting(&id, &caller.message(wrong)), 409).await;
    // Posted back as it is, the message answers nothing either.
    refused(caller.posting(&id, &caller.message(changed(&message, 0, &json!({})))), 409).await;
    assert_eq!(caller.statuses(&id).await, ["requires_action"]);
    // A new message goes on without an answer.
    caller.say(&id, "Never mind").await;
    stream.until("finish").await;
    assert_eq!(caller.statuses(&id).await, ["completed"]);
}
