//! The log as reads show it: pieces of one text folded into one entry, in lists in another way than in streams.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::clock::{Time, text as time_text};
use super::dialect::Dialect;
use super::entry::Entry;
use super::log::{Raw, What};
use super::step::Speech;

/// The longest gap to the next entry, in milliseconds, that the current dialect takes for a duration.
const LONGEST_GAP: i64 = 5 * 60 * 1000;

/// An entry that is being put together.
struct Shown<'a> {
    id: &'a str,
    run: Option<&'a str>,
    at: Time,
    /// When its last piece came, for those that are made of pieces.
    ended: Option<Time>,
    is_finished: bool,
    content: Content<'a>,
}

enum Content<'a> {
    Entry(&'a Entry),
    Text(Speech, String),
}

/// What pieces of one entry have in common: the run and the block in it.
type Place<'a> = (Option<&'a str>, usize);

/// All entries of a log, oldest first.
pub(super) fn list(log: &[Raw], dialect: Dialect) -> Vec<Value> {
    let mut shown = Vec::new();
    let mut places = HashMap::new();
    for raw in log {
        fold_into_list(&mut shown, &mut places, raw, dialect);
    }
    if dialect == Dialect::Seed {
        shown.retain(|entry| entry.is_finished);
    }
    shown.sort_by_key(|entry| entry.at);
    written(&shown, dialect)
}

fn fold_into_list<'a>(
    shown: &mut Vec<Shown<'a>>,
    places: &mut HashMap<Place<'a>, usize>,
    raw: &'a Raw,
    dialect: Dialect,
) {
    let run = raw.run.as_deref();
    match &raw.what {
        What::Entry(entry) => shown.push(Shown::entry(raw, entry)),
        What::Fragment { block, speech, text } => match places.get(&(run, *block)) {
            Some(at) => shown[*at].extend(raw, text),
            None => {
                places.insert((run, *block), shown.len());
                shown.push(Shown::text(raw, *speech, text));
            }
        },
        What::TextEnd { block } => {
            if let Some(at) = places.get(&(run, *block)) {
                shown[*at].extend(raw, "");
                shown[*at].is_finished = true;
            }
        }
        What::Tool { entry, .. } if dialect == Dialect::Current => {
            shown.push(Shown::entry(raw, entry));
        }
        What::Tool { block, entry, is_last } => {
            let at = *places.entry((run, *block)).or_insert(shown.len());
            if at == shown.len() {
                shown.push(Shown::entry(raw, entry));
            }
            shown[at].id = &raw.id;
            shown[at].ended = Some(raw.at);
            shown[at].content = Content::Entry(entry);
            shown[at].is_finished = *is_last;
        }
        What::FinalText { text } if dialect == Dialect::Current => append_final(shown, raw, text),
        What::FinalText { .. } => {}
    }
}

/// The final text goes into the run's message if it is the only one, and is an entry of its own otherwise.
fn append_final<'a>(shown: &mut Vec<Shown<'a>>, raw: &'a Raw, text: &str) {
    let run = raw.run.as_deref();
    let mut messages = shown.iter_mut().filter(|entry| entry.run == run && entry.is_message());
    match (messages.next(), messages.next()) {
        (Some(only), None) => only.id = &raw.id,
        _ => shown.push(Shown::text(raw, Speech::Message, text)),
    }
}

/// The entries of a part of the log as a stream shows them: all messages of a run in one, placed where the first of them begins.
pub(super) fn frames(batch: &[Raw]) -> Vec<Value> {
    let mut shown: Vec<Shown<'_>> = Vec::new();
    let mut places = HashMap::new();
    for raw in batch {
        match &raw.what {
            What::Entry(entry) | What::Tool { entry, .. } => shown.push(Shown::entry(raw, entry)),
            What::Fragment { block, speech, text } => {
                let block = (*speech == Speech::Thinking).then_some(*block);
                let at = *places.entry((raw.run.as_deref(), block)).or_insert(shown.len());
                match shown.get_mut(at) {
                    Some(entry) => entry.extend(raw, text),
                    None => shown.push(Shown::text(raw, *speech, text)),
                }
            }
            What::TextEnd { .. } | What::FinalText { .. } => {}
        }
    }
    written(&shown, Dialect::Current)
}

fn written(shown: &[Shown<'_>], dialect: Dialect) -> Vec<Value> {
    let places = 0..shown.len();
    places.map(|at| shown[at].json(dialect, duration(shown, at, dialect))).collect()
}

/// What an entry is said to have taken: the time between its pieces, else the gap to the next entry.
fn duration(shown: &[Shown<'_>], at: usize, dialect: Dialect) -> i64 {
    let entry = &shown[at];
    if let Some(ended) = entry.ended {
        return (ended - entry.at).num_milliseconds();
    }
    let next = shown[at + 1..]
        .iter()
        .find(|next| dialect == Dialect::Seed || next.run.is_some() && next.run == entry.run);
    let gap = next.map_or(0, |next| (next.at - entry.at).num_milliseconds());
    match dialect {
        Dialect::Seed => gap,
        Dialect::Current => gap.min(LONGEST_GAP),
    }
}

impl<'a> Shown<'a> {
    fn entry(raw: &'a Raw, entry: &'a Entry) -> Self {
        let content = Content::Entry(entry);
        Self { content, ended: None, is_finished: true, ..Self::blank(raw) }
    }

    fn text(raw: &'a Raw, speech: Speech, text: &str) -> Self {
        let content = Content::Text(speech, text.to_owned());
        Self { content, ..Self::blank(raw) }
    }

    fn blank(raw: &'a Raw) -> Self {
        Self {
            id: &raw.id,
            run: raw.run.as_deref(),
            at: raw.at,
            ended: Some(raw.at),
            is_finished: false,
            content: Content::Text(Speech::Message, String::new()),
        }
    }

    fn extend(&mut self, raw: &'a Raw, more: &str) {
        self.id = &raw.id;
        self.ended = Some(raw.at);
        if let Content::Text(_, text) = &mut self.content {
            text.push_str(more);
        }
    }

    fn is_message(&self) -> bool {
        matches!(self.content, Content::Text(Speech::Message, _))
    }

    fn json(&self, dialect: Dialect, duration: i64) -> Value {
        let mut json = match &self.content {
            Content::Entry(entry) => entry.json(dialect),
            Content::Text(speech, text) => Entry::new(speech.kind(), text).json(dialect),
        };
        json["id"] = json!(self.id);
        json["occurredAt"] = json!(time_text(self.at));
        json["durationMs"] = json!(duration);
        if dialect == Dialect::Current {
            json["runId"] = json!(self.run);
        }
        if let Content::Entry(entry) = &self.content {
            for (name, value) in entry.replaced() {
                json[name] = value.clone();
            }
        }
        json
    }
}

impl Speech {
    fn kind(self) -> &'static str {
        match self {
            Self::Message => "agent.message.delta",
            Self::Thinking => "agent.thinking.delta",
        }
    }
}
