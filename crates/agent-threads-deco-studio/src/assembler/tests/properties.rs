use super::*;
use proptest::{collection::vec, prelude::*};

/// As JavaScript writes it: half a character is an escape.
fn quoted(units: &[u16]) -> String {
    let written = |unit: Result<char, std::char::DecodeUtf16Error>| match unit {
        Ok(character) => {
            let quoted = json!(character.to_string()).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Err(half) => format!("\\u{:04x}", half.unpaired_surrogate()),
    };
    let text: String = char::decode_utf16(units.iter().copied()).map(written).collect();
    format!("\"{text}\"")
}

fn cut(text: &str, mut cuts: Vec<usize>) -> Vec<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    cuts.iter_mut().for_each(|at| *at %= units.len() + 1);
    cuts.extend([0, units.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| quoted(&units[pair[0]..pair[1]])).collect()
}

fn push_text(assembler: &mut Assembler, chunk: &str) {
    assembler.push(&serde_json::from_str(chunk).unwrap()).unwrap();
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1000..1000_i16).prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        "[a-c\\\\\"\u{e9}\u{1f600}\n]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-c\"\u{1f600}]{0,2}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn chunk() -> impl Strategy<Value = Value> {
    let id = prop_oneof![Just("a"), Just("b"), Just("")];
    let kind = prop_oneof![
        Just("start"),
        Just("start-step"),
        Just("finish-step"),
        Just("reset-step"),
        Just("finish"),
        Just("abort"),
        Just("text-start"),
        Just("text-delta"),
        Just("text-end"),
        Just("reasoning-start"),
        Just("reasoning-delta"),
        Just("reasoning-end"),
        Just("tool-input-start"),
        Just("tool-input-delta"),
        Just("tool-input-delta"),
        Just("tool-input-available"),
        Just("tool-input-error"),
        Just("tool-approval-request"),
        Just("tool-approval-response"),
        Just("tool-output-available"),
        Just("tool-output-error"),
        Just("tool-output-denied"),
        Just("source-url"),
        Just("source-document"),
        Just("file"),
        Just("reasoning-file"),
        Just("custom"),
        Just("data-a"),
        Just("data-b"),
        Just("message-metadata"),
        Just("error"),
        Just("dance"),
    ];
    let text = prop_oneof!["[\\[\\]{},:\"truefalsn0-9.é😀-]{0,4}", ".{0,4}"];
    (kind, id, text, json_value(), any::<bool>()).prop_map(|(kind, id, text, value, flag)| {
        // A chunk has what its kind needs; what is more is passed over.
        json!({
            "type": kind, "id": id, "messageId": id, "toolCallId": id, "approvalId": id, "sourceId": id, "toolName": id,
            "delta": text, "inputTextDelta": text, "errorText": text, "url": text, "mediaType": text, "kind": text,
            "title": text, "input": value, "output": value, "data": value, "messageMetadata": value,
            "approved": flag, "dynamic": flag, "preliminary": flag, "transient": flag,
            "inputEncoding": if flag && id.is_empty() { "text" } else { "json" },
        })
    })
}

proptest! {
    #[test]
    fn any_chunks_give_a_message_the_same_whether_looked_at_or_not(chunks in vec(chunk(), 0..40)) {
        let (mut looked_at, mut left) = (Assembler::new(), Assembler::new());
        for chunk in &chunks {
            prop_assert_eq!(push(&mut looked_at, chunk), push(&mut left, chunk));
            shown(&mut looked_at);
        }
        prop_assert_eq!(shown(&mut looked_at), shown(&mut left));
        let message = left.into_message();
        prop_assert_eq!(serde_json::from_value::<UiMessage>(shown(&mut looked_at)).unwrap(), message);
    }

    #[test]
    fn any_run_told_again_gives_the_same_message(chunks in vec(chunk(), 0..30), cut in 0..30_usize) {
        let run = [&[start("m1")][..], &chunks].concat();
        let tell = |assembler: &mut Assembler, chunks: &[Value]| {
            for chunk in chunks {
                let _ = push(assembler, chunk);
            }
        };
        let mut once = Assembler::new();
        tell(&mut once, &run);
        let mut again = Assembler::new();
        tell(&mut again, &run[..cut.min(run.len())]);
        again.reconnected();
        tell(&mut again, &run);
        prop_assert_eq!(shown(&mut again), shown(&mut once));
        prop_assert_eq!(again.finish_reason(), once.finish_reason());
    }

    #[test]
    fn any_message_can_go_on(before in vec(chunk(), 0..20), after in vec(chunk(), 0..20)) {
        let mut assembler = Assembler::new();
        for chunk in &before {
            let _ = push(&mut assembler, chunk);
        }
        let mut assembler = Assembler::continuing(assembler.into_message());
        for chunk in &after {
            let _ = push(&mut assembler, chunk);
        }
        shown(&mut assembler);
    }

    #[test]
    fn a_text_cut_anywhere_adds_up(text in ".*", cuts in vec(any::<usize>(), 0..6)) {
        let mut assembler = Assembler::new();
        push(&mut assembler, &text_start("t0")).unwrap();
        for piece in cut(&text, cuts) {
            push_text(&mut assembler, &format!(r#"{{"type":"text-delta","id":"t0","delta":{piece}}}"#));
        }
        prop_assert_eq!(shown(&mut assembler)["parts"][0]["text"].take(), text);
    }

    #[test]
    fn an_input_cut_anywhere_is_the_same_in_the_end(value in json_value(), cuts in vec(any::<usize>(), 0..6), looks in any::<bool>()) {
        let text = value.to_string();
        let mut assembler = Assembler::new();
        push(&mut assembler, &input_start()).unwrap();
        for piece in cut(&text, cuts) {
            push_text(&mut assembler, &format!(r#"{{"type":"tool-input-delta","toolCallId":"c1","inputTextDelta":{piece}}}"#));
            if looks {
                shown(&mut assembler);
            }
        }
        let part = shown(&mut assembler)["parts"][0].take();
        prop_assert_eq!(&part["input"], &value);
        prop_assert_eq!(part["rawInput"].as_str(), Some(text.as_str()));
    }

    #[test]
    fn a_stray_text_as_an_input_never_panics(text in "[\\[\\]{},:\"\\\\truefalsn0-9eE+.é😀 u-]{0,24}", cuts in vec(any::<usize>(), 0..6)) {
        let mut assembler = Assembler::new();
        push(&mut assembler, &input_start()).unwrap();
        for piece in cut(&text, cuts) {
            push_text(&mut assembler, &format!(r#"{{"type":"tool-input-delta","toolCallId":"c1","inputTextDelta":{piece}}}"#));
            shown(&mut assembler);
        }
        let whole = only_part([input_start(), input_delta(&text)]);
        prop_assert_eq!(shown(&mut assembler)["parts"][0].take(), whole);
    }
}
