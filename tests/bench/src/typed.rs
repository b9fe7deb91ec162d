//! Bytes of server-sent events to the events of each vendor.

mod followed;
mod mixes;
mod peers;
mod vendors;

use crate::{
    call::runtime,
    case::{Case, Run},
    goal::Goal,
    group::{Group, Source},
    wire::tag_first,
};
use agent_threads_modus::types::RunEvent;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::{hint::black_box, rc::Rc};
use vendors::Vendor;

/// What this group measures.
pub(crate) const GROUP: Group =
    Group { name: "typed", columns: &["agent-threads", ENUM, KNOWN], source: Source::Cases(cases) };

/// What one would write: `eventsource-stream`, and an enum that serde tells apart by a tag.
const ENUM: &str = "eventsource-stream + serde's tag";

/// What cannot be had: our decoder, and `serde_json::from_slice` of a type that is known beforehand.
const KNOWN: &str = "type known beforehand";

/// As many bytes as come at once.
const PIECE: usize = 16 << 10;

fn cases() -> Vec<Case> {
    let tag_last: mixes::Write = ToString::to_string;
    vec![
        case::<vendors::Modus>("Modus: tokens", &mixes::modus(tag_first)),
        case::<vendors::Modus>("Modus: tokens, tag last", &mixes::modus(tag_last)),
        case::<vendors::Mosoo>("Mosoo: a recorded run", &mixes::mosoo()),
        case::<vendors::Middesk>("Middesk: snapshots", &mixes::middesk()),
        case::<vendors::DecoStudio>("deco Studio: text, calls", &mixes::deco_studio(tag_first)),
        case::<vendors::DecoStudio>(
            "deco Studio: text, calls, tag last",
            &mixes::deco_studio(tag_last),
        ),
        followed(&mixes::modus_long(tag_first)),
    ]
}

fn chunks(text: &str) -> Vec<Bytes> {
    text.as_bytes().chunks(PIECE).map(Bytes::copy_from_slice).collect()
}

/// What a program gets from the client, beside what it would write.
fn followed(text: &str) -> Case {
    let chunks = chunks(text);
    let (client, runtime) = (followed::client(&chunks), Rc::new(runtime()));
    let known = peers::known::<vendors::Modus>(&chunks);
    let count = known.len();
    let (same_client, same_runtime) = (client.clone(), runtime.clone());
    let ours =
        move |take: &mut dyn FnMut(RunEvent)| runtime.block_on(followed::follow(&client, take));
    let theirs =
        move |take: &mut dyn FnMut(RunEvent)| peers::tagged::<vendors::Modus>(&chunks, &[], take);
    let checked = theirs.clone();
    let check = Box::new(move || {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        same_runtime.block_on(followed::follow(&same_client, &mut |event| ours.push(event)));
        checked(&mut |event| theirs.push(event));
        assert_eq!(ours.len(), count);
        assert!(ours == theirs, "the client delivers other events");
    });
    let runs = vec![
        Run::Here(Box::new(move || ours(&mut |event| drop(black_box(event))))),
        Run::Here(Box::new(move || theirs(&mut |event| drop(black_box(event))))),
        Run::Nothing,
    ];
    let what = "Modus: tokens, as the client delivers them".to_owned();
    Case { what, each: "event", count, runs, check, goals: vec![Goal::Beats(1.5, &[ENUM])] }
}

fn case<V: Vendor>(what: &str, text: &str) -> Case {
    let chunks = chunks(text);
    let known = peers::known::<V>(&chunks);
    let count = known.len();
    let run = |read: Reader<V>| {
        let (chunks, known) = (chunks.clone(), known.clone());
        Run::Here(Box::new(move || {
            read(black_box(&chunks), &known, &mut |event| drop(black_box(event)));
        }))
    };
    let runs =
        vec![run(peers::ours::<V>), run(peers::tagged::<V>), run(peers::known_beforehand::<V>)];
    let check = Box::new(move || {
        let events = |read: Reader<V>| {
            let mut events = Vec::new();
            read(&chunks, &known, &mut |event| events.push(event));
            events
        };
        let ours = events(peers::ours::<V>);
        assert_eq!(ours.len(), known.len());
        assert!(ours.iter().all(V::is_known), "an event that is not known");
        assert!(ours == events(peers::tagged::<V>), "the enum has other events");
        assert!(ours == events(peers::known_beforehand::<V>), "the types have other events");
    });
    let goals = vec![Goal::Beats(1.5, &[ENUM]), Goal::Within(1.15, KNOWN)];
    Case { what: what.to_owned(), each: "event", count, runs, check, goals }
}

/// How each event is read by one who knows which comes.
type Known<V> = fn(&[u8]) -> serde_json::Result<<V as Vendor>::Event>;

/// Gives all events of a stream to the last argument.
type Reader<V> = fn(&[Bytes], &[Known<V>], &mut dyn FnMut(<V as Vendor>::Event));

/// One member of a union.
fn member<M: DeserializeOwned, T: From<M>>(data: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice::<M>(data).map(T::from)
}
