//! Texts that a sender cuts between UTF-16 units.

use crate::utf8::from_utf8;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};
use std::{fmt, ops::Deref};

/// What stands for half a character that has no other half.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// A piece of a text, cut by a sender that counts in UTF-16 units.
///
/// Such a sender may cut a character in two. The halves are no text on their own, so as a [`str`] each reads as `U+FFFD`;
/// [`push`](Self::push) joins them again.
///
/// ```
/// # use agent_threads_core::TextPiece;
/// let pieces: Vec<TextPiece> = serde_json::from_str(r#"["so \ud83d", "\ude00!"]"#)?;
/// let mut text = TextPiece::default();
/// for piece in &pieces {
///     text.push(piece);
/// }
/// assert_eq!(&*text, "so 😀!");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextPiece {
    text: String,
    /// The second half of a character, if the piece begins with one.
    begins_with: Option<u16>,
    /// The first half of a character, if the piece ends with one.
    ends_with: Option<u16>,
}

impl TextPiece {
    /// The text, with `U+FFFD` for each half of a character.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, with `U+FFFD` for each half of a character.
    pub fn into_string(self) -> String {
        self.text
    }

    /// Adds the piece that follows. A character that is cut between the two is whole again.
    pub fn push(&mut self, next: &Self) {
        if self.text.is_empty() {
            return self.clone_from(next);
        }
        let mut end = TextEnd(self.ends_with);
        next.append_to(&mut self.text, &mut end);
        self.ends_with = end.0;
    }

    /// Adds the piece to a text whose end so far is known, and notes where it ends now. A character that is cut between the
    /// two is whole again.
    pub fn append_to(&self, text: &mut String, end: &mut TextEnd) {
        if self.text.is_empty() {
            return;
        }
        let joined = end.0.zip(self.begins_with).and_then(|(high, low)| join(high, low));
        match joined {
            Some(character) => {
                text.pop();
                text.push(character);
                text.push_str(self.text.strip_prefix(REPLACEMENT).unwrap_or(&self.text));
            }
            None => text.push_str(&self.text),
        }
        end.0 = self.ends_with;
    }

    /// Reads what serde_json makes of a string with such halves: UTF-8 but for the halves, each in three bytes.
    fn from_wtf8(mut bytes: &[u8]) -> Option<Self> {
        let mut piece = Self::default();
        loop {
            let whole = match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?,
            };
            if !whole.is_empty() {
                piece.push(&whole.into());
                bytes = bytes.get(whole.len()..)?;
            }
            let Some((half, rest)) = bytes.split_at_checked(3) else {
                return bytes.is_empty().then_some(piece);
            };
            piece.push(&Self::half(half)?);
            bytes = rest;
        }
    }

    /// One half of a character.
    fn half(bytes: &[u8]) -> Option<Self> {
        let [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF] = *bytes else { return None };
        let unit = 0xD000 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F);
        let is_first = unit < 0xDC00;
        Some(Self {
            text: REPLACEMENT.into(),
            begins_with: (!is_first).then_some(unit),
            ends_with: is_first.then_some(unit),
        })
    }
}

/// How a text ends that is put together from pieces: whether with half a character. Of an empty text, the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextEnd(Option<u16>);

fn join(high: u16, low: u16) -> Option<char> {
    char::decode_utf16([high, low]).next()?.ok()
}

