//! What a script becomes: the steps of one run.

use bytes::Bytes;

use super::entry::Entry;
use super::script::Script;
use super::tool::Permission;

/// The entry that the vendor's server writes while it prepares a run.
const PREPARED: &str = "Runtime timing context_hydration: 15 ms.";

/// What happens at once.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Hold,
    Start {
        prepared: Option<Entry>,
    },
    Entry(Entry),
    /// A piece of a text, which is the `block`th text or call of the run.
    Fragment {
        block: usize,
        speech: Speech,
        text: String,
        is_last: bool,
    },
    /// An entry of a tool call, which is the `block`th text or call of the run.
    Tool {
        block: usize,
        entry: Entry,
        is_last: bool,
    },
    Ask {
        permission: Permission,
        if_rejected: Vec<Step>,
    },
    Artifact {
        name: String,
        content_type: String,
        bytes: Bytes,
    },
    End {
        ending: Ending,
        citations: u64,
    },
}

/// The two kinds of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speech {
    Message,
    Thinking,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Ending {
    #[default]
    Completed,
    Failed {
        code: String,
        message: String,
    },
    Expired,
    Never,
}

impl Script {
    /// All that happens, start and end included.
    pub(super) fn resolve(self) -> Vec<Step> {
        let starts = self.steps.iter().any(|step| matches!(step, Step::Start { .. }));
        let place = match starts {
            true => None,
            false => Some(self.steps.iter().position(|step| *step != Step::Hold)),
        };
        let mut steps = self.steps;
        if steps.iter().any(|step| matches!(step, Step::Ask { .. })) {
            let rejected = self.if_rejected.map(|script| *script);
            let rejected = rejected.unwrap_or_else(|| Self::reply("The request was rejected."));
            let rejected = rejected.continuing(self.blocks);
            steps = steps.into_iter().map(|step| step.with_rejection(&rejected)).collect();
        }
        if let Some(place) = place {
            let prepared = Some(Entry::new("session.status", PREPARED));
            steps.insert(place.unwrap_or(steps.len()), Step::Start { prepared });
        }
        if self.ending != Ending::Never {
            steps.push(Step::End { ending: self.ending, citations: self.citations });
        }
        steps
    }

    /// What happens when this takes the place of the rest of a run that has started, after that many blocks.
    fn continuing(self, blocks: usize) -> Vec<Step> {
        let mut steps = self.starts().resolve();
        steps.retain(|step| !matches!(step, Step::Start { .. }));
        for step in &mut steps {
            if let Step::Fragment { block, .. } | Step::Tool { block, .. } = step {
                *block += blocks;
            }
        }
        steps
    }
}

impl Step {
    fn with_rejection(self, steps: &[Self]) -> Self {
        match self {
            Self::Ask { permission, .. } => Self::Ask { permission, if_rejected: steps.to_vec() },
            other => other,
        }
    }
}
