//! Long streams. If a chunk took time by what came before it, these would not end within minutes.

use super::*;

const COUNT: usize = 50_000;

fn chunk(chunk: Value) -> UiMessageChunk {
    serde_json::from_value(chunk).unwrap()
}

#[test]
fn a_text_can_be_looked_at_after_each_of_many_deltas() {
    let mut assembler = Assembler::new();
    push(&mut assembler, &text_start("t0")).unwrap();
    let delta = chunk(text_delta("t0", &"word ".repeat(20)));
    for count in 1..=COUNT {
        assembler.push(&delta).unwrap();
        let UiPart::Text(part) = &assembler.message().parts[0] else { panic!() };
        assert_eq!(part.text.len(), 100 * count);
    }
}

#[test]
fn an_input_takes_many_deltas_until_it_is_looked_at() {
    let mut assembler = Assembler::new();
    push(&mut assembler, &input_start()).unwrap();
    push(&mut assembler, &input_delta("\"")).unwrap();
    let delta = chunk(input_delta(&"word ".repeat(20)));
    for _ in 0..COUNT {
        assembler.push(&delta).unwrap();
    }
    let message = shown(&mut assembler);
    assert_eq!(message["parts"][0]["input"].as_str().map(str::len), Some(100 * COUNT));
}

#[test]
fn a_text_takes_many_deltas_beside_an_input_that_has_been_looked_at() {
    let mut assembler = Assembler::new();
    for chunk in
        [input_start(), input_delta(&format!("\"{}", "word ".repeat(COUNT))), text_start("t0")]
    {
        push(&mut assembler, &chunk).unwrap();
    }
    let delta = chunk(text_delta("t0", "x"));
    for _ in 0..COUNT {
        assembler.push(&delta).unwrap();
        assembler.message();
    }
    let UiPart::Text(part) = &assembler.message().parts[1] else { panic!() };
    assert_eq!(part.text.len(), COUNT);
}

#[test]
fn many_calls_and_data_can_be_looked_at_after_each() {
    let mut assembler = Assembler::new();
    for number in 0..COUNT / 5 {
        let id = json!({ "toolCallId": format!("c{number}") });
        let data = json!({ "type": "data-a", "id": format!("d{number}"), "data": number });
        for chunk in [input_start(), input_delta("{}"), available(json!({})), output(json!(number))]
        {
            push(&mut assembler, &with(chunk, id.clone())).unwrap();
            assembler.message();
        }
        push(&mut assembler, &data).unwrap();
    }
    assert_eq!(assembler.message().parts.len(), COUNT / 5 * 2);
}
