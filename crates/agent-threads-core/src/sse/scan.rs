//! Where lines end.

use memchr::memchr2;

/// Up to here a line is short.
const NEAR: usize = 4 * WORD;

const WORD: usize = size_of::<u64>();

/// The first line end of what begins with a line, or goes on with one. Data are mostly long, other fields are not.
#[inline]
pub(super) fn line_end(bytes: &[u8], begins: bool) -> Option<usize> {
    match bytes.first() {
        Some(b'd') => far_end(bytes),
        _ if begins => near_end(bytes),
        _ => far_end(bytes),
    }
}

/// The first line end, where it is likely to be far.
#[inline]
pub(super) fn far_end(bytes: &[u8]) -> Option<usize> {
    memchr2(b'\n', b'\r', bytes)
}

/// The first line end, where it is likely to be near: to begin costs nothing.
#[inline]
pub(super) fn near_end(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes[..bytes.len().min(NEAR)].as_chunks::<WORD>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let ends = zeros(word ^ all(b'\n')) | zeros(word ^ all(b'\r'));
        if ends != 0 {
            return Some(number * WORD + ends.trailing_zeros() as usize / 8);
        }
    }
    let searched = words.len() * WORD;
    far_end(&bytes[searched..]).map(|end| searched + end)
}

/// A word of the same bytes.
const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WORD])
}

/// The upper bit of each byte that is zero. Only what is above the lowest such bit can be wrong.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(all(0x01)) & !word & all(0x80)
}
