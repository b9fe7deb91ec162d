use super::*;

#[test]
fn a_run_gives_the_message_that_it_tells() {
    let chunks = [
        with(start("msg_01"), json!({ "messageMetadata": { "thread_id": "thrd_Qx8" } })),
        step(),
        json!({ "type": "reasoning-start", "id": "r0" }),
        json!({ "type": "reasoning-delta", "id": "r0", "delta": "Look at the ticket" }),
        json!({ "type": "reasoning-end", "id": "r0" }),
        text_start("t0"),
        text_delta("t0", "It is "),
        text_delta("t0", "solved."),
        text_end("t0"),
        finish_step(),
        json!({ "type": "finish", "finishReason": "stop", "messageMetadata": { "usage": { "inputTokens": 11 } } }),
    ];
    let expected = json!({
        "id": "msg_01", "role": "assistant",
        "metadata": { "thread_id": "thrd_Qx8", "usage": { "inputTokens": 11 } },
        "parts": [
            { "type": "step-start" },
            { "type": "reasoning", "id": "r0", "text": "Look at the ticket", "state": "done" },
            { "type": "text", "text": "It is solved.", "state": "done" },
        ],
    });
    assert_eq!(read(chunks), expected);
}

#[test]
fn the_same_id_again_or_none_resets_nothing() {
    for again in [start("m1"), json!({ "type": "start" })] {
        let chunks =
            [&[start("m1")][..], &whole_text("one"), &[again], &whole_text("two")].concat();
        let expected =
            json!({ "id": "m1", "role": "assistant", "parts": [done("one"), done("two")] });
        assert_eq!(read(chunks), expected);
    }
}

#[test]
fn another_id_throws_everything_away() {
    let first = with(start("m1"), json!({ "messageMetadata": { "a": 1 } }));
    let mut assembler = Assembler::new();
    for chunk in [first, text_start("t0"), input_start(), start("m2")] {
        push(&mut assembler, &chunk).unwrap();
    }
    assert_eq!(shown(&mut assembler), json!({ "id": "m2", "role": "assistant", "parts": [] }));
    for lost in [text_delta("t0", "x"), input_delta("x"), output(json!(1))] {
        push(&mut assembler, &lost).unwrap_err();
    }
}

#[test]
fn what_comes_ahead_of_the_first_start_is_kept() {
    let status = |stage: &str| json!({ "type": "data-run-status", "id": "run-status", "data": { "stage": stage } });
    let chunks = [status("preparing-tools"), start("m1"), status("starting-assistant")];
    let expected =
        json!({ "id": "m1", "role": "assistant", "parts": [status("starting-assistant")] });
    assert_eq!(read(chunks), expected);
}

#[test]
fn a_message_without_a_start_has_an_empty_id() {
    let expected = json!({ "id": "", "role": "assistant", "parts": [done("x")] });
    assert_eq!(read(whole_text("x")), expected);
}

#[test]
fn a_message_of_the_assistant_goes_on_also_under_a_new_id() {
    let asked = call(
        "approval-responded",
        json!({ "input": {}, "approval": { "id": "a1", "approved": true } }),
    );
    let prior = json!({ "id": "m1", "role": "assistant", "metadata": { "a": 1 }, "parts": [{ "type": "step-start" }, asked] });
    for id in ["m1", "m2"] {
        let chunks = [&[start(id), output(json!("x"))][..], &whole_text("Done.")].concat();
        let told = call(
            "output-available",
            json!({ "input": {}, "output": "x", "approval": { "id": "a1", "approved": true } }),
        );
        let expected = json!({ "id": id, "role": "assistant", "metadata": { "a": 1 },
            "parts": [{ "type": "step-start" }, told, done("Done.")] });
        assert_eq!(read_with(continuing(&prior), chunks), expected);
    }
}

#[test]
fn a_message_of_anybody_else_does_not_go_on() {
    let prior = json!({ "id": "u1", "role": "user", "parts": [{ "type": "text", "text": "Hi" }] });
    let expected = json!({ "id": "", "role": "assistant", "parts": [done("x")] });
    assert_eq!(read_with(continuing(&prior), whole_text("x")), expected);
}

