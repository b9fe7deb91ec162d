//! Which id of the recordings is which of the sandbox's, one to one.

use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Ids {
    ours: HashMap<String, String>,
    theirs: HashMap<String, String>,
}

impl Ids {
    /// Learns a pair. An error if either id belongs to another one.
    pub(super) fn bind(&mut self, theirs: &str, ours: &str) -> Result<(), String> {
        let (known, other) = (self.ours.get(theirs), self.theirs.get(ours));
        if known.is_some_and(|known| known != ours) || other.is_some_and(|other| other != theirs) {
            return Err(format!("{theirs} is {known:?}, and {ours} is {other:?}"));
        }
        self.ours.insert(theirs.to_owned(), ours.to_owned());
        self.theirs.insert(ours.to_owned(), theirs.to_owned());
        Ok(())
    }

    /// A text of the recordings with the sandbox's ids in it, in the case that they have there.
    pub(super) fn translate(&self, text: &str) -> String {
        let is_word = |letter: char| letter.is_ascii_alphanumeric();
        let mut translated = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            translated.push_str(&self.one(word));
            let other = after.find(is_word).unwrap_or(after.len());
            translated.push_str(&after[..other]);
            rest = &after[other..];
        }
        translated
    }

    fn one(&self, word: &str) -> String {
        match (self.ours.get(word), self.ours.get(&word.to_uppercase())) {
            (Some(ours), _) => ours.clone(),
            (None, Some(ours)) => ours.to_lowercase(),
            (None, None) => word.to_owned(),
        }
    }
}

/// Whether a text is an id as the vendor writes it.
pub(super) fn is_ulid(text: &str) -> bool {
    let is_digit = |byte: u8| b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&byte);
    text.len() == 26 && text.as_bytes()[0] <= b'7' && text.bytes().all(is_digit)
}
