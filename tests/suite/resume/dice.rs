//! Chance that can be had again.

/// A seeded generator (SplitMix64): the same seed, the same run.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Another generator, so that what one draws does not change what the other does.
    pub(super) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 on and below `end`, which is not 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number below `2^bits`, small ones as likely as large ones.
    pub(super) fn small(&mut self, bits: u64) -> usize {
        let bits = self.below(bits + 1);
        usize::try_from(self.below(1 << bits)).unwrap()
    }

    pub(super) fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    /// A text of so many words at most, each with what follows it. Characters have one to four bytes, and words repeat.
    pub(super) fn words(&mut self, most: u64) -> Vec<String> {
        const WORDS: [&str; 12] = [
            "a",
            "a ",
            "tickets ",
            "Größe ",
            "\n",
            "漢字",
            "🦀 ",
            "é",
            "e\u{301}",
            "\"q\" ",
            "data: x\n\n",
            "\\",
        ];
        let words = 1 + self.below(most);
        let mut words: Vec<_> = (0..words).map(|_| self.pick(&WORDS).to_owned()).collect();
        if self.one_in(40) {
            let long = 1000 * (1 + self.small(4));
            words.push("longü".repeat(long / 5));
        }
        words
    }
}
