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
