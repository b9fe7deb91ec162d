//! Forms with files in them, as RFC 7578 has them.

use bytes::Bytes;

/// One field of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) bytes: Bytes,
}

/// The boundary that a content type names, if it is that of a form.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty())
}

/// The parts of a form, if it is whole.
pub(super) fn parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let opening = format!("--{boundary}");
    let separator = format!("\r\n--{boundary}");
    // A preamble is allowed; without one the first boundary has no line end before it.
    let mut at = match body.starts_with(opening.as_bytes()) {
        true => opening.len(),
        false => find(body, separator.as_bytes(), 0)? + separator.len(),
    };
    let mut parts = Vec::new();
    loop {
        if body[at..].starts_with(b"--") {
            return Some(parts);
        }
        let head = find(body, b"\r\n", at)? + 2;
        let end = find(body, separator.as_bytes(), head - 2)?;
        // A part without headers begins with the blank line.
        let blank = find(body, b"\r\n\r\n", head - 2)?;
        let content = blank + 4;
        if content > end + 2 {
            return None;
        }
        let lines = std::str::from_utf8(body.get(head..blank.max(head))?).ok()?;
        parts.extend(part(lines, body.slice(content.min(end)..end)));
        at = end + separator.len();
    }
}

/// A part with a name, which one without cannot be a field.
fn part(lines: &str, bytes: Bytes) -> Option<Part> {
    let headers = || lines.split("\r\n").filter_map(|line| line.split_once(':'));
    let header = |name: &str| {
        let mut found = headers().filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    let (_, parameters) = disposition.split_once(';')?;
    Some(Part {
        name: unescaped(&parameter(parameters, "name")?),
        file_name: parameter(parameters, "filename").map(|name| unescaped(&name)),
        content_type: header("content-type"),
        bytes,
    })
}

/// A parameter's value, out of its quotes where it has some.
fn parameter(parameters: &str, name: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').unwrap_or((after, "")),
        };
        if key.trim_matches([' ', ';']).eq_ignore_ascii_case(name) {
            return Some(value.trim_end().to_owned());
        }
        rest = next;
    }
}

/// A name without the escapes that forms put in place of quotes and line ends.
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn find(body: &[u8], pattern: &[u8], from: usize) -> Option<usize> {
    let rest = body.get(from..)?;
    let first = *pattern.first()?;
    let mut at = 0;
    while let Some(next) = rest[at..].iter().position(|byte| *byte == first) {
        at += next;
        if rest[at..].starts_with(pattern) {
            return Some(from + at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: &'static str) -> Option<Vec<Part>> {
        parts(&Bytes::from_static(body.as_bytes()), "x")
    }

    #[test]
    fn a_boundary_is_taken_from_the_content_type_of_a_form_only() {
        let boundary = |text| super::boundary(text);
        assert_eq!(boundary("multipart/form-data; boundary=a").as_deref(), Some("a"));
        let quoted = "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"";
        assert_eq!(boundary(quoted).as_deref(), Some("a b"));
        for text in ["application/json", "multipart/form-data", "multipart/mixed; boundary=a"] {
            assert_eq!(boundary(text), None, "{text}");
        }
    }

    #[test]
    fn parts_have_their_name_their_type_and_their_bytes() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b=\u{e4}.txt\"\r\n\
            content-type: text/plain\r\n\r\none\r\n--two\r\n\r\n--x\r\n\
            Content-Disposition: form-data; filename=%22; name=\"n\"\r\n\r\n\r\n--x--\r\n";
        let parts = parsed(body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name, "file");
        assert_eq!(parts[0].file_name.as_deref(), Some("a;b=\u{e4}.txt"));
        assert_eq!(parts[0].content_type.as_deref(), Some("text/plain"));
        assert_eq!(parts[0].bytes, "one\r\n--two\r\n");
        assert_eq!((parts[1].name.as_str(), parts[1].file_name.as_deref()), ("n", Some("\"")));
        assert_eq!((&parts[1].content_type, parts[1].bytes.len()), (&None, 0));
    }

    #[test]
    fn a_form_that_is_not_whole_is_none() {
        for body in [
            "",
            "abc",
            "--x",
            "--x\r\n",
            "--x\r\n\r\nabc",
            "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc",
            "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n--x--",
        ] {
            assert_eq!(parsed(body), None, "{body:?}");
        }
        assert_eq!(parsed("--x--").unwrap(), []);
        assert_eq!(parsed("preamble\r\n--x\r\n\r\nabc\r\n--x--").unwrap(), []);
    }
}
