//! What an agent of Modus does.

use crate::resume::dice::Dice;
use agent_threads_sandbox::modus::{Event, Script, Severity};
use serde_json::json;

/// A run of any kind of event, and any end that the vendor documents. One that asks has an event that says so.
pub(super) fn random(dice: &mut Dice, asks: bool) -> Script {
    let mut script = Script::new();
    for _ in 0..dice.small(4) {
        script = step(script, dice);
    }
    if asks {
        let asked = json!({ "tool": "send_mail", "to": dice.words(3).concat() });
        script = script.pauses(Event::of_type("approval_required", asked));
    }
    for _ in 0..dice.small(3) {
        script = step(script, dice);
    }
    match dice.below(6) {
        0 => script.fails(dice.words(4).concat()),
        1 => script.cancelled(),
        2 => script.times_out(),
        _ => script,
    }
}

fn step(script: Script, dice: &mut Dice) -> Script {
    match dice.below(12) {
        0..=4 => script.tokens(dice.words(12)),
        5 => script.notice(dice.words(6).concat(), dice.pick(&[Severity::Info, Severity::Warning])),
        6 => script.heartbeat(),
        7 => script.tool_start(json!({ "name": "crm", "input": { "q": dice.words(3) } })),
        8 => script.tool_end(json!({ "name": "crm", "hits": dice.below(9) })),
        9 => script.reset(dice.words(5).concat()),
        10 => script.unknown("agent_thinking").comment("keep-alive"),
        _ => script.event(Event::malformed()),
    }
}
