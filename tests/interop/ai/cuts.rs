//! Inputs of tools, cut between any two units of UTF-16.

use super::corpus::{Case, Told};
use serde_json::json;

const TEXTS: [&str; 16] = [
    r#"{"a":1,"b":[true,false,null,-2.5e+3,"x"],"c":{"d":{}}}"#,
    r#"  [ 1 , [ 2 , { "k" : "v" } ] , -0.5E-2 , [ ] , { } ] "#,
    r#"{"é":"ü\n\t\"\\\/\u00e9\ud83d\ude00","😀":"a😀b","k":"\ud83dx"}"#,
    r#""a text with \u0041, 😀 and \"quotes\"""#,
    "null",
    "-12.5e-3",
    r#"{"a":tru,"b":1}"#,
    r#"{"a":01,"b":+1,"c":.5,"d":1.}"#,
    r#"{"a":1} and then {"b":2}"#,
    "```json\n{\"a\":1}\n```",
    "\u{feff}{\"a\":1}",
    "[1é,true\u{a0},2😀,nul]",
    "[,1,]{\"a\",:1,\"b\":}",
    r#"{"a":{"__proto__":1},"b":[{"constructor":{"prototype":1}}],"constructor":{"x":1}}"#,
    r#"{"a":1,"a":{"b":2},"a":[3]}"#,
    "{\"a\":\"raw\nline\",\"b\":\"\\u12zz34\\q\"}",
];

/// For each text one sequence: unit by unit, and then in two pieces, for each place where it can be cut.
pub(super) fn all() -> impl Iterator<Item = Case> {
    TEXTS.iter().flat_map(|text| [false, true].map(|dynamic| cuts(text, dynamic)))
}

fn cuts(text: &str, dynamic: bool) -> Case {
    let kind = if dynamic { "dynamic" } else { "static" };
    let mut case = Case::new(format!("cuts ({kind}): {text}"), None);
    let units: Vec<u16> = text.encode_utf16().collect();
    let begin = json!({ "type": "tool-input-start", "toolCallId": "c", "toolName": "t", "dynamic": dynamic });
    case.chunk(&begin);
    for unit in &units {
        case.told.push(delta("c", &[*unit]));
    }
    for cut in 0..=units.len() {
        case.chunk(&begin);
        case.told.push(delta("c", &units[..cut]));
        case.told.push(delta("c", &units[cut..]));
    }
    case
}

pub(super) fn delta(call: &str, units: &[u16]) -> Told {
    let (call, text) = (json!(call), quoted(units));
    Told::Chunk(format!(
        r#"{{"type":"tool-input-delta","toolCallId":{call},"inputTextDelta":{text}}}"#
    ))
}

/// As JavaScript writes it: half a character is an escape.
pub(super) fn quoted(units: &[u16]) -> String {
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
