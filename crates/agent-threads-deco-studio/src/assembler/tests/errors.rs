use super::*;

#[test]
fn what_breaks_the_protocol_is_reported_and_passed_over() {
    let mut assembler = Assembler::new();
    for chunk in [start("m1"), step()] {
        push(&mut assembler, &chunk).unwrap();
    }
    let before = shown(&mut assembler);
    for (chunk, kind, id) in [
        (text_delta("t9", "x"), "text-delta", "t9"),
        (text_end("t9"), "text-end", "t9"),
        (json!({ "type": "reasoning-delta", "id": "r9", "delta": "x" }), "reasoning-delta", "r9"),
        (json!({ "type": "reasoning-end", "id": "r9" }), "reasoning-end", "r9"),
        (input_delta("{"), "tool-input-delta", "c1"),
        (output(json!(1)), "tool-output-available", "c1"),
        (output_error(), "tool-output-error", "c1"),
        (json!({ "type": "tool-output-denied", "toolCallId": "c1" }), "tool-output-denied", "c1"),
        (
            json!({ "type": "tool-approval-request", "toolCallId": "c1", "approvalId": "a" }),
            "tool-approval-request",
            "c1",
        ),
        (
            json!({ "type": "tool-approval-response", "approvalId": "a", "approved": true }),
            "tool-approval-response",
            "a",
        ),
    ] {
        let error = push(&mut assembler, &chunk).unwrap_err();
        assert_eq!((error.chunk, error.id.as_str()), (kind, id));
        assert!(error.to_string().contains(kind) && error.to_string().contains(id), "{error}");
        assert_eq!(shown(&mut assembler), before);
    }
    for chunk in whole_text("fine") {
        push(&mut assembler, &chunk).unwrap();
    }
    assert_eq!(shown(&mut assembler)["parts"][1], done("fine"));
}

#[test]
fn an_assembler_that_stops_takes_nothing_behind_the_first_error() {
    let delta = |id: &str| json!({ "type": "text-delta", "id": id, "delta": "a" });
    let mut assembler = Assembler::new().stop_at_errors();
    push(&mut assembler, &start("m")).unwrap();
    push(&mut assembler, &json!({ "type": "text-start", "id": "t" })).unwrap();
    push(&mut assembler, &delta("t")).unwrap();
    let error = push(&mut assembler, &delta("other")).unwrap_err();
    assert_eq!((error.chunk, error.id.as_str()), ("text-delta", "other"));
    assert_eq!(push(&mut assembler, &delta("t")).unwrap_err(), error);
    assert_eq!(assembler.message().text(), "a");

    let mut replayed = Assembler::new().stop_at_errors();
    push(&mut replayed, &start("m")).unwrap();
    replayed.reconnected();
    push(&mut replayed, &start("m")).unwrap();
    let error = push(&mut replayed, &delta("other")).unwrap_err();
    assert_eq!(
        push(&mut replayed, &start("n")).unwrap_err(),
        error,
        "it stops after a replay, too"
    );
}
