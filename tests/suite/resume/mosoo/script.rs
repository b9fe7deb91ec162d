//! What an agent of Mosoo does, and what it says.

use crate::resume::dice::Dice;
use agent_threads_sandbox::mosoo::{Entry, Permission, Script, ToolCall};
use serde_json::json;

/// A run, with all that is said in it.
pub(super) struct Scripted {
    pub(super) script: Script,
    pub(super) text: String,
    pub(super) thinking: String,
    /// The text up to the question, where the run asks one.
    pub(super) asked_behind: Option<String>,
}

/// What the run says when its question is answered with no, unless a script says otherwise.
pub(super) const REJECTED: &str = "The request was rejected.";

/// A run of any kind of event and any end, in which one question at most is asked.
pub(super) fn random(dice: &mut Dice) -> Scripted {
    let empty = String::new;
    let mut run =
        Scripted { script: Script::new(), text: empty(), thinking: empty(), asked_behind: None };
    for _ in 0..dice.small(4) {
        run = step(run, dice);
    }
    if dice.one_in(3) {
        run.asked_behind = Some(run.text.clone());
        run.script = run.script.asks(Permission::new("Run: make plan", "call_asked"));
    }
    for _ in 0..dice.small(3) {
        run = step(run, dice);
    }
    run.script = match dice.below(6) {
        0 => run.script.fails("provider_unavailable", dice.words(4).concat()),
        1 => run.script.expires(),
        _ => run.script,
    };
    run
}

fn step(mut run: Scripted, dice: &mut Dice) -> Scripted {
    run.script = match dice.below(12) {
        0..=4 => {
            let pieces = dice.words(10);
            run.text.push_str(&pieces.concat());
            run.script.fragments(pieces)
        }
        5 | 6 => {
            let pieces = dice.words(6);
            run.thinking.push_str(&pieces.concat());
            run.script.thinking_fragments(pieces)
        }
        7 => {
            let id = format!("call_{}", dice.below(1000));
            let call = ToolCall::new(id, "Read").input(json!({ "path": dice.words(2).concat() }));
            run.script.tool(if dice.one_in(3) {
                call.progress().fails("")
            } else {
                call.result("ok")
            })
        }
        8 => run.script.file_changed("plan.md"),
        9 => run.script.usage(dice.below(1000)),
        10 => run.script.plan().status("Runtime timing x: 1 ms."),
        _ => run.script.entry(Entry::new("agent.mood", dice.words(2).concat())),
    };
    run
}