#[test]
fn an_open_text_of_a_message_that_goes_on_is_complete() {
    let prior = json!({ "role": "assistant", "parts": [{ "type": "text", "text": "half", "state": "streaming" }] });
    let mut assembler = continuing(&prior);
    push(&mut assembler, &text_delta("t0", "more")).unwrap_err();
    assert_eq!(shown(&mut assembler), prior);
}

#[test]
fn an_input_of_the_last_step_goes_on_where_it_was() {
    let streaming =
        call("input-streaming", json!({ "input": {}, "rawInput": "{\"a", "title": "T" }));
    let prior = json!({ "role": "assistant", "parts": [streaming] });
    let told = call(
        "input-streaming",
        json!({ "input": { "a": 1 }, "rawInput": "{\"a\":1", "title": "T" }),
    );
    assert_eq!(read_with(continuing(&prior), [input_delta("\":1")])["parts"], json!([told]));

    let earlier = json!({ "role": "assistant", "parts": [streaming, { "type": "step-start" }] });
    push(&mut continuing(&earlier), &input_delta("\":1")).unwrap_err();
}

#[test]
fn fields_that_are_not_known_stay_in_a_message_that_goes_on() {
    let prior = json!({ "id": "m1", "role": "assistant", "colour": "red", "parts": [
        call("input-available", json!({ "input": {}, "weather": [1], "errorText": null, "title": null })),
        { "type": "dance", "steps": 3 },
    ] });
    let message = read_with(continuing(&prior), [output(json!(1))]);
    // What is set or taken away is no longer null; the rest is as it came.
    let told = call(
        "output-available",
        json!({ "input": {}, "weather": [1], "title": null, "output": 1 }),
    );
    assert_eq!(message["parts"], json!([told, { "type": "dance", "steps": 3 }]));
    assert_eq!(message["colour"], "red");
}

#[test]
fn every_step_has_its_start_and_the_end_of_a_run_is_no_part() {
    let ends = [
        json!({ "type": "finish", "finishReason": "stop" }),
        json!({ "type": "abort", "reason": "cancelled" }),
        json!({ "type": "error", "errorText": "no" }),
        json!({ "type": "dance" }),
    ];
    let chunks = [&[step(), finish_step(), step()][..], &ends, &whole_text("after")].concat();
    let expected = json!([{ "type": "step-start" }, { "type": "step-start" }, done("after")]);
    assert_eq!(parts(chunks), expected);
}

#[test]
fn parts_stand_where_they_began() {
    let chunks = [
        text_start("a"),
        text_start("b"),
        available(json!({})),
        text_delta("b", "2"),
        text_delta("a", "1"),
        output(json!("x")),
        text_end("b"),
        text_end("a"),
    ];
    let told = call("output-available", json!({ "input": {}, "output": "x" }));
    assert_eq!(parts(chunks), json!([done("1"), done("2"), told]));
}

#[test]
fn the_reason_of_the_end_is_told_beside_the_message() {
    let mut assembler = Assembler::new();
    assert_eq!(assembler.finish_reason(), None);
    push(&mut assembler, &json!({ "type": "finish", "finishReason": "tool-calls" })).unwrap();
    push(&mut assembler, &json!({ "type": "finish" })).unwrap();
    assert_eq!(assembler.finish_reason(), Some(&FinishReason::ToolCalls));
    push(&mut assembler, &start("m1")).unwrap();
    push(&mut assembler, &start("m2")).unwrap();
    assert_eq!(assembler.finish_reason(), None);
}

#[test]
fn a_change_says_whether_to_look() {
    let mut assembler = Assembler::new();
    for (chunk, change) in [
        (start("m1"), Change::Message),
        (step(), Change::Message),
        (json!({ "type": "message-metadata", "messageMetadata": null }), Change::Nothing),
        (json!({ "type": "message-metadata", "messageMetadata": {} }), Change::Message),
        (json!({ "type": "data-a", "data": 1, "transient": true }), Change::Transient),
        (json!({ "type": "data-a", "data": 1 }), Change::Message),
        (json!({ "type": "error", "errorText": "no" }), Change::Nothing),
        (json!({ "type": "dance" }), Change::Nothing),
        (finish_step(), Change::Nothing),
        (json!({ "type": "finish" }), Change::Nothing),
    ] {
        assert_eq!(push(&mut assembler, &chunk), Ok(change), "{chunk}");
    }
}
