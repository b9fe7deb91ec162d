use super::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use std::path::{Component, Path};

#[track_caller]
fn is(header: impl AsRef<[u8]>, expected: Option<&str>) {
    let header = header.as_ref();
    let shown = String::from_utf8_lossy(header);
    assert_eq!(file_name(header).as_deref(), expected, "{shown}");
}

/// RFC 6266, section 5; RFC 5987, section 3.2.2.
#[test]
fn the_examples_of_the_standards_are_read() {
    is("Attachment; filename=example.html", Some("example.html"));
    is("INLINE; FILENAME= \"an example.html\"", Some("an example.html"));
    is("attachment;\tfilename*= UTF-8''%e2%82%ac%20rates", Some("€ rates"));
    let both = "attachment; filename=\"EURO rates\"; filename*=utf-8''%e2%82%ac%20rates";
    is(both, Some("€ rates"));
    is("attachment; filename*=iso-8859-1'en'%A3%20rates", Some("£ rates"));
}

#[test]
fn a_quoted_name_may_hold_anything_behind_a_backslash() {
    is(r#"attachment; filename="a;b=c, d.txt"; size=1"#, Some("a;b=c, d.txt"));
    is(r#"attachment; filename="say \'hi\'.txt""#, Some("say 'hi'.txt"));
    is(r#"attachment; filename="a\"b\".txt""#, Some("a_b_.txt"));
    is(r#"attachment; filename="a\\b.txt""#, Some("b.txt"));
    is(r#"attachment; filename="open.txt"#, Some("open.txt"));
    is(r#"attachment; filename="open\"#, Some("open"));
}

#[test]
fn raw_bytes_are_utf_8_or_else_latin_1() {
    is("attachment; filename=\"käse 試験.txt\"", Some("käse 試験.txt"));
    is(b"attachment; filename=\"k\xe4se.txt\"", Some("käse.txt"));
    is("inline; filename=käse.txt", Some("käse.txt"));
}

#[test]
fn an_extended_name_that_cannot_be_read_gives_way_to_the_plain_one() {
    for bad in ["utf-8''%ff", "utf-7''+x", "no-quotes", "utf-8'", "utf-8''..", "utf-8''"] {
        is(format!("attachment; filename*={bad}; filename=plain.txt"), Some("plain.txt"));
        is(format!("attachment; filename*={bad}"), None);
    }
}

#[test]
fn without_a_name_there_is_none() {
    for none in
        ["", "attachment", "inline;", "attachment; filename", "attachment; name=a.txt", ";;="]
    {
        is(none, None);
    }
    is("filename=a.txt", Some("a.txt"));
    is("attachment; filename=a.txt; filename=b.txt", Some("a.txt"));
}

#[test]
fn of_a_path_only_the_last_part_is_left() {
    for (given, left) in [
        ("../../etc/passwd", Some("passwd")),
        ("/etc/passwd", Some("passwd")),
        (r"..\\..\\win.ini", Some("win.ini")),
        (r"C:\\dir\\a.txt", Some("a.txt")),
        ("C:a.txt", Some("C_a.txt")),
        ("a.txt:stream", Some("a.txt_stream")),
        ("..", None),
        (".", None),
        (" . . ", None),
        ("...", None),
        ("dir/", None),
        ("a/..", None),
        ("", None),
        (".profile", Some(".profile")),
        ("a.txt. . ", Some("a.txt")),
        ("\u{3000}a.txt\u{a0}.\u{2003}.", Some("a.txt")),
        ("a\r\nb\0c", Some("a__b_c")),
        ("invoice\u{202e}fdp.exe", Some("invoice_fdp.exe")),
        ("NUL", Some("_NUL")),
        ("con.txt", Some("_con.txt")),
        ("Com7 .tar.gz", Some("_Com7 .tar.gz")),
        ("lpt¹", Some("_lpt¹")),
        ("com0.txt", Some("com0.txt")),
        ("console", Some("console")),
    ] {
        is(format!("attachment; filename=\"{given}\""), left);
    }
}

#[test]
fn an_encoded_separator_is_one_too() {
    is("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", Some("passwd"));
    is("attachment; filename*=UTF-8''a%00b%5Cc%0A", Some("c_"));
}

fn is_safe(name: &str) -> bool {
    let directory = Path::new("/srv/files");
    let joined = directory.join(name);
    let parts: Vec<_> = Path::new(name).components().collect();
    matches!(parts[..], [Component::Normal(_)])
        && joined.parent() == Some(directory)
        && !name.contains(['/', '\\', ':'])
        && !name.contains(char::is_control)
        && !name.ends_with(['.', ' '])
}

proptest! {
    #[test]
    fn whatever_comes_the_name_is_safe_to_join(header in proptest::collection::vec(any::<u8>(), 0..200)) {
        let named = [b"attachment; filename=".as_slice(), &header].concat();
        let quoted = [b"attachment; filename=\"".as_slice(), &header, b"\""].concat();
        for header in [header, named, quoted] {
            if let Some(name) = file_name(&header) {
                prop_assert!(is_safe(&name), "{name:?}");
            }
        }
    }

    #[test]
    fn whatever_is_encoded_the_name_is_safe_to_join(text in r#"[./\\:a-cN ~\x00-\x1f\PC]{0,20}"#) {
        let encoded = utf8_percent_encode(&text, NON_ALPHANUMERIC);
        let header = format!("attachment; filename*=UTF-8''{encoded}");
        if let Some(name) = file_name(header.as_bytes()) {
            prop_assert!(is_safe(&name), "{name:?}");
        }
    }

    #[test]
    fn a_plain_name_comes_back_in_each_form(name in "[a-zäß試][a-z0-9äß試_-]{0,12}\\.[a-z]{1,4}") {
        prop_assume!(!is_device(&name));
        let encoded = utf8_percent_encode(&name, NON_ALPHANUMERIC);
        for value in [
            format!("filename={name}"),
            format!("filename=\"{name}\""),
            format!("filename*=UTF-8''{encoded}"),
            format!("filename=other; filename*=UTF-8'de'{encoded}"),
        ] {
            let header = format!("attachment; {value}");
            prop_assert_eq!(file_name(header.as_bytes()), Some(name.clone()));
        }
    }
}
