//! JSON that is still being written, read as far as it goes.

use crate::{TextEnd, TextPiece, surrogates};
use serde_json::Value;

/// The text of a JSON value that comes in pieces.
///
/// Taking a piece costs time by the length of the piece alone. [`value`](Self::value) parses all there is.
#[derive(Clone, Debug, Default)]
pub(super) struct PartialJson {
    text: String,
    /// What is open, from the outside in. Empty before anything came.
    open: Vec<State>,
    /// Where the part ends that can be kept if the text stops here.
    kept: usize,
    /// Where the literal began that is being read.
    literal: usize,
    /// How many digits of a `\u` escape have been read.
    digits: u8,
    end: TextEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Root,
    Finished,
    String,
    Escape,
    UnicodeEscape,
    Number,
    Literal,
    ObjectStart,
    ObjectAfterComma,
    Key,
    AfterKey,
    BeforeValue,
    AfterObjectValue,
    ArrayStart,
    ArrayAfterComma,
    AfterArrayValue,
}

impl State {
    /// What closes it, if the text stops inside.
    fn closing(self) -> &'static str {
        match self {
            Self::String => "\"",
            Self::ObjectStart
            | Self::ObjectAfterComma
            | Self::Key
            | Self::AfterKey
            | Self::BeforeValue
            | Self::AfterObjectValue => "}",
            Self::ArrayStart | Self::ArrayAfterComma | Self::AfterArrayValue => "]",
            _ => "",
        }
    }
}

impl PartialJson {
    /// What begins with this text, for an input that is taken up in its middle.
    pub(super) fn starting(text: &str) -> Self {
        let mut json = Self::default();
        json.push(&text.into());
        json
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn push(&mut self, piece: &TextPiece) {
        if self.open.is_empty() {
            self.open.push(State::Root);
        }
        let before = self.text.len();
        piece.append_to(&mut self.text, &mut self.end);
        // Where the piece has the second half of a character, what stood for the first has gone.
        let is_joined = self.text.len() != before + piece.len();
        let from = if is_joined { before - char::REPLACEMENT_CHARACTER.len_utf8() } else { before };
        self.kept = self.kept.min(from);
        for at in from..self.text.len() {
            if let Some(byte) = self.text.as_bytes().get(at) {
                self.take(*byte, at);
            }
        }
    }

    /// The value so far; `None` where there is none that could be read.
    pub(super) fn value(&self) -> Option<Value> {
        let whole = if self.may_be_whole() { parse(&self.text) } else { None };
        whole.or_else(|| parse(&self.closed()))
    }

    /// A text that ends in the middle of something is not parsed in vain.
    fn may_be_whole(&self) -> bool {
        let last = self.text.trim_end().bytes().next_back();
        last.is_some_and(|last| matches!(last, b'}' | b']' | b'"' | b'e' | b'l' | b'0'..=b'9'))
    }

    /// The part that can be kept, with everything closed that is open there.
    fn closed(&self) -> String {
        let mut text = self.text.get(..self.kept).unwrap_or_default().to_owned();
        for state in self.open.iter().rev() {
            text.push_str(match state {
                State::Literal => self.rest_of_literal(),
                state => state.closing(),
            });
        }
        text
    }

    fn rest_of_literal(&self) -> &'static str {
        let begun = self.text.get(self.literal..).unwrap_or_default();
        ["true", "false", "null"].iter().find_map(|all| all.strip_prefix(begun)).unwrap_or_default()
    }

