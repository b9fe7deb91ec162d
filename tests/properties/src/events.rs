//! From the bytes of a stream to a vendor's events.

use crate::{
    cuts::cut,
    json,
    oracle::{self, Dispatched},
    seam::{Answer, World},
};
use agent_threads_core::{Error, ErrorKind, EventStream, Unknown, codegen::StreamEvent};
use serde_json::Value;
use std::fmt::Debug;

/// A stream of a vendor, as its documents have it.
pub(crate) trait Stream {
    type Event: StreamEvent + Debug + PartialEq;
    /// What says which event it is: a tag in its data, or its name.
    const NAMED: bool;
    const KNOWN: &'static [&'static str];
    const PREFIX: Option<&'static str> = None;
    const TERMINAL: &'static [&'static str] = &[];
    /// The data by which the server ends the stream.
    const DONE: Option<&'static str> = None;

    fn open(world: &World) -> EventStream<Self::Event>;
    fn unknown(event: &Self::Event) -> Option<&Unknown>;
    /// What can be written is read back as it was.
    fn reread(_: &Self::Event) {}
}

type Item<S> = Result<<S as Stream>::Event, Error>;

/// The first byte says how the stream is cut; the rest is the stream.
///
/// Each event that the standard dispatches becomes the vendor's event that its documents say; what is known and malformed
/// is an error, and what is unknown is kept. Another order of names and other blanks change nothing.
pub(crate) fn check<S: Stream>(input: &[u8]) {
    let (seed, stream) = input.split_first().unwrap_or((&0, &[]));
    let dispatched = oracle::dispatched(stream);
    let items = read::<S>(cut(stream, *seed));
    let end = compare::<S>(&items, &dispatched);
    let rewritten: String = dispatched[..end].iter().map(rewrite).collect();
    let again = read::<S>([rewritten.as_bytes()]);
    assert_eq!(again.len(), items.len());
    for (one, two) in items.iter().zip(&again) {
        assert!(same::<S>(one, two), "{one:?}\n{two:?}");
    }
}

fn read<'b, S: Stream>(chunks: impl IntoIterator<Item = &'b [u8]>) -> Vec<Item<S>> {
    let answer = Answer::ok("text/event-stream", chunks);
    let (items, sent) = World::run([answer], async |world| {
        let mut stream = S::open(world).with_keepalives();
        let mut items = Vec::new();
        while let Some(item) = stream.next().await {
            items.push(item);
        }
        assert!(stream.next().await.is_none(), "an end is for good");
        items
    });
    assert_eq!(sent.len(), 1, "nothing is sent twice");
    items
}

fn same<S: Stream>(one: &Item<S>, two: &Item<S>) -> bool {
    match (one, two) {
        (Ok(one), Ok(two)) => one == two,
        (Err(one), Err(two)) => one.kind() == two.kind(),
        _ => false,
    }
}

/// Holds what was read against what had to be, and returns how many of the dispatched events that took.
fn compare<S: Stream>(items: &[Item<S>], dispatched: &[Dispatched]) -> usize {
    let mut items = items.iter();
    for (at, event) in dispatched.iter().enumerate() {
        if S::DONE.is_some_and(|done| event.data == done) {
            assert!(items.next().is_none(), "nothing follows the mark of the end");
            return at + 1;
        }
        let Some(expected) = Expected::of::<S>(event) else { continue };
        let item = items.next().expect("an item for each event");
        let is_last = expected.check::<S>(item, event);
        if is_last {
            assert!(items.next().is_none(), "nothing follows a terminal event");
            return at + 1;
        }
    }
    match (S::TERMINAL, items.next()) {
        ([], None) => {}
        ([_, ..], Some(Err(error))) => assert_eq!(error.kind(), ErrorKind::Interrupted),
        (_, item) => panic!("{item:?} behind the end"),
    }
    assert!(items.next().is_none());
    dispatched.len()
}

/// What has to become of an event.
enum Expected {
    /// This one, or an error if its data are not right.
    Known(String),
    /// What is not known is kept.
    Kept(String, Value),
    Error,
    /// One of these: readers need not agree on such JSON.
    Any,
}

impl Expected {
    fn of<S: Stream>(event: &Dispatched) -> Option<Self> {
        let is_mark = matches!(event.data.as_str(), "" | "[DONE]");
        let is_unnamed = matches!(event.event.as_str(), "" | "message");
        if is_mark && (is_unnamed || !S::NAMED) {
            return None;
        }
        let parsed = match S::NAMED && !is_unnamed {
            true => serde_json::from_str(&event.data),
            false => json::with_first_tag(&event.data),
        };
        let tag = json::first_tag(&event.data);
        let tag = tag.as_deref();
        Some(match (S::NAMED, &parsed) {
            (true, _) => {
                let name = if is_unnamed { tag.unwrap_or("message") } else { &event.event };
                match is_known::<S>(name) {
                    true => Self::Known(name.to_owned()),
                    false => {
                        let text = || Value::from(event.data.clone());
                        Self::Kept(
                            name.to_owned(),
                            parsed.as_ref().map_or_else(|_| text(), Value::clone),
                        )
                    }
                }
            }
            (false, parsed) => match (tag.filter(|tag| is_known::<S>(tag)), parsed) {
                (Some(tag), _) => Self::Known(tag.to_owned()),
                (None, Ok(value)) => Self::Kept(tag.unwrap_or_default().to_owned(), value.clone()),
                // A piece of a text may hold what no other string may.
                (None, Err(_)) if event.data.contains("type") => Self::Any,
                (None, Err(_)) => Self::Error,
            },
        })
    }

    /// Whether the event is the last one.
    fn check<S: Stream>(&self, item: &Item<S>, event: &Dispatched) -> bool {
        if let Ok(read) = item {
            let is_kept = S::unknown(read).is_some();
            assert_eq!(is_kept, !is_known::<S>(read.tag()), "{read:?}");
            S::reread(read);
        }
        match (self, item) {
            (_, Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::Decode);
                assert_eq!(error.raw_body().map(|body| &body[..]), Some(event.data.as_bytes()));
            }
            (Self::Known(tag), Ok(read)) => assert_eq!(read.tag(), tag),
            (Self::Kept(kind, value), Ok(read)) => {
                let unknown = S::unknown(read).expect("what is unknown is kept");
                assert_eq!((unknown.kind(), unknown.json()), (kind.as_str(), value));
                assert_eq!(&serde_json::to_value(unknown).expect("JSON"), value);
            }
            (Self::Error, Ok(read)) => panic!("{read:?}"),
            _ => {}
        }
        assert!(item.is_ok() || !matches!(self, Self::Kept(..)), "what is unknown is no error");
        match (self, item) {
            (_, Ok(read)) => S::TERMINAL.contains(&read.tag()),
            (Self::Known(tag), Err(_)) => S::TERMINAL.contains(&tag.as_str()),
            (_, Err(_)) => false,
        }
    }
}

fn is_known<S: Stream>(tag: &str) -> bool {
    S::KNOWN.contains(&tag) || S::PREFIX.is_some_and(|prefix| tag.starts_with(prefix))
}

/// The event again, with its data written in another way.
fn rewrite(event: &Dispatched) -> String {
    let data = json::unambiguous(&event.data).map(|value| json::rewritten(&value));
    let data = data.unwrap_or_else(|| event.data.clone()).replace('\n', "\ndata: ");
    // A type of no length is the same as none.
    format!("event: {}\ndata: {data}\n\n", event.event)
}
