//! JSON that is still being written, read as far as it goes.

#[cfg(test)]
mod tests;
mod whole;

use crate::{TextEnd, TextPiece};
use serde_json::Value;
use whole::parse;

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

/// A unit of UTF-16, by which the vendor's reader goes.
#[derive(Clone, Copy, Debug)]
struct Unit {
    /// Zero for all that is not ASCII, which JSON knows only inside strings.
    byte: u8,
    /// Where its character begins and ends.
    start: usize,
    end: usize,
}

impl Unit {
    fn of(character: char, start: usize) -> Self {
        let byte = if character.is_ascii() { character as u8 } else { 0 };
        Self { byte, start, end: start + character.len_utf8() }
    }
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
        let is_joined = self.text.len() != before + piece.len();
        let from = if is_joined { self.take_second_half(before) } else { before };
        let mut at = from;
        while let Some(next) = self.text.get(at..).and_then(|rest| rest.chars().next()) {
            let unit = Unit::of(next, at);
            (0..next.len_utf16()).for_each(|_| self.take(unit));
            at = unit.end;
        }
    }

    /// Where a piece begins with the second half of a character, the first has been taken already, as what stood for it.
    /// Returns where the character ends.
    fn take_second_half(&mut self, before: usize) -> usize {
        let start = before - char::REPLACEMENT_CHARACTER.len_utf8();
        let joined = self.text.get(start..).and_then(|rest| rest.chars().next());
        let unit = Unit::of(joined.unwrap_or_default(), start);
        self.kept = self.kept.min(start);
        self.take(unit);
        unit.end
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

    fn take(&mut self, unit: Unit) {
        let Some(&state) = self.open.last() else { return };
        match state {
            State::Root => self.begin_value(unit, State::Finished),
            State::BeforeValue => self.begin_value(unit, State::AfterObjectValue),
            State::ArrayAfterComma => self.begin_value(unit, State::AfterArrayValue),
            State::ArrayStart if unit.byte == b']' => self.end(unit),
            State::ArrayStart => {
                self.keep(unit);
                self.begin_value(unit, State::AfterArrayValue);
            }
            State::ObjectStart if unit.byte == b'}' => self.end(unit),
            State::ObjectStart | State::ObjectAfterComma if unit.byte == b'"' => {
                self.turn_into(State::Key);
            }
            State::Key if unit.byte == b'"' => self.turn_into(State::AfterKey),
            State::AfterKey if unit.byte == b':' => self.turn_into(State::BeforeValue),
            State::AfterObjectValue => self.after_object_value(unit),
            State::AfterArrayValue => self.after_array_value(unit),
            State::String => self.in_string(unit),
            State::Escape => self.in_escape(unit),
            State::UnicodeEscape => self.in_unicode_escape(unit),
            State::Number => self.in_number(unit),
            State::Literal => self.in_literal(unit),
            _ => {}
        }
    }

    fn keep(&mut self, unit: Unit) {
        self.kept = unit.end;
    }

    fn turn_into(&mut self, state: State) {
        self.open.pop();
        self.open.push(state);
    }

    /// Closes what is open at its last byte.
    fn end(&mut self, unit: Unit) {
        self.keep(unit);
        self.open.pop();
    }

    fn begin_value(&mut self, unit: Unit, after: State) {
        let inner = match unit.byte {
            b'"' => State::String,
            b'f' | b't' | b'n' => {
                self.literal = unit.start;
                State::Literal
            }
            b'-' | b'0'..=b'9' => State::Number,
            b'{' => State::ObjectStart,
            b'[' => State::ArrayStart,
            _ => return,
        };
        if unit.byte != b'-' {
            self.keep(unit);
        }
        self.turn_into(after);
        self.open.push(inner);
    }

    fn after_object_value(&mut self, unit: Unit) {
        match unit.byte {
            b',' => self.turn_into(State::ObjectAfterComma),
            b'}' => self.end(unit),
            _ => {}
        }
    }

    fn after_array_value(&mut self, unit: Unit) {
        match unit.byte {
            b',' => self.turn_into(State::ArrayAfterComma),
            b']' => self.end(unit),
            _ => self.keep(unit),
        }
    }

    fn in_string(&mut self, unit: Unit) {
        match unit.byte {
            b'"' => self.end(unit),
            b'\\' => self.open.push(State::Escape),
            _ => self.keep(unit),
        }
    }

    fn in_escape(&mut self, unit: Unit) {
        match unit.byte {
            b'u' => {
                self.digits = 0;
                self.turn_into(State::UnicodeEscape);
            }
            _ => self.end(unit),
        }
    }

    fn in_unicode_escape(&mut self, unit: Unit) {
        if unit.byte.is_ascii_hexdigit() {
            self.digits += 1;
            if self.digits == 4 {
                self.end(unit);
            }
        }
    }

    fn in_number(&mut self, unit: Unit) {
        match unit.byte {
            b'0'..=b'9' => self.keep(unit),
            b'e' | b'E' | b'-' | b'.' => {}
            _ => {
                self.open.pop();
                if matches!(unit.byte, b',' | b'}' | b']') {
                    self.after_scalar(unit);
                }
            }
        }
    }

    fn in_literal(&mut self, unit: Unit) {
        let goes_on = |all: &&str| {
            all.as_bytes().get(unit.start - self.literal) == Some(&unit.byte)
                && self.is_begun(all, unit.start)
        };
        if ["true", "false", "null"].iter().any(goes_on) {
            self.keep(unit);
        } else {
            self.open.pop();
            self.after_scalar(unit);
        }
    }

    /// Whether the literal that is being read agrees with this one up to here.
    fn is_begun(&self, literal: &str, at: usize) -> bool {
        let begun = self.text.as_bytes().get(self.literal..at).unwrap_or_default();
        literal.as_bytes().starts_with(begun)
    }

    /// The byte that ended a number or a literal belongs to what is around it.
    fn after_scalar(&mut self, unit: Unit) {
        match (self.open.last(), unit.byte) {
            (Some(State::AfterObjectValue), b',' | b'}') => self.after_object_value(unit),
            (Some(State::AfterArrayValue), b',' | b']') => self.after_array_value(unit),
            _ => {}
        }
    }
}
