//! Which member is read, and what is kept of others.

use super::*;
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Deserialize, PartialEq)]
struct Note {
    text: String,
    #[serde(default)]
    inner: Vec<Part>,
}

#[derive(Debug, PartialEq)]
enum Part {
    Note(Note),
    Unknown(Unknown),
}

impl Tagged for Part {
    const TAG: &'static str = "type";

    fn reader<'de, D: serde::Deserializer<'de>>(kind: &str) -> Option<ReadMember<'de, Self, D>> {
        (kind == "note").then_some(|_, object| Note::deserialize(object).map(Self::Note))
    }

    fn unknown(value: Unknown) -> Self {
        Self::Unknown(value)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_tagged(deserializer)
    }
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    crate::decode::json(text.as_bytes()).map_err(|mismatch| mismatch.message)
}

#[test]
fn the_place_of_the_tag_does_not_matter() {
    let note = |text: &str| Part::Note(Note { text: text.into(), inner: Vec::new() });
    let read = parts(
        r#"[{"type":"note","text":"a"},{"text":"b","type":"note","more":1},{"type":"n\u006fte","text":"c"}]"#,
    );
    assert_eq!(read.unwrap(), [note("a"), note("b"), note("c")]);
}

fn event(data: &str) -> Result<Part, String> {
    let event = crate::sse::Event { event: "", data, id: None, last_id: "", retry: None };
    crate::codegen::read_tagged(&event).unwrap().map_err(|why| format!("{why:?}"))
}

#[test]
fn an_event_is_read_wherever_its_tag_stands() {
    let note = Part::Note(Note { text: "a".into(), inner: Vec::new() });
    for data in [
        r#"{"type":"note","text":"a"}"#,
        "\n{ \"type\" : \"note\", \"text\": \"a\" } ",
        r#"{"text":"a","type":"note"}"#,
        r#"{"more":{"type":"dance"},"text":"a","type":"note"}"#,
        r#"{"t\u0079pe":"note","text":"a","type":"dance"}"#,
        r#"{"text":"a","t\u0079pe":"n\u006fte","type":"dance"}"#,
        r#"{"type":"n\u006fte","text":"a"}"#,
        r#"{"text":"a","type":"note","type":"dance"}"#,
        r#"{"type":"note","type":5,"text":"a"}"#,
    ] {
        assert_eq!(event(data).as_ref(), Ok(&note), "{data}");
    }
}

#[test]
fn an_event_that_is_not_known_is_kept_whole_with_its_first_tag() {
    for (data, kind, kept) in [
        (r#"{"a":1,"type":"dance"}"#, "dance", json!({ "a": 1, "type": "dance" })),
        (r#"{"type":"notes"}"#, "notes", json!({ "type": "notes" })),
        (r#"{"type":"d","type":"note","text":"a"}"#, "d", json!({ "type": "d", "text": "a" })),
        (r#"{"a":1,"type":5,"type":"note"}"#, "", json!({ "a": 1, "type": 5 })),
        (r#"{"a":{"type":"note"}}"#, "", json!({ "a": { "type": "note" } })),
        (r#"["type","note"]"#, "", json!(["type", "note"])),
        (r#""note""#, "", json!("note")),
        ("1", "", json!(1)),
    ] {
        let Ok(Part::Unknown(unknown)) = event(data) else { panic!("{data}") };
        assert_eq!((unknown.kind(), unknown.json()), (kind, &kept), "{data}");
    }
}

#[test]
fn an_event_that_cannot_be_read_says_where_and_by_its_first_tag_what() {
    for data in [
        r#"{"type":"note","text":"a","inner":[{"type":"note","text":7}]}"#,
        r#"{"text":"a","inner":[{"type":"note","text":7}],"type":"note","type":"dance"}"#,
        r#"{"text":"a","inner":[{"type":"note","text":7}],"type":"n\u006fte"}"#,
    ] {
        let error = event(data).unwrap_err();
        assert!(error.contains("at `inner[0]") && error.contains("invalid type: int"), "{error}");
        assert!(error.contains(r#"tag: Some("note")"#), "{error}");
    }
    for data in [r#"{"text":"a","type":"note""#, r#"{"text":"a","type":"note"} more"#, "{\""] {
        assert!(event(data).is_err(), "{data}");
    }
}

#[test]
fn what_is_not_known_is_kept_whole() {
    let all = json!([
        {"type": "dance", "steps": [1, 2]}, {"steps": 3, "type": "dance"}, {"steps": 4}, {},
        {"type": null}, {"type": 5, "a": 1}, {"type": {"a": 1}}, {"type": ["note"]},
        null, true, -1, 18446744073709551615u64, 1.5, "note", [["note"]],
    ]);
    let read = parts(&all.to_string()).unwrap();
    for (part, value) in read.iter().zip(all.as_array().unwrap()) {
        let Part::Unknown(unknown) = part else { panic!("{part:?}") };
        assert_eq!(unknown.json(), value);
        assert_eq!(unknown.kind(), value["type"].as_str().unwrap_or_default());
        assert_eq!(&serde_json::to_value(unknown).unwrap(), value);
    }
    assert_eq!(read.len(), 15);
}

#[test]
fn a_number_is_kept_to_its_last_bit() {
    for text in ["1.8446027447370954e25", "0.30000000000000004", "51.24817837550540", "-7.2e-300"] {
        let read = parts(&format!(r#"[{{"type":"dance","n":{text}}}]"#)).unwrap();
        let Part::Unknown(unknown) = &read[0] else { panic!("{read:?}") };
        // The standard library reads decimals exactly.
        assert_eq!(unknown.json()["n"].as_f64(), text.parse().ok(), "{text}");
    }
}

#[test]
fn of_several_tags_the_first_counts() {
    let read = parts(
        r#"[{"type":"note","text":"a","type":"dance"},{"text":"b","type":"note","type":5},
                {"type":"dance","text":"c","type":"note"},{"text":"d","type":5,"type":"note"}]"#,
    );
    let read = read.unwrap();
    let note = |text: &str| Part::Note(Note { text: text.into(), inner: Vec::new() });
    assert_eq!(read[..2], [note("a"), note("b")]);
    let kept = [json!({"type": "dance", "text": "c"}), json!({"type": 5, "text": "d"})];
    for (part, (kind, value)) in read[2..].iter().zip(["dance", ""].iter().zip(kept)) {
        let Part::Unknown(unknown) = part else { panic!("{part:?}") };
        assert_eq!((unknown.kind(), unknown.json()), (*kind, &value));
    }
}

#[test]
fn a_known_member_that_cannot_be_read_is_an_error_with_its_path() {
    let first =
        parts(r#"[{"type":"note","text":"a","inner":[{"type":"note","text":7}]}]"#).unwrap_err();
    assert!(
        first.starts_with("at `[0].inner[0].text`: invalid type: integer, expected a string"),
        "{first}"
    );
    let late = parts(r#"[{"text":"a","inner":[{"type":"note"}],"type":"note"}]"#).unwrap_err();
    assert!(late.starts_with("at `[0]`: in `note`: at `inner[0]`: missing field `text`"), "{late}");
}
