//! What of two answers must be the same: all but ids, which must belong together, and times, which must come in the same order.

use chrono::DateTime;
use serde_json::Value;

use super::ids::{Ids, is_ulid};

/// Compares bodies and learns which ids belong together.
pub(super) struct Comparison<'a> {
    pub(super) ids: &'a mut Ids,
    /// Each time of the recording with the one in its place.
    times: Vec<(String, String)>,
    /// Other texts with their places. Ids can stand in them that are learned further on.
    texts: Vec<(String, String, String)>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(ids: &'a mut Ids) -> Self {
        Self { ids, times: Vec::new(), texts: Vec::new() }
    }

    /// `at` says where in the body the values are.
    pub(super) fn json(&mut self, theirs: &Value, ours: &Value, at: &str) -> Result<(), String> {
        match (theirs, ours) {
            (Value::Object(theirs), Value::Object(ours)) => {
                if !theirs.keys().eq(ours.keys()) {
                    let names = |object: &serde_json::Map<_, _>| format!("{:?}", object.keys());
                    return Err(format!("{at} has {}, not {}", names(ours), names(theirs)));
                }
                let mut fields = theirs.iter().zip(ours.values());
                fields.try_for_each(|((name, theirs), ours)| {
                    self.json(theirs, ours, &format!("{at}/{name}"))
                })
            }
            (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
                let mut items = theirs.iter().zip(ours).enumerate();
                items.try_for_each(|(i, (theirs, ours))| {
                    self.json(theirs, ours, &format!("{at}/{i}"))
                })
            }
            (Value::String(theirs), Value::String(ours)) => self.text(theirs, ours, at),
            (Value::Number(_), Value::Number(ours)) if at.ends_with("/durationMs") => {
                ours.as_u64().map(drop).ok_or_else(|| format!("{at} is {ours}"))
            }
            _ if theirs == ours => Ok(()),
            _ => Err(format!("{at} is {ours}, not {theirs}")),
        }
    }

    pub(super) fn text(&mut self, theirs: &str, ours: &str, at: &str) -> Result<(), String> {
        if is_ulid(theirs) && is_ulid(ours) {
            return self.ids.bind(theirs, ours).map_err(|problem| format!("{at}: {problem}"));
        }
        if is_time(theirs) && is_time(ours) {
            self.times.push((theirs.to_owned(), ours.to_owned()));
            return Ok(());
        }
        self.texts.push((theirs.to_owned(), ours.to_owned(), at.to_owned()));
        Ok(())
    }

    /// Compares what could not be compared before all ids were known.
    pub(super) fn finish(mut self) -> Result<(), String> {
        for (theirs, ours, at) in &self.texts {
            let (theirs, ours) = (without_host(&self.ids.translate(theirs)), without_host(ours));
            if theirs != ours {
                return Err(format!("{at} is {ours:.300?}, not {theirs:.300?}"));
            }
        }
        // What came later there must not have come earlier here.
        self.times.sort();
        let is_wrong = |pair: &&[(String, String)]| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1;
        match self.times.windows(2).find(is_wrong) {
            None => Ok(()),
            Some(pair) => Err(format!("the times {pair:?} are in another order")),
        }
    }
}

/// A time as the vendor writes it, with milliseconds and in UTC.
fn is_time(text: &str) -> bool {
    text.len() == 24 && text.ends_with('Z') && DateTime::parse_from_rfc3339(text).is_ok()
}

/// A text without what the recordings' README calls the host's: the charset of types, and the figures of timings.
fn without_host(text: &str) -> String {
    if text.starts_with("Runtime timing ") {
        return text.replace(|letter: char| letter.is_ascii_digit(), "");
    }
    text.replace(";charset=utf-8", "").replace("; charset=utf-8", "")
}
