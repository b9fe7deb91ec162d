use super::*;

fn told(metadata: Value) -> Value {
    json!({ "type": "message-metadata", "messageMetadata": metadata })
}

#[test]
fn absent_and_null_change_nothing() {
    let nothing = [
        told(Value::Null),
        json!({ "type": "finish", "messageMetadata": null }),
        json!({ "type": "start" }),
    ];
    assert_eq!(read(nothing.clone()).get("metadata"), None);
    let chunks = [&[told(json!({ "a": 1 }))][..], &nothing].concat();
    assert_eq!(read(chunks)["metadata"], json!({ "a": 1 }));
}

#[test]
fn start_message_and_finish_all_add_to_it() {
    let chunks = [
        with(start("m1"), json!({ "messageMetadata": { "a": { "x": 1 } } })),
        told(json!({ "a": { "y": [2, 3] } })),
        json!({ "type": "finish", "messageMetadata": { "a": { "y": [4], "x": null } } }),
    ];
    assert_eq!(read(chunks)["metadata"], json!({ "a": { "x": null, "y": [4] } }));
}
