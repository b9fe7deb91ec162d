//! What a caller sends back as it came, tags of which only the beginning is known, texts cut within a character, secrets.

use crate::server::{EVENT_STREAM, Server};
use acme_agents::types::{
    DataEvent, FindRooms, LineMark, Mark, MoodEvent, Note, NoteColor, PostNotes, Room, RoomEvent,
    StampMark,
};
use acme_agents::{ErrorKind, TextPiece};
use serde_json::{Value, json};

fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(value: &Value) -> Value {
    let read: T = serde_json::from_str(&value.to_string()).unwrap();
    let buffered: T = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(buffered).unwrap(), serde_json::to_value(&read).unwrap());
    serde_json::to_value(read).unwrap()
}

#[test]
fn an_open_object_is_written_as_it_came() {
    for note in [
        json!({ "author": null, "marks": [] }),
        json!({ "author": "a", "marks": [], "id": "n1", "color": "red", "data": { "a": [null] }, "lines": 3, "type": "t" }),
        json!({ "author": "a", "marks": [], "id": null, "color": null, "data": null, "lines": null, "type": null }),
        json!({ "author": "a", "marks": [], "signature": "s", "more": { "deep": [1, 1.5, null] }, "none": null }),
        json!({ "author": "a", "color": "green", "marks": [
            { "type": "stamp-north", "at": "top", "ink": "black", "size": null },
            { "type": "stamp-", "at": "top" }, { "type": "stamp-stamp-x", "at": "a", "size": 1.5 },
            { "type": "line", "width": 2 }, { "type": "blot", "by": "tea" }, { "type": "stamp" },
        ] }),
    ] {
        assert_eq!(round_trip::<Note>(&note), note);
    }
}

#[test]
fn what_is_listed_and_what_is_not_are_told_apart() {
    let text = r#"{"author":null,"marks":[],"id":null,"data":null,"lines":2.0,"later":1}"#;
    let note: Note = serde_json::from_str(text).unwrap();
    assert_eq!((note.author, note.id, note.data), (None, None, Some(Value::Null)));
    assert_eq!(note.lines, Some(2));
    assert_eq!(json!(note.extra), json!({ "later": 1, "id": null }));
}

