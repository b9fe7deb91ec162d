use super::*;

#[test]
fn an_input_is_read_as_far_as_it_has_come() {
    let mut chunks = vec![input_start()];
    assert_eq!(only_part(chunks.clone()), call("input-streaming", json!({})));
    for (delta, text, input) in [
        ("{\"a", "{\"a", Some(json!({}))),
        ("\":tr", "{\"a\":tr", Some(json!({ "a": true }))),
        ("x", "{\"a\":trx", None),
    ] {
        chunks.push(input_delta(delta));
        let mut expected = call("input-streaming", json!({ "rawInput": text }));
        if let Some(input) = input {
            expected["input"] = input;
        }
        assert_eq!(only_part(chunks.clone()), expected);
    }
}

#[test]
fn a_second_start_begins_with_nothing() {
    let chunks = [input_start(), input_delta("{\"a\":1"), input_start()];
    assert_eq!(only_part(chunks.clone()), call("input-streaming", json!({})));
    let again = [&chunks[..], &[input_delta("[2")]].concat();
    assert_eq!(
        only_part(again),
        call("input-streaming", json!({ "input": [2], "rawInput": "[2" }))
    );
}

#[test]
fn an_input_that_is_text_is_the_text() {
    let start = with(input_start(), json!({ "inputEncoding": "text" }));
    let expected = json!({ "input": "{\"a", "rawInput": "{\"a", "inputEncoding": "text" });
    let chunks = [start, input_delta("{"), input_delta("\"a")];
    assert_eq!(only_part(chunks), call("input-streaming", expected));
}

#[test]
fn a_delta_behind_the_input_or_the_output_streams_again() {
    let streamed = [input_start(), input_delta("{\"a\":1}"), available(json!({ "b": 2 }))];
    let expected =
        call("input-streaming", json!({ "input": { "a": 1 }, "rawInput": "{\"a\":1} " }));
    let chunks = [&streamed[..], &[input_delta(" ")]].concat();
    assert_eq!(only_part(chunks), expected);
    let chunks = [&streamed[..], &[output(json!("x")), input_delta(" ")]].concat();
    assert_eq!(only_part(chunks), expected);
}

#[test]
fn an_input_outlives_its_step_in_a_part_of_the_next() {
    let chunks =
        |start: Value| [start, input_delta("[1"), step(), input_delta(","), input_delta("2")];
    let expected = json!([
        call("input-streaming", json!({ "input": [1], "rawInput": "[1" })),
        { "type": "step-start" },
        call("input-streaming", json!({ "input": [1, 2], "rawInput": "[1,2" })),
    ]);
    assert_eq!(parts(chunks(input_start())), expected);
    // What begins a dynamic part in the middle of an input shows no text.
    let begun = parts(chunks(dynamic(input_start())).into_iter().take(4));
    assert_eq!(begun[2], dynamic_call("input-streaming", json!({ "input": [1] })));
    let told = parts(chunks(dynamic(input_start())));
    assert_eq!(
        told[2],
        dynamic_call("input-streaming", json!({ "input": [1, 2], "rawInput": "[1,2" }))
    );
}

#[test]
fn two_inputs_at_once_do_not_mix() {
    let second = |chunk: Value| with(chunk, json!({ "toolCallId": "c2" }));
    let chunks = [
        input_start(),
        second(input_start()),
        input_delta("[1"),
        second(input_delta("[2")),
        input_delta(",3"),
    ];
    let parts = parts(chunks);
    assert_eq!((&parts[0]["input"], &parts[1]["input"]), (&json!([1, 3]), &json!([2])));
}

#[test]
fn an_input_deeper_than_can_be_read_is_text_only() {
    let text = "[".repeat(200);
    let part = only_part([input_start(), input_delta(&text)]);
    assert_eq!(part, call("input-streaming", json!({ "rawInput": text })));
}
