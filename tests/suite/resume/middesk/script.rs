//! What an agent of Middesk does.

use crate::resume::dice::Dice;
use agent_threads_sandbox::middesk::{Artifact, Interrupt, Script, Source, Step, StreamEnd};

/// A run that asks so many times at most before it ends. Only a run that asks nothing can end its stream in ways that are not
/// documented.
pub(super) fn random(dice: &mut Dice, questions: u64) -> Script {
    if questions > 0 && dice.one_in(2) {
        let asked: Vec<_> = (0..=dice.below(2)).map(|_| interrupt(dice)).collect();
        let script = with_steps(Script::interrupted(asked), dice);
        return script.then(random(dice, questions - 1));
    }
    let script = match dice.below(4) {
        0 => Script::fails(),
        _ => {
            let output: Vec<_> = (0..dice.below(3)).map(|_| artifact(dice)).collect();
            Script::completes(output)
        }
    };
    let script = with_steps(script, dice);
    match dice.below(10) {
        0 => script.stream_end(StreamEnd::Error),
        1 => script.stream_end(StreamEnd::Nothing),
        2 => script.stream_end(StreamEnd::StaysOpen),
        _ => script,
    }
}

fn with_steps(script: Script, dice: &mut Dice) -> Script {
    (0..dice.small(3)).fold(script, |script, _| script.step(step(dice, 2)))
}

fn step(dice: &mut Dice, depth: u64) -> Step {
    let name = dice.words(2).concat();
    let mut step = match dice.below(5) {
        0 => Step::of_type("reflection", name),
        1 => Step::activity(name).fails(),
        2 => Step::activity(name).artifact(artifact(dice)),
        _ => Step::activity(name).label(dice.words(4).concat()),
    };
    if depth > 0 && dice.one_in(3) {
        step = step.child(self::step(dice, depth - 1));
    }
    step
}

fn artifact(dice: &mut Dice) -> Artifact {
    let artifact = Artifact::new(dice.words(3).concat(), "cip_summary");
    let source = Source::new("https://sos.example/1").name(dice.words(2).concat());
    artifact.confidence("high").summary(dice.words(5).concat()).source(source)
}

fn interrupt(dice: &mut Dice) -> Interrupt {
    let interrupt = Interrupt::new(dice.words(4).concat()).agent("watchlist_resolution");
    interrupt.artifact(artifact(dice))
}