#[test]
fn what_is_set_since_replaces_the_null_that_came() {
    let note: Note = serde_json::from_str(r#"{"author":"a","marks":[],"id":null}"#).unwrap();
    let note = serde_json::to_string(&note.id("n1")).unwrap();
    assert_eq!(note, r#"{"author":"a","id":"n1","marks":[]}"#);
}

#[test]
fn a_tag_of_which_the_beginning_is_known_says_the_rest() {
    let mark = json!({ "type": "stamp-north", "at": "top", "ink": "black" });
    let read: Mark = serde_json::from_value(mark.clone()).unwrap();
    assert_eq!(read.kind(), "stamp-north");
    let Mark::Stamp(mut stamp) = read else { panic!("{read:?}") };
    assert_eq!((stamp.name(), stamp.at.as_str()), ("north", "top"));
    assert_eq!(json!(stamp.extra), json!({ "ink": "black" }));
    assert_eq!(serde_json::to_value(&stamp).unwrap(), mark);
    stamp.set_name("south");
    assert_eq!(Mark::from(stamp).kind(), "stamp-south");
    let made = Mark::from(StampMark::new("stamp-x", "left").size(2.0));
    let written = json!({ "type": "stamp-stamp-x", "at": "left", "size": 2.0 });
    assert_eq!(serde_json::to_value(made).unwrap(), written);
}

#[test]
fn an_arm_on_its_own_does_not_write_its_tag_twice() {
    let line: LineMark = serde_json::from_str(r#"{"type":"line","width":2}"#).unwrap();
    assert_eq!(json!(line.extra), json!({ "width": 2 }));
    let mark = serde_json::to_string(&Mark::from(line)).unwrap();
    assert_eq!(mark, r#"{"type":"line","width":2}"#);
}

#[test]
fn a_whole_tag_wins_over_a_beginning_and_a_longer_one_over_a_shorter() {
    let read = |kind: &str| -> RoomEvent {
        serde_json::from_value(json!({ "type": kind, "data": null })).unwrap()
    };
    assert!(matches!(read("data-mood-hush"), RoomEvent::DataMoodHush(_)));
    assert!(matches!(read("data-mood-gay"), RoomEvent::DataMood(mood) if mood.name() == "gay"));
    assert!(matches!(read("data-mood"), RoomEvent::Data(data) if data.name() == "mood"));
    assert!(matches!(read("data"), RoomEvent::Unknown(_)));
}

#[test]
fn a_known_beginning_with_unreadable_fields_is_an_error() {
    let error = serde_json::from_str::<Mark>(r#"{"type":"stamp-x","at":7}"#).unwrap_err();
    assert!(error.to_string().contains("invalid type: integer"), "{error}");
    let error = serde_json::from_str::<Mark>(r#"{"type":"stamp-x"}"#).unwrap_err();
    assert!(error.to_string().contains("missing field `at`"), "{error}");
}

#[tokio::test]
async fn a_stream_brings_pieces_and_data_and_ends_with_its_mark() {
    let server = Server::streaming(concat!(
        "data: {\"type\":\"word\",\"piece\":\"hi \\ud83d\"}\n\n",
        "data: {\"type\":\"data-weather\",\"data\":{\"sun\":true},\"id\":\"d1\"}\n\n",
        "data: {\"type\":\"word\",\"piece\":\"\\ude00\",\"again\":\"x\"}\n\n",
        "data: {\"type\":\"data-mood-gay\"}\n\n",
        "data: [DONE]\n\n",
        "data: {\"type\":\"word\",\"piece\":\"never seen\"}\n\n",
    ))
    .await;
    let mut events = server.client().follow_room("r1").events();
    let mut said = TextPiece::default();
    let mut kinds = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        kinds.push(event.kind().to_owned());
        match event {
            RoomEvent::Word(word) => said.push(&word.piece),
            RoomEvent::Data(DataEvent { data, extra, .. }) => {
                assert_eq!((data, json!(extra)), (json!({ "sun": true }), json!({ "id": "d1" })));
            }
            RoomEvent::DataMood(MoodEvent { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kinds, ["word", "data-weather", "word", "data-mood-gay"]);
    assert_eq!(said, "hi 😀");
    assert_eq!(server.only().line, "GET /v1/rooms/r1/live");
}

#[tokio::test]
async fn no_stream_to_be_had_is_an_error_of_its_own() {
    let server = Server::giving([(204, EVENT_STREAM, "")]).await;
    let error = server.client().follow_room("r1").events().opened().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NothingToStream);
}

#[tokio::test]
async fn what_only_reads_is_asked_again_after_a_failure() {
    let server = Server::answering([(503, ""), (200, r#"[{"id":"r1","key":"k"}]"#)]).await;
    let rooms = server.client().find_rooms(FindRooms::new(["tea"])).await.unwrap();
    assert_eq!((rooms.len(), server.seen().len()), (1, 2));
}

#[tokio::test]
async fn what_carries_its_keys_is_sent_again_after_a_failure_and_otherwise_not() {
    let note = || Note::new("a".to_owned(), Vec::<Mark>::new()).color(NoteColor::Red);
    let server = Server::answering([(503, ""), (204, "")]).await;
    let notes = [note().id("n1"), note().id("n2")];
    server.client().post_notes("r1", PostNotes::new(notes)).await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.len(), &seen[0].body), (2, &seen[1].body));
    let server = Server::answering([(503, "")]).await;
    let notes = PostNotes::new([note().id("n1"), note()]);
    let error = server.client().post_notes("r1", notes).await.unwrap_err();
    assert_eq!((error.status().map(|status| status.as_u16()), error.attempts()), (Some(503), 1));
}

#[tokio::test]
async fn a_character_that_the_vendor_refuses_in_a_path_is_refused_before_anything_is_sent() {
    let server = Server::answering([]).await;
    for id in ["a.b", "a*", "a b", "a\tb", ""] {
        let error = server.client().follow_room(id).events().opened().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id}");
        assert!(error.to_string().contains("follow_room: path parameter `room_id`"), "{error}");
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_secret_is_not_shown_and_can_be_had() {
    let room = r#"{"id":"r1","key":"TOPSECRET","codes":["TOPSECRET"]}"#;
    let room: Room = serde_json::from_str(room).unwrap();
    assert_eq!(
        (room.key.as_str(), room.codes.as_deref()),
        ("TOPSECRET", Some(&["TOPSECRET".to_owned()][..]))
    );
    let shown = format!("{room:?} {:?}", Some(&room));
    assert!(shown.contains("r1") && !shown.contains("TOPSECRET"), "{shown}");
}

#[cfg(feature = "schemars")]
#[test]
fn open_objects_and_pieces_have_schemas() {
    let schema = schemars::schema_for!(RoomEvent).to_value();
    let piece = &schema["$defs"]["WordPiece"]["properties"];
    assert_eq!(piece["piece"]["type"], json!("string"));
    let data = &schema["anyOf"][1];
    assert_eq!(data["properties"]["type"], json!({ "pattern": "^data-" }));
    let note = schemars::schema_for!(Note).to_value();
    assert_eq!(note["additionalProperties"], json!(true));
    assert_eq!(note["properties"]["type"]["type"], json!(["string", "null"]));
}
