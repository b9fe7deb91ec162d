use super::*;

fn request(fields: Value) -> Value {
    with(json!({ "type": "tool-approval-request", "toolCallId": "c1", "approvalId": "a1" }), fields)
}

fn response(fields: Value) -> Value {
    with(json!({ "type": "tool-approval-response", "approvalId": "a1", "approved": true }), fields)
}

fn denied() -> Value {
    json!({ "type": "tool-output-denied", "toolCallId": "c1" })
}

#[test]
fn an_approval_holds_what_is_not_null_and_the_input_of_the_schema_even_so() {
    let full = request(
        json!({ "approvalDescriptor": { "k": 1 }, "signature": "s", "inputSchemaInput": null }),
    );
    let expected =
        json!({ "id": "a1", "descriptor": { "k": 1 }, "signature": "s", "inputSchemaInput": null });
    assert_eq!(only_part([available(json!({})), full.clone()])["approval"], expected);
    let bare = request(json!({ "approvalId": "a2", "approvalDescriptor": null }));
    let expected = call("approval-requested", json!({ "input": {}, "approval": { "id": "a2" } }));
    assert_eq!(only_part([available(json!({})), full, bare]), expected);
}

#[test]
fn later_chunks_keep_the_approval() {
    let chunks = [available(json!({})), request(json!({})), output(json!(1)), output_error()];
    assert_eq!(only_part(chunks)["approval"], json!({ "id": "a1" }));
}

#[test]
fn a_denial_sets_only_the_state() {
    let expected = call("output-denied", json!({ "input": {}, "approval": { "id": "a1" } }));
    assert_eq!(only_part([available(json!({})), request(json!({})), denied()]), expected);
}

#[test]
fn a_run_that_goes_on_denies_ahead_of_its_first_step() {
    let approval = json!({ "id": "a1", "approved": false, "reason": "no", "signature": "s" });
    let asked = call("approval-responded", json!({ "input": {}, "approval": approval }));
    let prior =
        json!({ "id": "m1", "role": "assistant", "parts": [{ "type": "step-start" }, asked] });
    let parts = read_with(continuing(&prior), [start("m1"), denied(), step()])["parts"].take();
    let told = call("output-denied", json!({ "input": {}, "approval": approval }));
    assert_eq!(parts, json!([{ "type": "step-start" }, told, { "type": "step-start" }]));
}

#[test]
fn an_answer_of_version_7_finds_its_question() {
    let chunks = [
        available(json!({})),
        request(json!({ "signature": "s" })),
        step(),
        response(json!({ "reason": "fine", "providerExecuted": true })),
    ];
    let expected = call(
        "approval-responded",
        json!({ "input": {}, "providerExecuted": true,
        "approval": { "id": "a1", "signature": "s", "approved": true, "reason": "fine" } }),
    );
    assert_eq!(parts(chunks)[0], expected);
}

#[test]
fn an_input_that_streams_behind_an_answer_is_no_answer_any_more() {
    let chunks = [
        input_start(),
        request(json!({})),
        input_delta("[1"),
        response(json!({})),
        input_delta(",2"),
    ];
    let expected = call(
        "input-streaming",
        json!({ "input": [1, 2], "rawInput": "[1,2",
        "approval": { "id": "a1", "approved": true } }),
    );
    assert_eq!(only_part(chunks), expected);
}
