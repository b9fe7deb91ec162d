//! Enums and unions, and what a vendor may add to them.

use acme_agents::types::{Agent, AgentKind, Part, Thread, ThreadStatus};
use serde_json::{Value, json};

fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(value: &Value) -> Value {
    let read: T = serde_json::from_str(&value.to_string()).unwrap();
    serde_json::to_value(read).unwrap()
}

#[test]
fn a_value_that_is_not_known_is_kept_and_written_back() {
    let status: ThreadStatus = serde_json::from_str(r#""paused""#).unwrap();
    assert!(matches!(&status, ThreadStatus::Unknown(value) if value.as_str() == "paused"));
    assert_eq!((status.as_str(), status.to_string().as_str()), ("paused", "paused"));
    assert_eq!(serde_json::to_string(&status).unwrap(), r#""paused""#);
}

#[test]
fn a_value_is_the_same_however_it_is_made() {
    assert_eq!(ThreadStatus::from("in_progress"), ThreadStatus::InProgress);
    assert_eq!("in_progress".parse(), Ok(ThreadStatus::InProgress));
    assert_eq!(ThreadStatus::from("paused"), serde_json::from_str(r#""paused""#).unwrap());
    assert_eq!(AgentKind::from("unknown"), AgentKind::Untracked);
}

#[test]
fn an_enum_is_a_string() {
    assert!(serde_json::from_str::<ThreadStatus>("1").is_err());
    assert!(serde_json::from_str::<ThreadStatus>("null").is_err());
}

#[test]
fn a_kind_that_is_not_known_is_kept_and_written_back() {
    let json = json!({ "type": "video", "url": "https://v.example", "tracks": [{ "n": 1 }, null] });
    let part: Part = serde_json::from_str(&json.to_string()).unwrap();
    let Part::Unknown(unknown) = &part else { panic!("{part:?}") };
    assert_eq!((part.kind(), unknown.kind()), ("video", "video"));
    assert_eq!(unknown.json(), &json);
    assert_eq!(serde_json::to_value(&part).unwrap(), json);
}

#[test]
fn what_is_no_part_at_all_is_kept_too() {
    for odd in
        [json!({ "text": "no type" }), json!({ "type": 7 }), json!(null), json!("text"), json!([1])]
    {
        let part: Part = serde_json::from_value(odd.clone()).unwrap();
        assert!(matches!(part, Part::Unknown(_)), "{odd}");
        assert_eq!(serde_json::to_value(&part).unwrap(), odd);
    }
}

#[test]
fn known_kinds_are_written_with_their_tag() {
    for json in [
        json!({ "type": "text", "text": "Hi" }),
        json!({ "type": "tool-call", "tool": "t", "args": {} }),
        json!({ "type": "step-start" }),
        json!({ "type": "group", "parts": [{ "type": "step-start" }, { "type": "video" }] }),
    ] {
        assert_eq!(round_trip::<Part>(&json), json);
    }
}

#[test]
fn a_kind_is_known_wherever_its_tag_stands() {
    let last: Part = serde_json::from_str(r#"{"text":"Hi","type":"text"}"#).unwrap();
    assert!(matches!(&last, Part::Text(text) if text.text == "Hi"));
    assert_eq!(last.kind(), "text");
}

#[test]
fn a_known_kind_that_is_malformed_is_not_unknown() {
    assert!(serde_json::from_str::<Part>(r#"{"type":"text"}"#).is_err());
    assert!(
        serde_json::from_str::<Part>(r#"{"type":"group","parts":[{"type":"text","text":null}]}"#)
            .is_err()
    );
}

#[test]
fn an_arm_turns_into_its_union() {
    let Part::Text(text) = serde_json::from_str(r#"{"type":"text","text":"Hi"}"#).unwrap() else {
        panic!()
    };
    assert_eq!(Part::from(text.clone()), Part::Text(text));
}

#[test]
fn a_whole_answer_survives_being_stored() {
    let thread = json!({
        "id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "status": "paused", "createdAt": "2026-01-02T03:04:05Z",
        "parts": [{ "type": "video", "x": 1 }, { "type": "text", "text": "Hi" }], "result": { "any": [null] },
    });
    assert_eq!(round_trip::<Thread>(&thread), thread);
    let agent = json!({ "id": "a1", "kind": "painter", "tokens": 1, "labels": [], "notes": null });
    assert_eq!(round_trip::<Agent>(&agent), agent);
}

#[cfg(feature = "schemars")]
#[test]
fn types_have_schemas() {
    let schema = schemars::schema_for!(Thread).to_value();
    assert_eq!(
        schema["$defs"]["ThreadStatus"]["examples"],
        json!(["queued", "in_progress", "done"])
    );
    let text = &schema["$defs"]["Part"]["anyOf"][0];
    assert_eq!(text["properties"]["type"], json!({ "const": "text" }));
    assert_eq!(text["allOf"], json!([{ "$ref": "#/$defs/TextPart" }]));
    // Whatever the vendor adds.
    assert_eq!(schema["$defs"]["Part"]["anyOf"][4], json!(true));
}
