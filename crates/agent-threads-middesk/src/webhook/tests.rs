//! Signatures are those of RFC 4231, or made by `openssl dgst -sha256 -hmac`.

use super::*;
use serde_json::{Value, json};

/// RFC 4231, section 4: key, data, HMAC-SHA-256. Those of its test cases whose keys are texts.
const VECTORS: [(&str, &str, &str); 2] = [
    (
        "Jefe",
        "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}",
        "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
];

fn event(kind: &str) -> Value {
    json!({
        "object": "event",
        "id": "0d4b0c51-9c1f-4a5e-9a52-3f6d3f0e7a10",
        "type": kind,
        "data": { "object": {
            "object": "run", "id": "e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50", "status": "completed",
            "created_at": "2026-03-04T10:00:01Z", "updated_at": "2026-03-04T10:04:12Z",
            "started_at": "2026-03-04T10:00:02Z", "ended_at": "2026-03-04T10:04:12Z",
            "steps": [], "interrupts": []
        } },
        "created_at": "2026-03-04T10:04:12.250Z"
    })
}

fn parse(event: &Value) -> Result<RunWebhook, Refused> {
    RunWebhook::parse(event.to_string().as_bytes())
}

#[test]
fn the_signatures_of_the_standard_are_right_and_all_others_wrong() {
    for (key, data, signature) in VECTORS {
        let secret = Secret::new(key);
        assert_eq!(secret.verify(data.as_bytes(), signature), Ok(()));
        assert_eq!(secret.verify(data.as_bytes(), &signature.to_uppercase()), Ok(()));
        let refused = Err(Refused::Signature);
        assert_eq!(secret.verify(format!("{data} ").as_bytes(), signature), refused);
        assert_eq!(Secret::new(format!("{key}x")).verify(data.as_bytes(), signature), refused);
        let last = if signature.ends_with('0') { "1" } else { "0" };
        let changed = format!("{}{last}", &signature[..63]);
        let odd = ["", "00", &signature[..62], &signature[..63], "sha256=", "é", &changed];
        for wrong in
            odd.into_iter().chain([format!("{signature}00").as_str(), &format!(" {signature}")])
        {
            assert_eq!(secret.verify(data.as_bytes(), wrong), refused, "{wrong:?}");
        }
    }
}

#[test]
fn an_empty_secret_verifies_nothing() {
    // `printf x | openssl dgst -sha256 -hmac ''`
    let right = "4cbc96099a6467ce002461f10549b4898265ebe6188b45efacc44293516e62c4";
    assert_eq!(Secret::new("").verify(b"x", right), Err(Refused::Signature));
}

#[test]
fn a_signed_event_is_read() {
    let secret = Secret::new("Jefe");
    let body = b"what do ya want for nothing?";
    let read = secret.read(body, VECTORS[0].2);
    assert!(matches!(read, Err(Refused::Malformed(_))), "{read:?}");
    assert_eq!(secret.read(body, VECTORS[1].2), Err(Refused::Signature));
}

#[test]
fn the_documented_events_are_read() {
    let read = parse(&event("run.completed")).unwrap();
    assert_eq!(read.id, "0d4b0c51-9c1f-4a5e-9a52-3f6d3f0e7a10");
    assert_eq!(read.event, RunEventType::Completed);
    assert_eq!(read.created_at.unwrap().timestamp_millis(), 1_772_618_652_250);
    assert_eq!(read.run.id, "e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50");
    assert_eq!(read.run.status.as_str(), "completed");
    assert!(read.run.thread_id.is_none() && read.run.steps().is_empty());
    for (kind, event_type) in
        [("run.created", RunEventType::Created), ("run.interrupted", RunEventType::Interrupted)]
    {
        assert_eq!(parse(&event(kind)).unwrap().event, event_type);
    }
}

#[test]
fn what_later_revisions_may_send_is_read() {
    let mut later = event("run.resumed");
    later["account_id"] = json!("a");
    later["data"]["object"]["status"] = json!("resting");
    later.as_object_mut().unwrap().remove("created_at");
    let read = parse(&later).unwrap();
    assert_eq!((read.event.as_str(), read.run.status.as_str()), ("run.resumed", "resting"));
    assert_eq!(serde_json::to_value(&read.event).unwrap(), "run.resumed");
    assert_eq!(read.created_at, None);
}

#[test]
fn an_event_about_something_else_is_told_apart() {
    let other = json!({ "type": "business.updated", "data": { "object": { "id": 7 } } });
    assert_eq!(parse(&other), Err(Refused::OtherEvent("business.updated".into())));
}

#[test]
fn a_malformed_event_says_where_and_shows_no_value() {
    let mut odd = event("run.completed");
    odd["data"]["object"]["id"] = json!({ "hush": 1 });
    let Err(Refused::Malformed(why)) = parse(&odd) else { panic!("refused") };
    assert!(why.contains("data.object.id"), "{why}");
    for body in ["", "[]", "{}", "\u{0}", r#"{"type":7,"x":"hush"}"#, r#"{"type":"run.x"}"#] {
        let refused = RunWebhook::parse(body.as_bytes()).unwrap_err();
        assert!(matches!(refused, Refused::Malformed(_)), "{body}: {refused:?}");
        assert!(!refused.to_string().contains("hush"), "{refused}");
    }
}

#[test]
fn a_secret_is_shown_by_nothing() {
    assert_eq!(format!("{:?}", Secret::new("hush")), "Secret([redacted])");
}
