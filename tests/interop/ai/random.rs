//! Sequences of chunks made at random: mostly legal ones, with steps, calls and texts that do not end.

use super::{
    corpus::{Case, Told},
    cuts::{delta, quoted},
};
use serde_json::{Value, json};

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const TEXTS: [&str; 8] = ["", "x", "Look 👀 there", "é", "\n", "\u{fffd}", "__proto__", "a\"b\\c"];
const IDS: [&str; 3] = ["1", "2", ""];
const CALLS: [&str; 4] = ["c1", "c2", "c3", "__proto__"];
const TOOLS: [&str; 3] = ["search", "user_ask", "a-b"];
const MESSAGES: [&str; 3] = ["m1", "m1", "m2"];

pub(super) fn all(seed: u64, count: usize) -> Vec<Case> {
    let mut random = Random(seed);
    (0..count).map(|number| case(&mut random, &format!("random {seed}/{number}"))).collect()
}

fn case(random: &mut Random, name: &str) -> Case {
    let prior = random.one_in(4).then(|| prior(random));
    let mut case = Case::new(name, prior);
    let length = 2 + random.below(50);
    let run = run(random, length);
    if random.one_in(4) {
        let cut = random.below(run.len());
        case.told.extend(run[..cut].iter().cloned().map(Told::Chunk));
        case.told.push(Told::Reconnected);
    }
    case.told.extend(run.into_iter().map(Told::Chunk));
    case
}

/// A message of the assistant that ours has put together: where it came from is all the same to who goes on with it.
fn prior(random: &mut Random) -> Value {
    let mut before = Case::new("prior", None);
    before.told.extend(run(random, 12).into_iter().map(Told::Chunk));
    let mut assembler = before.assembler();
    for told in &before.told {
        if let Told::Chunk(text) = told {
            super::push(&mut assembler, text);
        }
    }
    serde_json::to_value(assembler.into_message()).unwrap()
}

fn run(random: &mut Random, length: usize) -> Vec<String> {
    let mut chunks = Vec::new();
    if random.one_in(3) {
        chunks.push(
            json!({ "type": "data-run-status", "id": "s", "data": { "stage": "a" } }).to_string(),
        );
    }
    if !random.one_in(6) {
        chunks.push(json!({ "type": "start", "messageId": "m1" }).to_string());
    }
    while chunks.len() < length {
        match random.below(20) {
            0 => chunks.push(json!({ "type": "start-step" }).to_string()),
            1 => chunks.push(json!({ "type": "finish-step" }).to_string()),
            2..=4 => whole_text(random, &mut chunks),
            5..=8 => call(random, &mut chunks),
            9..=11 => chunks.push(text_chunk(random)),
            12..=15 => chunks.push(call_chunk(random)),
            _ => chunks.push(other_chunk(random).to_string()),
        }
    }
    chunks
}

/// A text whose deltas are cut between any two units.
fn whole_text(random: &mut Random, chunks: &mut Vec<String>) {
    let (kind, id) = (random.pick(&["text", "reasoning"]), random.pick(&IDS));
    chunks.push(with_provider(random, json!({ "type": format!("{kind}-start"), "id": id })));
    let units: Vec<u16> = random.pick(&TEXTS).encode_utf16().collect();
    let cut = random.below(units.len() + 1);
    for piece in [&units[..cut], &units[cut..]] {
        chunks.push(text_delta(kind, id, piece));
    }
    if !random.one_in(4) {
        chunks.push(with_provider(random, json!({ "type": format!("{kind}-end"), "id": id })));
    }
}

