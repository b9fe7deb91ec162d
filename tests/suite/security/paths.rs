//! An id addresses what it names: it is one segment of the documented path, or it is refused.

use super::operations::{Call, Client, HOST, clients};
use crate::support::seam::{Seam, json};
use agent_threads_core::ErrorKind;
use proptest::{prelude::*, test_runner::TestRunner};
use std::{collections::BTreeSet, fs, path::Path};
use tokio::runtime::{Builder, Runtime};

/// Ids that some parser, ours or one behind it, could take for more than a name.
const HOSTILE: [&str; 40] = [
    "a/b",
    "/",
    "//",
    "/a",
    "a/",
    "../x",
    "..\\x",
    "\\",
    "a\\..\\b",
    "./a",
    "a/./b",
    "...",
    "....//",
    "?",
    "a?b=c",
    "#",
    "a#b",
    "%",
    "%2e",
    "%2e%2e",
    "%2E%2E%2F",
    "%252e%252e",
    "%2f",
    "%5c",
    "%00",
    "%c0%ae%c0%ae",
    "%zz",
    ";a=b",
    "a;b",
    "a:b",
    "@evil.example",
    "//evil.example/x",
    "http://evil.example/",
    "\u{2024}\u{2024}",
    "\u{ff0e}\u{ff0e}\u{ff0f}",
    "\u{202e}",
    "\0",
    "\r\nHost: evil",
    "a b",
    "\u{e9}\u{1f600}",
];

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// RFC 3986, section 2.1: every byte but the unreserved ones, in percents.
fn encoded(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    id.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// What became of a call: the method and URL that were sent, or the kind of its refusal.
fn outcome(runtime: &Runtime, seam: &Seam, sent: Call) -> Result<String, ErrorKind> {
    let result = runtime.block_on(sent.sent);
    match &seam.take_sent()[..] {
        [] => Err(result.unwrap_err().kind()),
        [one] => Ok(format!("{} {}", one.method, one.url)),
        more => panic!("{}: {} requests", sent.name, more.len()),
    }
}

/// The URL without its query.
fn place(sent: &str) -> &str {
    sent.split('?').next().unwrap()
}

#[test]
fn a_plain_id_leads_every_operation_to_its_documented_path() {
    let seam = Seam::new([json(404, "{}")]);
    let runtime = runtime();
    let mut reached = BTreeSet::new();
    let mut all = BTreeSet::new();
    for client in clients(&seam) {
        for call in client.calls("id-1") {
            let (name, method, path) = (call.name, call.method(), call.path());
            all.insert((client.name, name));
            match outcome(&runtime, &seam, call) {
                Ok(sent) => {
                    let expected = format!("{method} {HOST}{}", path.replace("{}", "id-1"));
                    assert_eq!(place(&sent), expected, "{name}");
                    reached.insert((client.name, name));
                }
                // One dialect of Mosoo lacks what the other has.
                Err(kind) => assert_eq!((client.name, kind), ("mosoo", ErrorKind::InvalidRequest)),
            }
        }
    }
    assert_eq!(all.difference(&reached).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
}

/// The list of operations is written by hand; this is what keeps it whole.
#[test]
fn every_generated_operation_is_in_the_list() {
    let seam = Seam::new([json(404, "{}")]);
    for client in clients(&seam) {
        let listed: BTreeSet<_> =
            client.calls("id-1").iter().map(|call| pascal(call.name)).collect();
        assert_eq!(listed, generated(client.name), "{}", client.name);
    }
}

fn pascal(name: &str) -> String {
    let words = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.chain(["Request".to_owned()]).collect()
}

/// The names of the requests that a vendor's generated code makes.
fn generated(vendor: &str) -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("../crates/agent-threads-{vendor}/src/generated"));
    let single = fs::read_to_string(source.join("operations.rs")).into_iter();
    let several = fs::read_dir(source.join("operations")).into_iter().flatten();
    let several = several.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let text: String = single.chain(several).collect();
    let names = text.split("pub struct ").skip(1).filter_map(|rest| rest.split(' ').next());
    names.filter(|name| name.ends_with("Request")).map(str::to_owned).collect()
}

#[test]
fn what_a_url_parser_would_drop_is_refused_by_every_operation() {
    let seam = Seam::new([json(404, "{}")]);
    let runtime = runtime();
    for client in clients(&seam) {
        for id in ["", ".", ".."] {
            for call in client.calls(id).into_iter().filter(Call::has_id) {
                let name = call.name;
                let refused = outcome(&runtime, &seam, call);
                assert_eq!(refused, Err(ErrorKind::InvalidRequest), "{name} {id:?}");
            }
        }
    }
}

fn check(runtime: &Runtime, seam: &Seam, client: &Client, id: &str) {
    for call in client.calls(id).into_iter().filter(Call::has_id) {
        let (name, method, path) = (call.name, call.method(), call.path());
        match outcome(runtime, seam, call) {
            Ok(sent) => {
                let expected = format!("{method} {HOST}{}", path.replace("{}", &encoded(id)));
                assert_eq!(place(&sent), expected, "{name} {id:?}");
                // As a server reads it, there are no more segments than the document has.
                let url: reqwest::Url = sent.split(' ').nth(1).unwrap().parse().unwrap();
                let segments = url.path_segments().unwrap().count();
                assert_eq!(segments, path.matches('/').count(), "{name} {id:?}");
            }
            Err(kind) => assert_eq!(kind, ErrorKind::InvalidRequest, "{name} {id:?}"),
        }
    }
}

#[test]
fn no_hostile_id_leaves_its_segment() {
    let seam = Seam::new([json(404, "{}")]);
    let runtime = runtime();
    for client in clients(&seam) {
        HOSTILE.iter().for_each(|id| check(&runtime, &seam, &client, id));
    }
}

/// How many ids are tried is `PROPTEST_CASES`.
#[test]
fn no_id_leaves_its_segment() {
    let seam = Seam::new([json(404, "{}")]);
    let (clients, runtime) = (clients(&seam), runtime());
    let config = ProptestConfig { cases: cases(), failure_persistence: None, ..Default::default() };
    let id = prop_oneof![any::<String>(), r"[./\\%2eEfF?#;:@\x00-\x20a]{1,12}"];
    let id = id.prop_filter("is refused", |id| !["", ".", ".."].contains(&&**id));
    let tried = TestRunner::new(config).run(&id, |id| {
        clients.iter().for_each(|client| check(&runtime, &seam, client, &id));
        Ok(())
    });
    tried.unwrap();
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)
}

#[test]
fn a_value_in_a_query_is_one_parameter() {
    let seam = Seam::new([json(404, "{}")]);
    let client: agent_threads_middesk::Client = super::operations::ready(&seam).build().unwrap();
    let runtime = runtime();
    for value in HOSTILE {
        let kind = agent_threads_middesk::types::ActionObjectType::Businesses;
        let request = client.list_actions(value, kind);
        runtime.block_on(request.into_future()).unwrap_err();
        let url: reqwest::Url = seam.sent().pop().unwrap().url.parse().unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert!(pairs.contains(&("object_id".to_owned(), value.to_owned())), "{pairs:?}");
        assert_eq!((url.path(), url.fragment(), pairs.len()), ("/v1/actions", None, 2));
    }
}
