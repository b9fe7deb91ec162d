//! A look at the text of an object for its tag, before the object is read.

use memchr::memchr2;

/// The first tag of an object, wherever it stands. `None` where it is missing or no string, and where it or a name before
/// it is written with escapes: a reader finds such. What is found of a text that is no JSON says nothing.
#[inline]
pub(super) fn plain_tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    // How most servers write it.
    let first = text.strip_prefix("{\"").and_then(|rest| rest.strip_prefix(name));
    match first.and_then(|rest| rest.strip_prefix("\":\"")) {
        Some(rest) => rest.get(..Scan(rest.as_bytes()).rest_of_plain_string()?.len()),
        None => searched(text, name),
    }
}

fn searched<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut scan = Scan(text.as_bytes());
    scan.take(b'{')?;
    loop {
        let found = scan.plain_string()?;
        scan.take(b':')?;
        if found == name.as_bytes() {
            let tag = scan.plain_string()?;
            let end = text.len() - scan.0.len() - 1;
            return text.get(end - tag.len()..end);
        }
        scan.pass_over_value()?;
    }
}

/// What is left of a text.
struct Scan<'t>(&'t [u8]);

impl<'t> Scan<'t> {
    /// Takes a byte.
    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Takes this byte, and blanks before it.
    fn take(&mut self, byte: u8) -> Option<()> {
        let mut next = self.next()?;
        while next != byte && next.is_ascii_whitespace() {
            next = self.next()?;
        }
        (next == byte).then_some(())
    }

    /// Takes a string without escapes.
    fn plain_string(&mut self) -> Option<&'t [u8]> {
        self.take(b'"')?;
        self.rest_of_plain_string()
    }

    /// Takes what is left of one.
    #[inline]
    fn rest_of_plain_string(&mut self) -> Option<&'t [u8]> {
        let (string, rest) = self.0.split_at_checked(quote_or_escape(self.0)?)?;
        let (end, rest) = rest.split_first()?;
        self.0 = rest;
        (*end == b'"').then_some(string)
    }

    /// Takes a value and the comma behind it. `None` at the end of the object.
    fn pass_over_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                b'"' => self.pass_over_string()?,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.checked_sub(1)?,
                b',' if depth == 0 => return Some(()),
                _ => {}
            }
        }
    }

    /// Takes what is left of a string.
    fn pass_over_string(&mut self) -> Option<()> {
        loop {
            self.0 = self.0.get(quote_or_escape(self.0)?..)?;
            if self.next()? == b'"' {
                return Some(());
            }
            self.next()?;
        }
    }
}

/// Where the first quote or backslash is.
#[inline]
fn quote_or_escape(bytes: &[u8]) -> Option<usize> {
    /// Of eight bytes each; a string that is longer is worth the beginning of a search.
    const SHORT: usize = 8;
    let mut rest = bytes;
    for _ in 0..SHORT {
        let Some((word, behind)) = rest.split_first_chunk() else {
            let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            return Some(bytes.len() - rest.len() + found);
        };
        if let Some(found) = quote_or_escape_in(u64::from_le_bytes(*word)) {
            return Some(bytes.len() - rest.len() + found);
        }
        rest = behind;
    }
    memchr2(b'"', b'\\', rest).map(|found| bytes.len() - rest.len() + found)
}

/// Which byte of eight is the first quote or backslash.
fn quote_or_escape_in(word: u64) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);
    // The highest bit of the first zero is set, and of none before it; behind it there may be more.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHEST;
    let either = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
    (either != 0).then(|| either.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_whatever_stands_before_it() {
        for text in [
            r#"{"type":"note","type":"dance"}"#,
            "\t{ \"type\" :\"note\"}",
            r#"{"type": "note"}"#,
            r#"{"a":1,"type":"note"}"#,
            " {\n\t\"a\" : null ,\r\n \"type\" : \"note\" , \"b\": 1 } ",
            r#"{"a":"","b":"}\\\"{\\","c":"type","type":"note"}"#,
            r#"{"a":{"type":"x","b":[{"type":"y"},"]}"]},"type":"note","type":"z"}"#,
            r#"{"a":"seventeen letters, and \"more\" than those","type":"note"}"#,
            r#"{"":[],"aé":"é\u00e9","type":"note"}"#,
            r#"{"a":[1,-2.5e+3,true,{}],"type":"note"}"#,
        ] {
            assert_eq!(plain_tag(text, "type"), Some("note"), "{text}");
        }
    }

    #[test]
    fn a_tag_is_found_behind_strings_of_any_length() {
        for length in 0..200 {
            for text in
                ["a".repeat(length), "\u{a1}\u{a2}".repeat(length), "\\\"\\\\".repeat(length)]
            {
                let whole = format!(r#"{{"{text}":1,"b":"{text}","type":"{text}"}}"#);
                let plain = Some(&*text).filter(|text| !text.contains('\\'));
                assert_eq!(plain_tag(&whole, "type"), plain, "{whole}");
                let last = format!(r#"{{"b":"{text}","type":"note"}}"#);
                assert_eq!(plain_tag(&last, "type"), Some("note"), "{last}");
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_or_missing_is_left_to_a_reader() {
        for text in [
            r#"{"type":"n\u006fte","a":1}"#,
            r#"{"type":5,"type":"note"}"#,
            r#"{"a":1,"t\u0079pe":"note","type":"dance"}"#,
            r#"{"a":1,"type":"n\u006fte"}"#,
            r#"{"a":1,"type":5}"#,
            r#"{"a":1,"type":["note"]}"#,
            r#"{"a":{"type":"note"}}"#,
            r#"{"a":["type","note"],"b":"type"}"#,
            "{}",
            "[]",
            r#""type""#,
            "1",
            "",
        ] {
            assert_eq!(plain_tag(text, "type"), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_cut_anywhere_is_no_reason_to_fail() {
        let text = r#" {"a" : {"é":["\"\\",1]}, "b":"\\", "type":"note"}"#;
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let whole = text.len() - 1;
            assert_eq!(plain_tag(&text[..end], "type").is_some(), end == whole, "{end}");
        }
    }
}
