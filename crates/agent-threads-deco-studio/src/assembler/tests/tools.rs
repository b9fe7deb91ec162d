use super::*;

#[test]
fn dynamic_picks_the_kind_and_names_are_taken_as_they_are() {
    let named = |name: &str, id: &str| {
        with(available(json!({})), json!({ "toolName": name, "toolCallId": id }))
    };
    let parts = parts([named("tool-a-b", "1"), dynamic(named("a/b", "2")), named("", "3")]);
    assert_eq!(parts[0]["type"], "tool-tool-a-b");
    assert_eq!((&parts[1]["type"], &parts[1]["toolName"]), (&json!("dynamic-tool"), &json!("a/b")));
    assert_eq!(parts[2]["type"], "tool-");
}

#[test]
fn one_id_in_two_steps_is_two_parts_and_a_late_output_is_for_the_last() {
    let chunks =
        [step(), available(json!(1)), step(), available(json!(2)), step(), output(json!("x"))];
    let step = json!({ "type": "step-start" });
    let expected = json!([
        step,
        call("input-available", json!({ "input": 1 })),
        step,
        call("output-available", json!({ "input": 2, "output": "x" })),
        step,
    ]);
    assert_eq!(parts(chunks), expected);
}

#[test]
fn kinds_that_disagree_make_two_parts_and_an_output_is_for_the_first_of_the_step() {
    let chunks = [dynamic(available(json!(1))), available(json!(2)), output(json!("x"))];
    let expected = json!([
        dynamic_call("output-available", json!({ "input": 1, "output": "x" })),
        call("input-available", json!({ "input": 2 })),
    ]);
    assert_eq!(parts(chunks), expected);
}

#[test]
fn what_a_chunk_of_an_output_says_of_dynamic_is_ignored() {
    let expected = call("output-available", json!({ "input": 1, "output": "x" }));
    assert_eq!(only_part([available(json!(1)), dynamic(output(json!("x")))]), expected);
}

#[test]
fn a_later_name_wins() {
    let renamed = |chunk: Value| with(chunk, json!({ "toolName": "find" }));
    assert_eq!(only_part([input_start(), renamed(available(json!(1)))])["type"], "tool-find");
    let part = only_part([dynamic(input_start()), dynamic(renamed(available(json!(1))))]);
    assert_eq!(part["toolName"], "find");
}

#[test]
fn available_replaces_the_input_and_takes_the_rest_away() {
    let told = with(output(json!("x")), json!({ "preliminary": true }));
    let text = with(input_start(), json!({ "inputEncoding": "text" }));
    let chunks = [
        text,
        input_delta("x"),
        told,
        available(json!([1])),
        output_error(),
        available(Value::Null),
    ];
    assert_eq!(only_part(chunks), call("input-available", json!({ "input": null })));
}

#[test]
fn an_error_of_the_input_keeps_what_was_written_by_kind() {
    let expected = call("output-error", json!({ "rawInput": [1], "errorText": "bad" }));
    assert_eq!(only_part([input_error(json!([1]))]), expected);
    let expected = dynamic_call("output-error", json!({ "input": [1], "errorText": "bad" }));
    assert_eq!(only_part([dynamic(input_error(json!([1])))]), expected);
}

#[test]
fn the_kind_of_a_part_beats_that_of_an_input_error_whose_title_is_ignored() {
    let error = with(input_error(json!([1])), json!({ "title": "no" }));
    let expected = dynamic_call("output-error", json!({ "input": [1], "errorText": "bad" }));
    assert_eq!(only_part([dynamic(input_start()), error.clone()]), expected);
    let expected = call("output-error", json!({ "rawInput": [1], "errorText": "bad" }));
    assert_eq!(only_part([input_start(), dynamic(error)]), expected);
}

