//! Sequences of chunks, as lines of JSON.

use agent_threads_deco_studio::Assembler;
use serde_json::{Value, json};
use std::fmt;

/// A sequence of chunks.
pub(super) struct Case {
    pub(super) name: String,
    /// The message that goes on.
    pub(super) prior: Option<Value>,
    /// Why ours is to differ from the vendor's.
    pub(super) deviates: Option<String>,
    pub(super) told: Vec<Told>,
}

pub(super) enum Told {
    /// A chunk, in the text in which it comes: half a character is no value of `serde_json`.
    Chunk(String),
    /// The rest is told on a new connection.
    Reconnected,
}

impl Case {
    pub(super) fn new(name: impl Into<String>, prior: Option<Value>) -> Self {
        Self { name: name.into(), prior, deviates: None, told: Vec::new() }
    }

    pub(super) fn chunk(&mut self, chunk: &Value) {
        self.told.push(Told::Chunk(chunk.to_string()));
    }

    /// The assembler that is to read it.
    pub(super) fn assembler(&self) -> Assembler {
        match &self.prior {
            Some(prior) => Assembler::continuing(serde_json::from_value(prior.clone()).unwrap()),
            None => Assembler::new(),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = match &self.prior {
            Some(prior) => json!({ "case": self.name, "prior": prior }),
            None => json!({ "case": self.name }),
        };
        writeln!(f, "{head}")?;
        for told in &self.told {
            match told {
                Told::Chunk(text) => writeln!(f, "{text}")?,
                Told::Reconnected => writeln!(f, "{}", json!({ "reconnected": true }))?,
            }
        }
        Ok(())
    }
}

/// Each rule of how a message is put together, once.
pub(super) fn by_hand() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("corpus.jsonl").lines() {
        if line.starts_with(r#"{"case""#) {
            let head: Value = serde_json::from_str(line).unwrap();
            let mut case = Case::new(head["case"].as_str().unwrap(), head.get("prior").cloned());
            case.deviates = head["deviates"].as_str().map(str::to_owned);
            cases.push(case);
            continue;
        }
        let told = match line.starts_with(r#"{"reconnected""#) {
            true => Told::Reconnected,
            false => Told::Chunk(line.to_owned()),
        };
        cases.last_mut().unwrap().told.push(told);
    }
    cases
}
