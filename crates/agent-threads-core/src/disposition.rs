//! The name of a file as a server gives it: `Content-Disposition`, RFC 6266, read leniently.

use percent_encoding::percent_decode;

/// The name for a file, fit to be joined to a directory.
pub(crate) fn file_name(header: &[u8]) -> Option<String> {
    let (mut plain, mut extended) = (None, None);
    let mut rest = header;
    while let Some((name, value, behind)) = parameter(rest) {
        match name.as_str() {
            "filename" => plain = plain.or(Some(text(value))),
            "filename*" => extended = extended.or_else(|| decoded(&value)),
            _ => {}
        }
        rest = behind;
    }
    [extended, plain].into_iter().flatten().find_map(|text| base_name(&text))
}

/// The next parameter: its name in lower case, its value, and what stands behind it. Parts without a value, such as the
/// type at the beginning, are passed over.
fn parameter(mut from: &[u8]) -> Option<(String, Vec<u8>, &[u8])> {
    loop {
        let end = from.iter().position(|byte| matches!(byte, b'=' | b';'))?;
        let (name, behind) = (&from[..end], &from[end + 1..]);
        if from[end] == b'=' {
            let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
            let (value, behind) = value(behind.trim_ascii_start());
            return Some((name, value, behind));
        }
        from = behind;
    }
}

/// A value, and what stands behind its semicolon.
fn value(from: &[u8]) -> (Vec<u8>, &[u8]) {
    let (value, behind) = match from {
        [b'"', inner @ ..] => quoted(inner),
        token => (Vec::new(), token),
    };
    let end = behind.iter().position(|byte| *byte == b';').unwrap_or(behind.len());
    let value = match from.first() {
        Some(b'"') => value,
        _ => behind[..end].trim_ascii_end().to_vec(),
    };
    (value, behind.get(end + 1..).unwrap_or_default())
}

/// What stands before the closing quote, with each byte behind a backslash as it is, and what stands behind.
fn quoted(from: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut bytes = from.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return (value, &from[at + 1..]),
            b'\\' => value.extend(bytes.next().map(|(_, byte)| *byte)),
            byte => value.push(*byte),
        }
    }
    (value, &[])
}

/// UTF-8 where it is that, and otherwise Latin-1, which any bytes are.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| latin_1(error.as_bytes()))
}

fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The extended form of RFC 5987: charset, language, and bytes in percents.
fn decoded(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |byte| *byte == b'\'');
    let (charset, _, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes: Vec<u8> = percent_decode(encoded).collect();
    match charset.to_ascii_lowercase().as_slice() {
        b"utf-8" => String::from_utf8(bytes).ok(),
        b"iso-8859-1" => Some(latin_1(&bytes)),
        _ => None,
    }
}

/// What of a name is no path, nothing that some file system takes for more than a name, and shows as what it is.
fn base_name(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).next()?;
    let name: String = last.chars().map(|c| if is_harmless(c) { c } else { '_' }).collect();
    // Windows passes over dots and spaces at the end; what is all dots is a directory.
    let name = name.trim_start().trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    match name {
        "" => None,
        name if is_device(name) => Some(format!("_{name}")),
        name => Some(name.to_owned()),
    }
}

fn is_harmless(c: char) -> bool {
    let is_reserved = matches!(c, '"' | '*' | ':' | '<' | '>' | '?' | '|');
    // They change the order in which the rest is shown, so that `exe` can look like `txt`; or break lines.
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !c.is_control() && !is_reserved && !turns
}

/// Whether Windows takes a name for a device, whatever directory and extension it has.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |kind| {
        let number = stem.strip_prefix(kind);
        number
            .is_some_and(|n| matches!(n, "¹" | "²" | "³") || matches!(n.as_bytes(), [b'1'..=b'9']))
    };
    matches!(stem.as_str(), "AUX" | "CON" | "CONIN$" | "CONOUT$" | "NUL" | "PRN")
        || numbered("COM")
        || numbered("LPT")
}

#[cfg(test)]
mod tests;