#[test]
fn an_output_keeps_the_input_and_the_last_one_wins() {
    let chunks = [
        input_start(),
        input_delta("{\"a\":1"),
        output(json!(1)),
        output_error(),
        output(json!(2)),
    ];
    let expected = call("output-available", json!({ "input": { "a": 1 }, "output": 2 }));
    assert_eq!(only_part(chunks), expected);
}

#[test]
fn preliminary_stays_only_while_the_chunk_says_so() {
    let preliminary = with(output(json!(1)), json!({ "preliminary": true }));
    let part = only_part([available(json!({})), preliminary.clone()]);
    assert_eq!(part["preliminary"], true);
    let expected = call("output-available", json!({ "input": {}, "output": 2 }));
    assert_eq!(only_part([available(json!({})), preliminary, output(json!(2))]), expected);
}

#[test]
fn a_tool_that_gave_nothing_has_no_output_or_null() {
    let nothing = json!({ "type": "tool-output-available", "toolCallId": "c1" });
    let expected = call("output-available", json!({ "input": {} }));
    assert_eq!(only_part([available(json!({})), nothing]), expected);
    let expected = call("output-available", json!({ "input": {}, "output": null }));
    assert_eq!(only_part([available(json!({})), output(Value::Null)]), expected);
}

#[test]
fn an_error_drops_the_output_and_only_a_static_call_keeps_its_text() {
    let streamed = |start: Value| [start, input_delta("[1"), output_error()];
    let expected = json!({ "input": [1], "rawInput": "[1", "errorText": "failed" });
    assert_eq!(only_part(streamed(input_start())), call("output-error", expected));
    let expected = json!({ "input": [1], "errorText": "failed" });
    assert_eq!(
        only_part(streamed(dynamic(input_start()))),
        dynamic_call("output-error", expected.clone())
    );
    let chunks = [available(json!([1])), output(json!("x")), output_error()];
    assert_eq!(only_part(chunks), call("output-error", expected));
}

#[test]
fn the_provider_speaks_of_the_call_and_of_the_result() {
    let told = |chunk: Value, n: u64| with(chunk, json!({ "providerMetadata": { "n": n } }));
    let chunks = [
        told(input_start(), 1),
        told(available(json!({})), 2),
        told(output(json!("x")), 3),
        output_error(),
    ];
    let expected = call(
        "output-error",
        json!({ "input": {}, "errorText": "failed",
        "callProviderMetadata": { "n": 2 }, "resultProviderMetadata": { "n": 3 } }),
    );
    assert_eq!(only_part(chunks), expected);
    let expected = call(
        "output-error",
        json!({ "rawInput": 1, "errorText": "bad", "resultProviderMetadata": { "n": 4 } }),
    );
    assert_eq!(only_part([told(input_error(json!(1)), 4)]), expected);
}

#[test]
fn title_and_metadata_stay_until_another_is_told_whole() {
    let told = |chunk: Value, n: &str| with(chunk, json!({ "title": n, "toolMetadata": { n: 1 } }));
    let chunks = [told(input_start(), "a"), available(json!({})), output(json!(1))];
    let expected = json!({ "input": {}, "output": 1, "title": "a", "toolMetadata": { "a": 1 } });
    assert_eq!(only_part(chunks), call("output-available", expected));
    let late = with(output(json!(1)), json!({ "toolMetadata": { "c": 1 } }));
    let chunks = [told(input_start(), "a"), told(available(json!({})), "b"), late];
    let expected = json!({ "input": {}, "output": 1, "title": "b", "toolMetadata": { "c": 1 } });
    assert_eq!(only_part(chunks), call("output-available", expected));
}

#[test]
fn executed_by_the_provider_sticks_until_it_is_told_otherwise() {
    let told = |chunk: Value, executed: bool| with(chunk, json!({ "providerExecuted": executed }));
    let mut chunks = vec![told(input_start(), true), available(json!({})), output(json!(1))];
    assert_eq!(only_part(chunks.clone())["providerExecuted"], true);
    chunks.push(told(output(json!(2)), false));
    assert_eq!(only_part(chunks)["providerExecuted"], false);
}
