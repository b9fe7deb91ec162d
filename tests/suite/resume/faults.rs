//! What goes wrong with a request, and how its stream breaks.

use super::dice::Dice;
use std::time::Duration;

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// No connection is made.
    Refused,
    /// The connection is lost before the request has taken effect.
    Lost,
    /// The request takes effect, and its answer is lost.
    AnswerLost,
    /// Nothing ever comes.
    Hangs,
    Status {
        status: u16,
        retry_after: Option<(&'static str, u64)>,
        html: bool,
    },
    /// The answer breaks.
    Breaks(Place, End),
}

/// Where an answer breaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Bytes(usize),
    /// Between two chunks of the server's; of a stream, between two events.
    Events(usize),
    /// Behind the first byte of a character that has several.
    InCharacter(usize),
}

/// How it breaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Cut,
    /// As if this were all.
    Clean,
    /// Nothing more comes, and the connection stays.
    Stall,
}

/// Whether the faults stay within what the client's retry policy allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    /// So many faults at most, of a policy that allows for more. The run must come to its end.
    Bounded,
    /// Faults without end. The run must come to an error, unless it gets to its end between them.
    Endless,
}

impl Fault {
    pub(super) fn draw(dice: &mut Dice, is_stream: bool, mood: Mood) -> Self {
        match dice.below(if is_stream { 14 } else { 8 }) {
            0 => Self::Refused,
            1 => Self::Lost,
            2 => Self::AnswerLost,
            3 => Self::Hangs,
            4 | 5 => Self::status(dice, mood),
            _ => Self::Breaks(Place::draw(dice), End::draw(dice, is_stream)),
        }
    }

    fn status(dice: &mut Dice, mood: Mood) -> Self {
        let status = dice.pick(&[408, 429, 429, 500, 502, 503, 504]);
        let longest = if mood == Mood::Endless && dice.one_in(4) { 200 } else { 60 };
        let retry_after = match dice.below(3) {
            0 => None,
            1 => Some(("retry-after", dice.below(longest))),
            _ => Some(("retry-after-ms", dice.below(5000))),
        };
        Self::Status { status, retry_after, html: dice.one_in(2) }
    }

    /// The name under which it is counted.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Refused => "no connection",
            Self::Lost => "lost before the request",
            Self::AnswerLost => "lost before the answer",
            Self::Hangs => "no answer",
            Self::Status { status: 429, .. } => "429",
            Self::Status { .. } => "408 or 5xx",
            Self::Breaks(Place::Bytes(0) | Place::Events(0), End::Cut) => "200 and dropped",
            Self::Breaks(Place::Bytes(_), End::Cut) => "cut at a byte",
            Self::Breaks(Place::Events(_), End::Cut) => "cut between events",
            Self::Breaks(Place::InCharacter(_), End::Cut) => "cut in a character",
            Self::Breaks(_, End::Clean) => "ended cleanly too early",
            Self::Breaks(_, End::Stall) => "stalled",
        }
    }
}

impl Place {
    fn draw(dice: &mut Dice) -> Self {
        match dice.below(5) {
            0 => Self::Bytes(0),
            1 => Self::Bytes(dice.small(12)),
            2 | 3 => Self::Events(dice.small(6)),
            _ => Self::InCharacter(dice.small(4)),
        }
    }
}

impl End {
    /// The length of an answer that is no stream is known, so that it cannot end too early without notice.
    fn draw(dice: &mut Dice, is_stream: bool) -> Self {
        match dice.below(6) {
            0 => Self::Stall,
            1 | 2 if is_stream => Self::Clean,
            _ => Self::Cut,
        }
    }
}

/// Some seconds, often none.
pub(super) fn moment(dice: &mut Dice) -> Duration {
    Duration::from_millis(dice.small(20) as u64)
}
