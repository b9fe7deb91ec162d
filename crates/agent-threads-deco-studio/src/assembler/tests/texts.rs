use super::*;

fn reasoning(kind: &str, fields: Value) -> Value {
    with(json!({ "type": format!("reasoning-{kind}"), "id": "x" }), fields)
}

#[test]
fn text_and_reasoning_have_ids_of_their_own_and_only_reasoning_shows_its() {
    let chunks = [
        text_start("x"),
        reasoning("start", json!({})),
        text_delta("x", "a"),
        reasoning("delta", json!({ "delta": "b" })),
        text_end("x"),
        reasoning("end", json!({})),
    ];
    let expected =
        json!([done("a"), { "type": "reasoning", "id": "x", "text": "b", "state": "done" }]);
    assert_eq!(parts(chunks), expected);
}

#[test]
fn an_id_is_free_behind_its_end_within_the_step_too() {
    let chunks = [whole_text("one"), whole_text("two")].concat();
    assert_eq!(parts(chunks), json!([done("one"), done("two")]));
}

#[test]
fn a_second_start_of_an_open_id_leaves_the_older_part_streaming() {
    let chunks = [&[text_start("t0"), text_delta("t0", "one")][..], &whole_text("two")].concat();
    let older = json!({ "type": "text", "text": "one", "state": "streaming" });
    assert_eq!(parts(chunks), json!([older, done("two")]));
}

#[test]
fn finish_step_forgets_open_ids_and_ends_nothing() {
    let mut assembler = Assembler::new();
    for chunk in [text_start("t0"), reasoning("start", json!({})), finish_step()] {
        push(&mut assembler, &chunk).unwrap();
    }
    for lost in [text_delta("t0", "x"), text_end("t0"), reasoning("end", json!({}))] {
        push(&mut assembler, &lost).unwrap_err();
    }
    let expected = json!([
        { "type": "text", "text": "", "state": "streaming" },
        { "type": "reasoning", "id": "x", "text": "", "state": "streaming" },
    ]);
    assert_eq!(shown(&mut assembler)["parts"], expected);
}

#[test]
fn the_latest_metadata_of_the_provider_count_whole() {
    let told = |chunk: Value, provider: Value| with(chunk, json!({ "providerMetadata": provider }));
    let mut chunks =
        vec![told(text_start("t0"), json!({ "a": { "n": 1 } })), text_delta("t0", "x")];
    let provider = |chunks: &[Value]| only_part(chunks.to_vec())["providerMetadata"].take();
    assert_eq!(provider(&chunks), json!({ "a": { "n": 1 } }));
    chunks.push(told(text_delta("t0", "y"), json!({ "b": {} })));
    assert_eq!(provider(&chunks), json!({ "b": {} }));
    chunks.push(told(text_end("t0"), json!({})));
    assert_eq!(provider(&chunks), json!({}));
}

#[test]
fn empty_deltas_and_empty_ids_are_legal() {
    let signed = json!({ "delta": "", "providerMetadata": { "anthropic": { "signature": "s" } } });
    let chunks = [
        text_start(""),
        text_delta("", ""),
        text_end(""),
        reasoning("start", json!({ "id": "" })),
        with(reasoning("delta", json!({ "id": "" })), signed),
    ];
    let expected = json!([done(""), { "type": "reasoning", "id": "", "text": "", "state": "streaming",
        "providerMetadata": { "anthropic": { "signature": "s" } } }]);
    assert_eq!(parts(chunks), expected);
}

#[test]
fn a_character_cut_in_two_is_joined_within_its_part() {
    let delta = |id: &str, text: &str| {
        let chunk = format!(r#"{{"type":"text-delta","id":"{id}","delta":"{text}"}}"#);
        serde_json::from_str::<UiMessageChunk>(&chunk).unwrap()
    };
    let mut assembler = Assembler::new();
    push(&mut assembler, &text_start("a")).unwrap();
    push(&mut assembler, &text_start("b")).unwrap();
    for (id, text) in [("a", r"x\ud83d"), ("b", r"\ude00"), ("a", r"\ude00y")] {
        assembler.push(&delta(id, text)).unwrap();
    }
    let message = shown(&mut assembler);
    assert_eq!(message["parts"][0]["text"], "x\u{1f600}y");
    assert_eq!(message["parts"][1]["text"], "\u{fffd}");
}
