use super::*;

fn data(name: &str, data: Value, fields: Value) -> Value {
    with(json!({ "type": format!("data-{name}"), "data": data }), fields)
}

#[test]
fn an_id_replaces_the_data_of_the_first_part_and_nothing_else() {
    let id = json!({ "id": "x" });
    let chunks = [
        data("a", json!(1), json!({ "id": "x", "more": "kept" })),
        step(),
        data("b", json!(2), id.clone()),
        data("a", json!(3), json!({ "id": "x", "more": "not" })),
        data("a", json!(4), json!({ "id": "y" })),
    ];
    let expected = json!([
        data("a", json!(3), json!({ "id": "x", "more": "kept" })),
        { "type": "step-start" },
        data("b", json!(2), id),
        data("a", json!(4), json!({ "id": "y" })),
    ]);
    assert_eq!(parts(chunks), expected);
}

#[test]
fn data_of_a_message_that_goes_on_are_replaced_too() {
    let one = |value: u64| data("a", json!(value), json!({ "id": "x" }));
    let prior = json!({ "role": "assistant", "parts": [one(1), one(2)] });
    assert_eq!(read_with(continuing(&prior), [one(3)])["parts"], json!([one(3), one(2)]));
}

#[test]
fn no_id_is_always_a_new_part() {
    let chunk = data("a", json!(1), json!({}));
    assert_eq!(parts([chunk.clone(), chunk.clone()]), json!([chunk, chunk]));
}

#[test]
fn a_part_has_all_that_its_chunk_has() {
    let chunk =
        data("a", json!({ "n": null }), json!({ "transient": false, "weather": [1], "id": null }));
    assert_eq!(only_part([chunk.clone()]), chunk);
}

#[test]
fn transient_data_never_touch_the_message() {
    let one =
        |value: u64, fields: Value| data("a", json!(value), with(json!({ "id": "x" }), fields));
    let transient = json!({ "transient": true });
    let chunks = [one(1, transient.clone()), one(2, json!({})), one(3, transient)];
    assert_eq!(parts(chunks), json!([one(2, json!({}))]));
}

#[test]
fn files_and_sources_are_always_added_with_what_is_listed() {
    let file = json!({ "type": "file", "url": "u", "mediaType": "m" });
    let page = json!({ "type": "source-url", "sourceId": "s", "url": "u", "title": "T", "providerMetadata": {} });
    let document =
        json!({ "type": "source-document", "sourceId": "s", "mediaType": "m", "title": "T" });
    let more = |chunk: &Value| with(chunk.clone(), json!({ "weather": 1 }));
    let chunks = [more(&file), file.clone(), more(&page), more(&document)];
    assert_eq!(parts(chunks), json!([file, file, page, document]));
}

#[test]
fn parts_of_version_7_are_added() {
    let custom = json!({ "type": "custom", "kind": "a.b", "providerMetadata": { "a": 1 } });
    let file = json!({ "type": "reasoning-file", "url": "u", "mediaType": "m" });
    assert_eq!(parts([custom.clone(), file.clone()]), json!([custom, file]));
}

#[test]
fn a_step_that_is_reset_is_empty_and_what_came_before_stays() {
    let reset = json!({ "type": "reset-step" });
    let kept = data("a", json!(1), json!({ "id": "x" }));
    let lost = data("b", json!(1), json!({ "id": "x" }));
    let mut assembler = Assembler::new();
    for chunk in
        [&kept, &step(), &lost, &input_start(), &input_delta("["), &text_start("t0"), &reset]
    {
        push(&mut assembler, chunk).unwrap();
    }
    assert_eq!(shown(&mut assembler)["parts"], json!([kept, { "type": "step-start" }]));
    push(&mut assembler, &input_delta("1")).unwrap_err();
    push(&mut assembler, &text_end("t0")).unwrap_err();
    push(&mut assembler, &lost).unwrap();
    assert_eq!(shown(&mut assembler)["parts"], json!([kept, { "type": "step-start" }, lost]));
}
