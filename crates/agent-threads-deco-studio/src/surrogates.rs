//! Escapes of half a character in JSON text.
//!
//! A server that cuts text between UTF-16 units writes the halves of one character as `\ud83d` and `\ude00` into two
//! JSON documents. Strict readers refuse both.

/// A half as it stands in a text: `\uXXXX` from `start` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Half {
    start: usize,
    unit: u16,
}

impl Half {
    const LENGTH: usize = 6;

    fn is_first(self) -> bool {
        matches!(self.unit, 0xd800..=0xdbff)
    }

    fn end(self) -> usize {
        self.start + Self::LENGTH
    }

    /// The escape of a half, as JSON has it.
    fn escape(unit: u16) -> String {
        format!("\\u{unit:04x}")
    }
}

/// The text with U+FFFD for each half that has no partner; `None` where there is none such.
pub(crate) fn replaced(text: &str) -> Option<String> {
    let halves = halves(text);
    if halves.is_empty() {
        return None;
    }
    let mut whole = String::with_capacity(text.len());
    let mut from = 0;
    for half in halves {
        whole.push_str(&text[from..half.start]);
        whole.push_str(&Half::escape(0xfffd));
        from = half.end();
    }
    whole.push_str(&text[from..]);
    Some(whole)
}

/// Where a text has halves without partners, in order.
fn halves(text: &str) -> Vec<Half> {
    let mut found = Vec::new();
    let mut rest = Escapes { text, at: 0 }.peekable();
    while let Some(half) = rest.next() {
        match rest.peek() {
            Some(next) if half.is_first() && !next.is_first() && next.start == half.end() => {
                rest.next();
            }
            _ => found.push(half),
        }
    }
    found
}

/// The escapes of surrogates in a text.
struct Escapes<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Escapes<'_> {
    type Item = Half;

    fn next(&mut self) -> Option<Half> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find('\\')?;
            if self.text.as_bytes().get(start + 1) != Some(&b'u') {
                self.at = start + 2;
                while self.at < self.text.len() && !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
                continue;
            }
            self.at = start + 2;
            let unit = self.text.get(start + 2..start + Half::LENGTH).and_then(hexadecimal);
            if let Some(unit @ 0xd800..=0xdfff) = unit {
                self.at = start + Half::LENGTH;
                return Some(Half { start, unit });
            }
        }
    }
}

fn hexadecimal(digits: &str) -> Option<u16> {
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if all { u16::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_without_partners_are_found_and_replaced() {
        for (text, expected) in [
            (r#""\ud83d\ude00""#, None),
            (r#""\\ud83d""#, None),
            (r#""\u00e9 \n""#, None),
            (r#""é\é\ud83""#, None),
            (r#""\ud83d""#, Some(r#""\ufffd""#)),
            (r#""a\uDE00b""#, Some(r#""a\ufffdb""#)),
            (r#""\\\ud83d""#, Some(r#""\\\ufffd""#)),
            (r#""\ud83d\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#)),
            (r#""\ude00\ud83d""#, Some(r#""\ufffd\ufffd""#)),
            (r#""\ud83d \ude00""#, Some(r#""\ufffd \ufffd""#)),
        ] {
            assert_eq!(replaced(text).as_deref(), expected, "{text}");
        }
    }
}
