//! Text that is told anew on every connection, and fragments of it that have no stable ids.

use std::collections::{HashSet, VecDeque};

/// How many ids of events are remembered: as many as the server tells again at most.
const REMEMBERED: usize = 1000;

/// What to do with a frame that carries text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Nothing of it is new.
    Known,
    /// This follows what was there.
    More(String),
    /// What was there is void. This is the text so far.
    Instead(String),
}

/// One text of a run: all that its assistant said, or all that it thought.
///
/// Each connection tells it from its beginning: what the server had in one frame or several, and behind that what follows.
#[derive(Debug, Default)]
pub(crate) struct Text {
    so_far: String,
    /// How much of it this connection has told, in bytes.
    told: usize,
}

impl Text {
    pub(crate) fn so_far(&self) -> &str {
        &self.so_far
    }

    /// A connection stands, which begins anew.
    pub(crate) fn reopened(&mut self) {
        self.told = 0;
    }

    pub(crate) fn take(&mut self, frame: &str) -> Piece {
        let untold = self.so_far.get(self.told..).unwrap_or_default();
        if untold.starts_with(frame) {
            self.told += frame.len();
            return Piece::Known;
        }
        if let Some(more) = frame.strip_prefix(untold) {
            let more = more.to_owned();
            self.so_far.push_str(&more);
            self.told = self.so_far.len();
            return Piece::More(more);
        }
        self.so_far.truncate(self.told);
        self.so_far.push_str(frame);
        self.told = self.so_far.len();
        Piece::Instead(self.so_far.clone())
    }
}

/// What stands for the latest events, for those whose ids are stable.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    marks: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    /// Whether it is the first time.
    pub(crate) fn is_new(&mut self, mark: &str) -> bool {
        if !self.marks.insert(mark.to_owned()) {
            return false;
        }
        self.order.push_back(mark.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.marks.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fragments_follow_each_other_within_a_connection() {
        let mut text = Text::default();
        assert_eq!(text.take("Hello! "), Piece::More("Hello! ".into()));
        assert_eq!(text.take("Hello! "), Piece::More("Hello! ".into()));
        assert_eq!(text.so_far(), "Hello! Hello! ");
    }

    #[test]
    fn a_new_connection_tells_it_all_and_only_what_is_new_is_delivered() {
        let mut text = Text::default();
        text.take("Hello");
        text.reopened();
        assert_eq!(text.take("Hello world"), Piece::More(" world".into()));
        assert_eq!(text.take("!"), Piece::More("!".into()));
        text.reopened();
        assert_eq!(text.take("Hello world!"), Piece::Known);
        text.reopened();
        assert_eq!(text.take("Other"), Piece::Instead("Other".into()));
        assert_eq!(text.so_far(), "Other");
    }

    #[test]
    fn a_connection_that_tells_it_in_several_frames_repeats_nothing() {
        let mut text = Text::default();
        text.take("One. ");
        text.take("Two.");
        text.reopened();
        assert_eq!(text.take("One. "), Piece::Known);
        assert_eq!(text.take("Two. Three."), Piece::More(" Three.".into()));
        text.reopened();
        assert_eq!(text.take("One. "), Piece::Known);
        assert_eq!(text.take("2."), Piece::Instead("One. 2.".into()));
        assert_eq!(text.take(" 3."), Piece::More(" 3.".into()));
        assert_eq!(text.so_far(), "One. 2. 3.");
    }

    #[test]
    fn ids_are_remembered_as_long_as_the_server_can_repeat_them() {
        let mut seen = Seen::default();
        for id in 0..REMEMBERED {
            assert!(seen.is_new(&id.to_string()));
        }
        assert!(!seen.is_new("0"));
        assert!(seen.is_new("one more"));
        assert!(seen.is_new("0"), "the oldest is forgotten");
        assert_eq!(seen.marks.len(), REMEMBERED);
    }

    proptest! {
        /// However a text is cut into fragments and connections, what is delivered adds up to it.
        #[test]
        fn what_is_delivered_adds_up_to_the_text(
            fragments in prop::collection::vec("[a-cé]{1,4}", 1..20),
            cuts in prop::collection::vec(0..3, 20),
        ) {
            let (mut text, mut delivered, mut stored) = (Text::default(), String::new(), String::new());
            for (at, (fragment, cut)) in fragments.iter().zip(cuts).enumerate() {
                stored.push_str(fragment);
                let frames = match cut {
                    0 => vec![fragment.clone()],
                    1 => vec![stored.clone()],
                    _ => fragments[..=at].to_vec(),
                };
                if cut > 0 {
                    text.reopened();
                }
                for frame in frames {
                    match text.take(&frame) {
                        Piece::Known => {}
                        Piece::More(more) => delivered.push_str(&more),
                        Piece::Instead(_) => prop_assert!(false, "nothing was taken back"),
                    }
                }
                prop_assert_eq!(&delivered, &stored);
            }
            prop_assert_eq!(text.so_far(), stored);
        }
    }
}
