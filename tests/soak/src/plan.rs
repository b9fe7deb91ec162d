//! What a run is to say, made of its number alone: what is delivered is compared with this, and with nothing that went over a wire.

use std::time::Duration;

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The message that starts it, which no other run has.
    pub(crate) name: String,
    /// What it says piece by piece. Each piece is unlike all others of all runs and ends with a space.
    pub(crate) pieces: Vec<String>,
    /// How long it takes from one piece to the next.
    pub(crate) pace: Duration,
}

impl Plan {
    pub(crate) fn new(seed: u64, lane: &str, serial: u64) -> Self {
        Self::of(format!("{lane}-{seed}-{serial}"))
    }

    /// The run that is started with a message.
    pub(crate) fn of(name: String) -> Self {
        let mut random = fastrand::Rng::with_seed(fingerprint(&name));
        let pieces = random.usize(20..=50);
        let life = Duration::from_millis(random.u64(10_000..=30_000));
        let pieces = (0..pieces).map(|at| piece(&name, at, &mut random)).collect::<Vec<_>>();
        let pace = life / u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        Self { name, pieces, pace }
    }

    /// Whether a piece is said beside the text, where the vendor has something for that.
    pub(crate) fn is_aside(at: usize) -> bool {
        at % 6 == 5
    }

    /// The pieces of the text, with those that are said beside it left out.
    pub(crate) fn text(&self) -> String {
        let text = self.pieces.iter().enumerate().filter(|(at, _)| !Self::is_aside(*at));
        text.map(|(_, piece)| piece.as_str()).collect()
    }
}

/// A piece that ends with a space and has no other, as long as the words of a model are and longer.
fn piece(name: &str, at: usize, random: &mut fastrand::Rng) -> String {
    const FILLERS: [&str; 5] = ["", "Maß", "\"quoted\\\"", "数据", "🦀 "];
    let filler = FILLERS[random.usize(..FILLERS.len())].trim_end();
    format!("{name}/{at}:{filler}{} ", "x".repeat(random.usize(..40)))
}

/// FNV-1a, which is the same in all builds.
pub(crate) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_follows_from_the_message_and_its_pieces_are_all_unlike() {
        let (one, again) = (Plan::new(7, "modus", 1), Plan::of("modus-7-1".to_owned()));
        assert_eq!(one.pieces, again.pieces);
        let other = Plan::new(7, "modus", 2);
        let all: std::collections::HashSet<_> = one.pieces.iter().chain(&other.pieces).collect();
        assert_eq!(all.len(), one.pieces.len() + other.pieces.len());
        assert!(all.iter().all(|piece| piece.matches(' ').count() == 1 && piece.ends_with(' ')));
    }
}
