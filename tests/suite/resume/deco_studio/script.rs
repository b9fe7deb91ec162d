//! What an agent of deco Studio does.

use crate::resume::dice::Dice;
use agent_threads_sandbox::deco_studio::{Script, ToolCall};
use serde_json::{Value, json};

/// A run of any kind of chunk and any end. One that may ask does so at times, at its end. `reads` of its thread take it to its
/// end while nobody follows it.
pub(super) fn random(dice: &mut Dice, may_ask: bool, reads: u32) -> Script {
    let mut script = Script::new();
    if dice.one_in(3) {
        script = script.run_status("starting-assistant");
    }
    for _ in 0..1 + dice.small(4) {
        script = step(script, dice);
    }
    let asked = format!("call_asked_{}", dice.below(u64::MAX));
    let call = ToolCall::new(&asked, "crm-write").input(json!({ "to": dice.words(2) }));
    script = match dice.below(if may_ask { 8 } else { 5 }) {
        0 => script.fails(dice.words(4).concat()),
        1 => script.fails_twice(dice.words(2).concat()),
        2 => script.aborts("stop"),
        3 | 4 => script.usage(11, 7),
        5 | 6 => {
            let input = json!({ "prompt": dice.words(4).concat(), "type": "text" });
            let question = ToolCall::new(&asked, "user_ask").input(input).streams_input();
            script.tool(question.open())
        }
        _ => script.tool(call.asks_approval("apr_1").output(json!({ "sent": true }))),
    };
    script.reads(reads)
}

fn step(script: Script, dice: &mut Dice) -> Script {
    let id = format!("call_{}", dice.below(1_000_000));
    match dice.below(14) {
        0..=4 => script.deltas(dice.words(12)),
        5 => script.reasoning(dice.words(6).concat()),
        6 => script.tool(ToolCall::new(id, "crm-lookup").input(input(dice)).streams_input()),
        7 => script.tool(ToolCall::new(id, "crm-lookup").input(input(dice)).fails("no")),
        8 => script.data_with_id("web-search", "w1", input(dice)),
        9 => script.next_step(),
        10 => script.keepalive().transient_data("progress", input(dice)),
        11 => {
            script.source_url("s1", "https://example.com/", "Example").metadata(json!({ "n": 1 }))
        }
        12 => script.chunk(json!({ "type": "mood", "value": dice.words(2) })),
        _ => script.chunk(json!({ "type": "text-delta", "id": 7 })),
    }
}

fn input(dice: &mut Dice) -> Value {
    json!({ "q": dice.words(4).concat(), "n": dice.below(100) })
}
