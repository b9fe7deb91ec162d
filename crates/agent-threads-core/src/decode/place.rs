//! Where in a JSON text a reader stopped.
//!
//! A reader that keeps the path as it goes is a second copy of all code that reads a type. The line and column of its error
//! are enough: a scan that knows no types finds what stands there.

use std::{fmt::Write as _, ops::Range};

/// The path to the innermost value at which a reader stopped; empty for the whole text.
pub(super) fn of(text: &str, error: &serde_json::Error) -> String {
    let body = text.as_bytes();
    let stopped = offset(body, error.line(), error.column());
    // A list or an object that does not fit is refused before it is entered, all else behind its last byte.
    let last = match body.get(stopped) {
        Some(b'[' | b'{') if error.is_data() => stopped,
        _ => stopped.saturating_sub(1),
    };
    let mut path = String::new();
    for open in around(body, last) {
        let _ = match open {
            Open::List(index) => write!(path, "[{index}]"),
            Open::Object(None) => Ok(()),
            Open::Object(Some(name)) => {
                let dot = if path.is_empty() { "" } else { "." };
                let name = text.get(name).and_then(|name| serde_json::from_str(name).ok());
                write!(path, "{dot}{}", name.unwrap_or_else(|| "?".to_owned()))
            }
        };
    }
    path
}

/// How many bytes a reader had taken that says so in lines, which count from one, and bytes of the last one.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum::<usize>() + column
}

/// A list with the index, or an object with the place of the name, of the value in it that has begun last.
enum Open {
    List(usize),
    Object(Option<Range<usize>>),
}

/// What is open around a byte, outermost first. What the byte itself closes is not.
fn around(body: &[u8], last: usize) -> Vec<Open> {
    let mut open = Vec::new();
    let mut text = 0..0;
    let mut at = 0;
    while let Some(byte) = body.get(at).filter(|_| at <= last) {
        match (byte, open.last_mut()) {
            (b'"', _) => {
                text = at..text_end(body, at);
                at = text.end;
                continue;
            }
            (b']' | b'}', _) => drop(open.pop()),
            _ if at == last => {}
            (b'[', _) => open.push(Open::List(0)),
            (b'{', _) => open.push(Open::Object(None)),
            (b',', Some(Open::List(index))) => *index += 1,
            (b',', Some(Open::Object(name))) => *name = None,
            (b':', Some(Open::Object(name))) => *name = Some(text.clone()),
            _ => {}
        }
        at += 1;
    }
    open
}

/// Where the string ends that begins at a quote.
fn text_end(body: &[u8], quote: usize) -> usize {
    let mut escaped = false;
    let end = body[quote + 1..].iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(body.len(), |end| quote + end + 2)
}
