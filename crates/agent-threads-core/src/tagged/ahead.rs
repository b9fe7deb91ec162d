//! A look at the text of an object for its tag, before the object is read.

use memchr::memchr2;

/// The tag of an object, if it stands behind other fields. `None` where it comes first or is missing, and where a name or
/// the tag is written with escapes or is no string: a reader finds such as it goes. What is found of a text that is no
/// JSON says nothing.
pub(super) fn late_tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut scan = Scan { text, at: 0 };
    scan.take(b'{')?;
    let mut is_first = true;
    loop {
        let found = scan.plain_string()?;
        scan.take(b':')?;
        if found == name {
            return if is_first { None } else { scan.plain_string() };
        }
        is_first = false;
        scan.pass_over_value()?;
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    /// Takes this byte, and blanks before it.
    fn take(&mut self, byte: u8) -> Option<()> {
        let rest = &self.text.as_bytes()[self.at..];
        let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        self.at += blanks + 1;
        (rest[blanks] == byte).then_some(())
    }

    /// Takes a string without escapes.
    fn plain_string(&mut self) -> Option<&'t str> {
        self.take(b'"')?;
        let start = self.at;
        let end = self.quote_or_escape()?;
        self.at = end + 1;
        (self.text.as_bytes()[end] == b'"').then_some(&self.text[start..end])
    }

    /// Takes a value and the comma behind it. `None` at the end of the object.
    fn pass_over_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            self.at += 1;
            match byte {
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
            let found = self.quote_or_escape()?;
            if self.text.as_bytes()[found] == b'"' {
                self.at = found + 1;
                return Some(());
            }
            self.at = found + 2;
        }
    }

    /// Where the next quote or backslash is.
    fn quote_or_escape(&self) -> Option<usize> {
        /// Strings up to about here end sooner than a search for them begins.
        const SHORT: usize = 16;
        let rest = self.text.as_bytes().get(self.at..)?;
        let (near, far) = rest.split_at(rest.len().min(SHORT));
        let is_either = |byte: &u8| matches!(byte, b'"' | b'\\');
        let found = near
            .iter()
            .position(is_either)
            .or_else(|| memchr2(b'"', b'\\', far).map(|at| near.len() + at))?;
        Some(self.at + found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_behind_other_fields_is_found_whatever_they_are() {
        for text in [
            r#"{"a":1,"type":"note"}"#,
            " {\n\t\"a\" : null ,\r\n \"type\" : \"note\" , \"b\": 1 } ",
            r#"{"a":"","b":"}\\\"{\\","c":"type","type":"note"}"#,
            r#"{"a":{"type":"x","b":[{"type":"y"},"]}"]},"type":"note","type":"z"}"#,
            r#"{"a":"seventeen letters, and \"more\" than those","type":"note"}"#,
            r#"{"":[],"aé":"é\u00e9","type":"note"}"#,
            r#"{"a":[1,-2.5e+3,true,{}],"type":"note"}"#,
        ] {
            assert_eq!(late_tag(text, "type"), Some("note"), "{text}");
        }
    }

    #[test]
    fn what_a_reader_finds_as_it_goes_is_left_to_it() {
        for text in [
            r#"{"type":"note","a":1}"#,
            r#"{"type":"note","type":"dance"}"#,
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
            assert_eq!(late_tag(text, "type"), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_cut_anywhere_is_no_reason_to_fail() {
        let text = r#" {"a" : {"é":["\"\\",1]}, "b":"\\", "type":"note"}"#;
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let whole = text.len() - 1;
            assert_eq!(late_tag(&text[..end], "type").is_some(), end == whole, "{end}");
        }
    }
}