    fn take(&mut self, byte: u8, at: usize) {
        let Some(&state) = self.open.last() else { return };
        match state {
            State::Root => self.begin_value(byte, at, State::Finished),
            State::BeforeValue => self.begin_value(byte, at, State::AfterObjectValue),
            State::ArrayAfterComma => self.begin_value(byte, at, State::AfterArrayValue),
            State::ArrayStart if byte == b']' => self.end(at),
            State::ArrayStart => {
                self.keep(at);
                self.begin_value(byte, at, State::AfterArrayValue);
            }
            State::ObjectStart if byte == b'}' => self.end(at),
            State::ObjectStart | State::ObjectAfterComma if byte == b'"' => {
                self.turn_into(State::Key);
            }
            State::Key if byte == b'"' => self.turn_into(State::AfterKey),
            State::AfterKey if byte == b':' => self.turn_into(State::BeforeValue),
            State::AfterObjectValue => self.after_object_value(byte, at),
            State::AfterArrayValue => self.after_array_value(byte, at),
            State::String => self.in_string(byte, at),
            State::Escape => self.in_escape(byte, at),
            State::UnicodeEscape => self.in_unicode_escape(byte, at),
            State::Number => self.in_number(byte, at),
            State::Literal => self.in_literal(byte, at),
            _ => {}
        }
    }

    fn keep(&mut self, at: usize) {
        self.kept = at + 1;
    }

    fn turn_into(&mut self, state: State) {
        self.open.pop();
        self.open.push(state);
    }

    /// Closes what is open at its last byte.
    fn end(&mut self, at: usize) {
        self.keep(at);
        self.open.pop();
    }

    fn begin_value(&mut self, byte: u8, at: usize, after: State) {
        let inner = match byte {
            b'"' => State::String,
            b'f' | b't' | b'n' => {
                self.literal = at;
                State::Literal
            }
            b'-' | b'0'..=b'9' => State::Number,
            b'{' => State::ObjectStart,
            b'[' => State::ArrayStart,
            _ => return,
        };
        if byte != b'-' {
            self.keep(at);
        }
        self.turn_into(after);
        self.open.push(inner);
    }

    fn after_object_value(&mut self, byte: u8, at: usize) {
        match byte {
            b',' => self.turn_into(State::ObjectAfterComma),
            b'}' => self.end(at),
            _ => {}
        }
    }

    fn after_array_value(&mut self, byte: u8, at: usize) {
        match byte {
            b',' => self.turn_into(State::ArrayAfterComma),
            b']' => self.end(at),
            _ => self.keep(at),
        }
    }

    fn in_string(&mut self, byte: u8, at: usize) {
        match byte {
            b'"' => self.end(at),
            b'\\' => self.open.push(State::Escape),
            _ => self.keep(at),
        }
    }

    fn in_escape(&mut self, byte: u8, at: usize) {
        match byte {
            b'u' => {
                self.digits = 0;
                self.turn_into(State::UnicodeEscape);
            }
            _ => self.end(at),
        }
    }

    fn in_unicode_escape(&mut self, byte: u8, at: usize) {
        if byte.is_ascii_hexdigit() {
            self.digits += 1;
            if self.digits == 4 {
                self.end(at);
            }
        }
    }

    fn in_number(&mut self, byte: u8, at: usize) {
        match byte {
            b'0'..=b'9' => self.keep(at),
            b'e' | b'E' | b'-' | b'.' => {}
            _ => {
                self.open.pop();
                if matches!(byte, b',' | b'}' | b']') {
                    self.after_scalar(byte, at);
                }
            }
        }
    }

    fn in_literal(&mut self, byte: u8, at: usize) {
        let goes_on = |all: &&str| {
            all.as_bytes().get(at - self.literal) == Some(&byte) && self.is_begun(all, at)
        };
        if ["true", "false", "null"].iter().any(goes_on) {
            self.keep(at);
        } else {
            self.open.pop();
            self.after_scalar(byte, at);
        }
    }

    /// Whether the literal that is being read agrees with this one up to here.
    fn is_begun(&self, literal: &str, at: usize) -> bool {
        let begun = self.text.as_bytes().get(self.literal..at).unwrap_or_default();
        literal.as_bytes().starts_with(begun)
    }

