//! Faults at random: which answer breaks, and how.

use crate::tally::Tally;
use agent_threads_sandbox::{
    Fault, RetryAfter,
    sse::{Frame, StreamBreak, StreamFault},
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// No stream of a run has more events.
const MOST_EVENTS: usize = 150;

/// Makes the faults of one vendor.
#[derive(Clone)]
pub(crate) struct Chaos {
    /// Of how many answers, and of how many events, one in a hundred breaks.
    percent: f64,
    random: fastrand::Rng,
    tally: Arc<Tally>,
    retold: Retold,
}

/// The runs, by whatever stands for them in the paths of their streams, that their server has told differently from one time to the
/// next: with an event twice, one too many, or one with a byte that is not UTF-8.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retold(Arc<Mutex<HashSet<String>>>);

impl Retold {
    fn add(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    /// Whether a run is one of them, which it is not any more.
    pub(crate) fn take(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

impl Chaos {
    pub(crate) fn new(percent: f64, seed: u64, tally: Arc<Tally>, retold: Retold) -> Self {
        Self { percent, random: fastrand::Rng::with_seed(seed), tally, retold }
    }

    /// The same with another sequence of random numbers.
    pub(crate) fn fork(&mut self) -> Self {
        Self { random: self.random.fork(), ..self.clone() }
    }

    /// What is wrong with an answer that is no stream, if anything is.
    pub(crate) fn of_answer(&mut self) -> Option<Fault> {
        self.tally.request(false);
        self.strikes().then(|| self.answer())
    }

    /// What is wrong with an answer that is the stream of a run. `unknown` is an event that no client knows.
    pub(crate) fn of_stream(&mut self, run: &str, unknown: &Frame) -> Option<Fault> {
        self.tally.request(true);
        if self.strikes() {
            return Some(self.answer());
        }
        let mut fault = StreamFault::new();
        for at in 0..MOST_EVENTS {
            if !self.strikes() {
                continue;
            }
            fault = match self.random.u8(..5) {
                0 => {
                    fault = self.end(fault, at);
                    break;
                }
                1 => {
                    fault = fault.stall_after_events(at);
                    break;
                }
                2 => fault.repeat(at),
                3 => fault.insert(at, unknown.clone()),
                _ => fault.bad_utf8(at),
            };
        }
        let (tally, retold, run) = (self.tally.clone(), self.retold.clone(), run.to_owned());
        let fault = fault.on_break(move |what| {
            let (name, retells) = described(what);
            tally.fault(name);
            if retells {
                retold.add(&run);
            }
        });
        Some(fault.into())
    }

    /// A connection that is cut, or now and then ended as if all were well.
    fn end(&mut self, fault: StreamFault, at: usize) -> StreamFault {
        match self.random.u8(..4) {
            0 => fault.end_after_events(at),
            1 => fault.cut_after_bytes(at * 60 + self.random.usize(..60)),
            _ => fault.cut_after_events(at),
        }
    }

    fn strikes(&mut self) -> bool {
        self.random.f64() * 100.0 < self.percent
    }

    fn answer(&mut self) -> Fault {
        let soon = SystemTime::now() + Duration::from_secs(1);
        let (name, fault) = match self.random.u8(..9) {
            0 => ("5xx", Fault::status(503)),
            1 => ("5xx", Fault::html(502)),
            2 => ("5xx, carried out", Fault::status(500).with_effect()),
            3 => ("429", Fault::rate_limited(RetryAfter::Seconds(1))),
            4 => ("429", Fault::rate_limited(RetryAfter::Millis(200))),
            5 => ("429", Fault::rate_limited(RetryAfter::Date(soon))),
            6 => ("body cut", Fault::cut_after(self.random.usize(1..200))),
            7 => ("200, then dropped", Fault::cut_after(0)),
            _ => ("dropped, carried out", Fault::close().with_effect()),
        };
        self.tally.fault(name);
        fault
    }
}

/// The name of a break, and whether a later connection will tell something else.
fn described(what: StreamBreak) -> (&'static str, bool) {
    match what {
        StreamBreak::Inserted => ("event unknown", true),
        StreamBreak::Repeated => ("event twice", true),
        StreamBreak::BadUtf8 => ("bad UTF-8", true),
        StreamBreak::Ended => ("stream ended", false),
        StreamBreak::Cut => ("stream cut", false),
        StreamBreak::Stalled => ("stream stalled", false),
        _ => ("other", false),
    }
}
