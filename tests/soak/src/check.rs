//! What was delivered, beside what was to be.

/// How a run's delivery differs from its plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Pieces that were to come and did not, or not in their place; ends that are not as planned.
    pub(crate) lost: u64,
    /// Pieces that came after they had come.
    pub(crate) repeated: u64,
    /// Pieces that are no run's, or another's.
    pub(crate) foreign: u64,
    /// The first that is wrong, for those who look for the reason.
    pub(crate) first: Option<String>,
}

/// How a run went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// Its server has told it differently from one time to the next, so that what it told again could not be known again.
    pub(crate) retold: bool,
    /// Some of its pieces are in the outcome only: of a run that has ended while its stream was lost, or text that a fault has made
    /// into something else.
    pub(crate) untold: bool,
}

/// What a client puts in the place of a byte that is not UTF-8.
const REPLACEMENT: char = '\u{fffd}';

impl Verdict {
    /// Compares pieces in the order of their delivery. What a fault has put into a piece does not count.
    pub(crate) fn of<E: AsRef<str>, D: AsRef<str>>(expected: &[E], delivered: &[D]) -> Self {
        let mut verdict = Self::default();
        let mut next = 0;
        for piece in delivered {
            let piece = mended(piece.as_ref());
            let place = expected.iter().position(|expected| expected.as_ref() == piece);
            match place {
                Some(at) if at >= next => {
                    verdict.lose(at - next, || format!("before {piece:?}"));
                    next = at + 1;
                }
                Some(_) => verdict.repeated += 1,
                None => {
                    verdict.foreign += 1;
                    verdict.first.get_or_insert_with(|| format!("foreign {piece:?}"));
                }
            }
        }
        verdict.lose(expected.len() - next, || format!("behind piece {next}"));
        verdict
    }

    /// Compares what there is at the end.
    pub(crate) fn and_end(mut self, expected: &str, found: &str) -> Self {
        let is_lost = usize::from(expected != found);
        self.lose(is_lost, || format!("{found:?} in the place of {expected:?}"));
        self
    }

    /// Compares what there is at the end as a stream told it.
    pub(crate) fn and_told_end(self, expected: &str, found: &str) -> Self {
        let found = mended(found);
        self.and_end(expected, &found)
    }

    /// Counts what another comparison has found as a loss, repeats included.
    pub(crate) fn and_all_once(mut self, other: Self) -> Self {
        self.lost += other.lost;
        self.lose(usize::try_from(other.repeated).unwrap_or(usize::MAX), || "twice".to_owned());
        self.foreign += other.foreign;
        self.first = self.first.or(other.first);
        self
    }

    /// What is in the outcome only is no loss.
    pub(crate) fn without_losses(self) -> Self {
        Self { lost: 0, first: None, ..self }
    }

    fn lose(&mut self, pieces: usize, what: impl FnOnce() -> String) {
        if pieces > 0 {
            self.lost += count(pieces);
            self.first.get_or_insert_with(what);
        }
    }
}

/// The text without what a fault has put into it.
pub(crate) fn mended(text: &str) -> String {
    text.replace(REPLACEMENT, "")
}

fn count(pieces: usize) -> u64 {
    u64::try_from(pieces).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(delivered: &[&str]) -> (u64, u64, u64) {
        let Verdict { lost, repeated, foreign, .. } = Verdict::of(&["a ", "b ", "c "], delivered);
        (lost, repeated, foreign)
    }

    #[test]
    fn each_piece_must_come_once_and_in_its_place() {
        assert_eq!(verdict(&["a ", "b ", "c "]), (0, 0, 0));
        assert_eq!(verdict(&["a ", "c "]), (1, 0, 0));
        assert_eq!(verdict(&["a ", "b "]), (1, 0, 0));
        assert_eq!(verdict(&[]), (3, 0, 0));
        assert_eq!(verdict(&["a ", "a ", "b ", "c "]), (0, 1, 0));
        assert_eq!(verdict(&["b ", "a ", "c "]), (1, 1, 0));
        assert_eq!(verdict(&["a ", "x ", "b ", "c "]), (0, 0, 1));
        assert_eq!(verdict(&["a ", "b\u{fffd} ", "c "]), (0, 0, 0));
    }

    #[test]
    fn another_end_is_a_loss() {
        let clean = Verdict::default;
        assert_eq!(clean().and_end("a", "a"), clean());
        assert_eq!(clean().and_end("a", "a\u{fffd}").lost, 1);
        assert_eq!(clean().and_told_end("a", "a\u{fffd}"), clean());
    }
}