    /// The byte that ended a number or a literal belongs to what is around it.
    fn after_scalar(&mut self, byte: u8, at: usize) {
        match (self.open.last(), byte) {
            (Some(State::AfterObjectValue), b',' | b'}') => self.after_object_value(byte, at),
            (Some(State::AfterArrayValue), b',' | b']') => self.after_array_value(byte, at),
            _ => {}
        }
    }
}

/// Parses a whole text. Refuses what a program in JavaScript could take for a prototype.
fn parse(text: &str) -> Option<Value> {
    let value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(_) => serde_json::from_str(&surrogates::replaced(text)?).ok()?,
    };
    (!reaches_prototype(&value)).then_some(value)
}

fn reaches_prototype(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            let constructor = object.get("constructor").and_then(Value::as_object);
            object.contains_key("__proto__")
                || constructor.is_some_and(|inner| inner.contains_key("prototype"))
                || object.values().any(reaches_prototype)
        }
        Value::Array(items) => items.iter().any(reaches_prototype),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(text: &str) -> Option<Value> {
        PartialJson::starting(text).value()
    }

    #[test]
    fn what_is_open_is_closed_and_what_is_unfinished_is_cut() {
        for (text, expected) in [
            (r#"{"a"#, json!({})),
            (r#"{"a":"#, json!({})),
            (r#"{"a":""#, json!({"a": ""})),
            (r#"{"a":"x"#, json!({"a": "x"})),
            (r#"{"a":"x\"#, json!({"a": "x"})),
            (r#"{"a":"x\u12"#, json!({"a": "x"})),
            (r#"{"a":1,"#, json!({"a": 1})),
            (r#"{"a":1,"b"#, json!({"a": 1})),
            ("[t", json!([true])),
            ("n", json!(null)),
            ("[1,", json!([1])),
            ("[1,[2,{", json!([1, [2, {}]])),
            ("1.", json!(1)),
            ("1e", json!(1)),
            (r#"{"a":1.5e+"#, json!({"a": 1.5})),
            (r#"{"a":-"#, json!({})),
            ("[1,-", json!([1])),
            ("  {\"a\":fal", json!({"a": false})),
            ("\"text", json!("text")),
            (r#"{"a":1} x"#, json!({"a": 1})),
            (r#"{"a":1,"a":2"#, json!({"a": 2})),
            (r#"{"é":"ü"#, json!({"é": "ü"})),
            (r#"{"a\"b":1}"#, json!({"a\"b": 1})),
            ("1e5", json!(1e5)),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_repaired_has_no_value() {
        for text in [
            "",
            "  ",
            "-",
            "[-",
            "[,",
            r#"{"a":tru}"#,
            "{\"a\":01",
            "{\"a\":\"x\n",
            "\u{feff}{}",
            "```json\n{",
            r#"{"__proto__":1}"#,
            r#"{"a":[{"constructor":{"prototype":1}}]}"#,
        ] {
            assert_eq!(value(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_value_can_come_back() {
        let mut json = PartialJson::starting(r#"{"a":tru"#);
        assert_eq!(json.value(), Some(json!({"a": true})));
        json.push(&"x".into());
        assert_eq!(json.value(), None);
        let mut json = PartialJson::starting("[-");
        assert_eq!(json.value(), None);
        json.push(&"1".into());
        assert_eq!(json.value(), Some(json!([-1])));
    }

    #[test]
    fn pieces_read_as_the_whole_does() {
        let text = r#"{"a":[1,-2.5e3,true,null,"x\n\u00e9\ud83d\ude00"],"b":{"c":"ä"}}"#;
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            let mut json = PartialJson::starting(&text[..cut]);
            json.push(&text[cut..].into());
            assert_eq!(json.value(), serde_json::from_str(text).ok(), "{cut}");
            assert_eq!(json.text(), text);
        }
    }

    #[test]
    fn half_a_character_is_replaced() {
        assert_eq!(value(r#"["\ud83d"#), Some(json!(["\u{fffd}"])));
        assert_eq!(value(r#"["\ud83d\ude00"#), Some(json!(["\u{1f600}"])));
    }
}