fn text_delta(kind: &str, id: &str, units: &[u16]) -> String {
    format!(r#"{{"type":"{kind}-delta","id":{},"delta":{}}}"#, json!(id), quoted(units))
}

fn text_chunk(random: &mut Random) -> String {
    let (kind, id) = (random.pick(&["text", "reasoning"]), random.pick(&IDS));
    match random.below(4) {
        0 => with_provider(random, json!({ "type": format!("{kind}-start"), "id": id })),
        1 => with_provider(random, json!({ "type": format!("{kind}-end"), "id": id })),
        2 => {
            let unit = random.pick(&[0x61, 0xd83d, 0xde00, 0xfffd]);
            text_delta(kind, id, &[unit])
        }
        _ => {
            let text = random.pick(&TEXTS);
            with_provider(
                random,
                json!({ "type": format!("{kind}-delta"), "id": id, "delta": text }),
            )
        }
    }
}

/// A call, as far as it gets.
fn call(random: &mut Random, chunks: &mut Vec<String>) {
    let (id, tool) = (random.pick(&CALLS), random.pick(&TOOLS));
    let is_dynamic = random.one_in(3);
    let named = |kind: &str| json!({ "type": kind, "toolCallId": id, "toolName": tool, "dynamic": is_dynamic });
    let input = value(random, 3);
    let mut start = named("tool-input-start");
    if random.one_in(6) {
        start["inputEncoding"] = random.pick(&["json", "text"]).into();
    }
    chunks.push(with_details(random, start));
    let mut units: Vec<u16> = input.to_string().encode_utf16().collect();
    if random.one_in(4) && !units.is_empty() {
        let at = random.below(units.len());
        units[at] = random.pick(&[0x2c, 0x7b, 0x5d, 0x22, 0x5c, 0x31, 0x2d, 0xe9, 0xd83d, 0x0a]);
    }
    let mut from = 0;
    for _ in 0..random.below(5) {
        let end = from + random.below(units.len() - from + 1);
        let Told::Chunk(text) = delta(id, &units[from..end]) else { continue };
        chunks.push(text);
        from = end;
    }
    if random.one_in(4) {
        return;
    }
    let mut available = named("tool-input-available");
    available["input"] = input;
    chunks.push(with_details(random, available));
    if !random.one_in(4) {
        let output = value(random, 2);
        chunks.push(with_details(
            random,
            json!({ "type": "tool-output-available", "toolCallId": id, "output": output }),
        ));
    }
}

fn call_chunk(random: &mut Random) -> String {
    let (id, tool) = (random.pick(&CALLS), random.pick(&TOOLS));
    let of = |kind: &str| json!({ "type": kind, "toolCallId": id });
    let chunk = match random.below(7) {
        0 => {
            let text = random.pick(&["{", "}", "[1", ",", "\"", "tr", "ue", ":", "-", "1", ""]);
            json!({ "type": "tool-input-delta", "toolCallId": id, "inputTextDelta": text })
        }
        1 => {
            let (input, is_dynamic) = (value(random, 2), random.one_in(2));
            json!({ "type": "tool-input-error", "toolCallId": id, "toolName": tool, "input": input,
                "errorText": "no", "dynamic": is_dynamic })
        }
        2 => {
            let mut request = of("tool-approval-request");
            request["approvalId"] = random.pick(&IDS).into();
            for name in ["approvalDescriptor", "inputSchemaInput"] {
                if random.one_in(2) {
                    request[name] = value(random, 1);
                }
            }
            if random.one_in(2) {
                request["signature"] = random.pick(&TEXTS).into();
            }
            return request.to_string();
        }
        3 => return of("tool-output-denied").to_string(),
        4 => {
            json!({ "type": "tool-output-error", "toolCallId": id, "errorText": random.pick(&TEXTS) })
        }
        5 => {
            let output = value(random, 1);
            json!({ "type": "tool-output-available", "toolCallId": id, "output": output, "preliminary": random.one_in(2) })
        }
        _ => {
            json!({ "type": "tool-input-available", "toolCallId": id, "toolName": tool, "input": {} })
        }
    };
    with_details(random, chunk)
}

fn other_chunk(random: &mut Random) -> Value {
    match random.below(12) {
        0 => json!({ "type": "file", "url": "data:,", "mediaType": "text/plain" }),
        1 => {
            json!({ "type": "source-url", "sourceId": "s", "url": "https://a.example", "title": random.pick(&TEXTS) })
        }
        2 => {
            json!({ "type": "source-document", "sourceId": "s", "mediaType": "a/b", "title": "T" })
        }
        3 => json!({ "type": "error", "errorText": random.pick(&TEXTS) }),
        4 => json!({ "type": random.pick(&["abort", "finish", "dance"]) }),
        5 => {
            json!({ "type": "finish", "finishReason": "stop", "messageMetadata": metadata(random) })
        }
        6 if random.one_in(3) => {
            json!({ "type": "start", "messageId": random.pick(&MESSAGES), "messageMetadata": metadata(random) })
        }
        6 if random.one_in(3) => json!({ "type": "start" }),
        7 | 8 => json!({ "type": "message-metadata", "messageMetadata": metadata(random) }),
        9 => {
            json!({ "type": "data-a", "data": value(random, 2), "transient": random.one_in(3), "more": 1 })
        }
        _ => {
            let (name, id) = (random.pick(&["data-a", "data-b"]), random.pick(&IDS));
            json!({ "type": name, "id": id, "data": value(random, 2) })
        }
    }
}

fn metadata(random: &mut Random) -> Value {
    match random.below(6) {
        0 => Value::Null,
        _ => json!({ random.pick(&["a", "b"]): value(random, 2), "constructor": value(random, 1) }),
    }
}

fn with_provider(random: &mut Random, mut chunk: Value) -> String {
    if random.one_in(3) {
        chunk["providerMetadata"] = json!({ random.pick(&["a", "b"]): { "n": random.below(9) } });
    }
    chunk.to_string()
}

fn with_details(random: &mut Random, mut chunk: Value) -> String {
    if random.one_in(4) {
        chunk["title"] = random.pick(&TEXTS).into();
    }
    if random.one_in(4) {
        chunk["toolMetadata"] = json!({ "n": random.below(9) });
    }
    if random.one_in(4) {
        chunk["providerExecuted"] = random.one_in(2).into();
    }
    with_provider(random, chunk)
}

fn value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => random.one_in(2).into(),
        2 => random.below(1000).into(),
        3 => json!(f64::from(u16::try_from(random.below(1000)).unwrap()) / 8.0 - 60.0),
        4 => random.pick(&TEXTS).into(),
        5 => (0..random.below(3)).map(|_| value(random, depth - 1)).collect(),
        _ => {
            let names = ["a", "b", "constructor", "x y"];
            (0..random.below(3))
                .map(|_| (random.pick(&names).to_owned(), value(random, depth - 1)))
                .collect()
        }
    }
}