impl Deref for TextPiece {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for TextPiece {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for TextPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<String> for TextPiece {
    fn from(text: String) -> Self {
        Self { text, begins_with: None, ends_with: None }
    }
}

impl From<&str> for TextPiece {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<TextPiece> for String {
    fn from(piece: TextPiece) -> Self {
        piece.text
    }
}

impl PartialEq<str> for TextPiece {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for TextPiece {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl Serialize for TextPiece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for TextPiece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for a string, serde_json refuses one with such halves. As bytes it gives them.
        deserializer.deserialize_bytes(Piece)
    }
}

struct Piece;

impl Visitor<'_> for Piece {
    type Value = TextPiece;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<TextPiece, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<TextPiece, E> {
        Ok(text.into())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<TextPiece, E> {
        match from_utf8(bytes) {
            Ok(text) => Ok(text.into()),
            Err(_) => TextPiece::from_wtf8(bytes)
                .ok_or_else(|| E::invalid_value(Unexpected::Other("bytes"), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// As JavaScript writes it: a half without its other half as an escape.
    fn json_of(units: &[u16]) -> String {
        let written = |unit: Result<char, std::char::DecodeUtf16Error>| match unit {
            Ok(character) => {
                let quoted = json!(character.to_string()).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Err(half) => format!("\\u{:04x}", half.unpaired_surrogate()),
        };
        let text: String = char::decode_utf16(units.iter().copied()).map(written).collect();
        format!("\"{text}\"")
    }

    fn joined(pieces: &[&[u16]]) -> String {
        let mut text = TextPiece::default();
        for piece in pieces {
            text.push(&serde_json::from_str(&json_of(piece)).unwrap());
        }
        text.into_string()
    }

    #[test]
    fn a_character_cut_in_two_is_joined() {
        assert_eq!(joined(&[&[0x61, 0xD83D], &[0xDE00, 0x62]]), "a😀b");
        assert_eq!(joined(&[&[0xD83D], &[], &[0xDE00]]), "😀");
        assert_eq!(joined(&[&[0xD83D], &[0xDE00, 0xD83D], &[0xDE01]]), "😀😁");
    }

    #[test]
    fn a_half_without_its_other_half_is_replaced() {
        assert_eq!(joined(&[&[0xD83D]]), "\u{FFFD}");
        assert_eq!(joined(&[&[0xD83D], &[0x61], &[0xDE00]]), "\u{FFFD}a\u{FFFD}");
        assert_eq!(joined(&[&[0xDE00], &[0xD83D]]), "\u{FFFD}\u{FFFD}");
        assert_eq!(joined(&[&[0xD83D], &[0xD83D], &[0xDE00]]), "\u{FFFD}😀");
    }

    #[test]
    fn a_replacement_character_that_was_sent_stays() {
        assert_eq!(joined(&[&[0xD83D], &[0xFFFD, 0x61]]), "\u{FFFD}\u{FFFD}a");
        assert_eq!(joined(&[&[0xFFFD], &[0xDE00]]), "\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn it_is_read_from_strings_and_nothing_else() {
        let read: TextPiece = serde_json::from_value(json!("a")).unwrap();
        assert_eq!(read, "a");
        assert_eq!(serde_json::to_value(&read).unwrap(), json!("a"));
        for odd in ["7", "null", "[97]", "{}", r#""\ud83"#] {
            assert!(serde_json::from_str::<TextPiece>(odd).is_err(), "{odd}");
        }
        for odd in [json!(7), json!(null), json!([97])] {
            assert!(serde_json::from_value::<TextPiece>(odd).is_err());
        }
    }

    proptest! {
        #[test]
        fn wherever_a_text_is_cut_it_is_whole_again(text in ".*", cuts in proptest::collection::vec(0..64usize, 0..8)) {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut cuts: Vec<_> = cuts.into_iter().map(|at| at.min(units.len())).collect();
            cuts.extend([0, units.len()]);
            cuts.sort_unstable();
            let pieces: Vec<_> = cuts.windows(2).map(|pair| &units[pair[0]..pair[1]]).collect();
            prop_assert_eq!(joined(&pieces), text);
        }

        #[test]
        fn any_units_give_what_javascript_would_show(units in proptest::collection::vec(any::<u16>(), 0..16), cut in 0..16usize) {
            let cut = cut.min(units.len());
            let pieces = [&units[..cut], &units[cut..]];
            prop_assert_eq!(joined(&pieces), String::from_utf16_lossy(&units));
        }
    }
}
