//! The streams of the vendors, with the names that their documents have.

use crate::{
    events::{self, Stream},
    seam::World,
};
use agent_threads_core::{EventStream, Unknown};
use agent_threads_deco_studio::types::{UiMessageChunk, WatchEvent};
use agent_threads_middesk::types::RunStreamEvent;
use agent_threads_modus::types::RunEvent;
use agent_threads_mosoo::types::ThreadStreamEvent;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt::Debug;

/// Modus: the events of a run.
pub fn modus(input: &[u8]) {
    events::check::<Modus>(input);
}

/// Mosoo: the events of a thread.
pub fn mosoo(input: &[u8]) {
    events::check::<Mosoo>(input);
}

/// Middesk: the events of a run.
pub fn middesk(input: &[u8]) {
    events::check::<Middesk>(input);
}

/// deco Studio: the chunks of a thread, or what happens in an organization, as the first byte says.
pub fn deco_studio(input: &[u8]) {
    match input.split_first() {
        Some((b'w', input)) => events::check::<Watch>(input),
        _ => events::check::<DecoStudio>(input),
    }
}

struct Modus;

impl Stream for Modus {
    type Event = RunEvent;
    const NAMED: bool = false;
    const KNOWN: &'static [&'static str] = &[
        "token",
        "done",
        "error",
        "cancelled",
        "notice",
        "heartbeat",
        "assistant_content_reset",
        "stream_timeout",
    ];
    const TERMINAL: &'static [&'static str] = &["done", "error", "cancelled", "stream_timeout"];

    fn open(world: &World) -> EventStream<RunEvent> {
        world.modus.stream_run("run_1").events()
    }

    fn unknown(event: &RunEvent) -> Option<&Unknown> {
        match event {
            RunEvent::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    fn reread(event: &RunEvent) {
        written_and_read(event);
    }
}

struct Mosoo;

impl Stream for Mosoo {
    type Event = ThreadStreamEvent;
    const NAMED: bool = true;
    const KNOWN: &'static [&'static str] = &["thread.event", "thread.error"];
    const TERMINAL: &'static [&'static str] = &["thread.error"];

    fn open(world: &World) -> EventStream<ThreadStreamEvent> {
        world.mosoo.stream_events("thread_1").events()
    }

    fn unknown(event: &ThreadStreamEvent) -> Option<&Unknown> {
        match event {
            ThreadStreamEvent::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    fn reread(event: &ThreadStreamEvent) {
        match event {
            ThreadStreamEvent::Event(event) => written_and_read(event),
            ThreadStreamEvent::Error(error) => written_and_read(error),
            _ => {}
        }
    }
}

struct Middesk;

impl Stream for Middesk {
    type Event = RunStreamEvent;
    const NAMED: bool = true;
    const KNOWN: &'static [&'static str] =
        &["RUN_STARTED", "STATE_SNAPSHOT", "RUN_FINISHED", "RUN_ERROR"];
    const TERMINAL: &'static [&'static str] = &["RUN_FINISHED", "RUN_ERROR"];

    fn open(world: &World) -> EventStream<RunStreamEvent> {
        world.middesk.stream_run("run_1").events()
    }

    fn unknown(event: &RunStreamEvent) -> Option<&Unknown> {
        match event {
            RunStreamEvent::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    fn reread(event: &RunStreamEvent) {
        match event {
            RunStreamEvent::RunStarted(event) => written_and_read(event),
            RunStreamEvent::StateSnapshot(event) => written_and_read(event),
            RunStreamEvent::RunFinished(event) => written_and_read(event),
            RunStreamEvent::RunError(event) => written_and_read(event),
            _ => {}
        }
    }
}

struct DecoStudio;

impl Stream for DecoStudio {
    type Event = UiMessageChunk;
    const NAMED: bool = false;
    const KNOWN: &'static [&'static str] = &[
        "start",
        "start-step",
        "text-start",
        "text-delta",
        "text-end",
        "reasoning-start",
        "reasoning-delta",
        "reasoning-end",
        "reasoning-file",
        "custom",
        "tool-input-start",
        "tool-input-delta",
        "tool-input-available",
        "tool-input-error",
        "tool-approval-request",
        "tool-approval-response",
        "tool-output-available",
        "tool-output-error",
        "tool-output-denied",
        "source-url",
        "source-document",
        "file",
        "message-metadata",
        "steering-message",
        "finish-step",
        "reset-step",
        "finish",
        "abort",
        "error",
    ];
    const PREFIX: Option<&'static str> = Some("data-");
    const DONE: Option<&'static str> = Some("[DONE]");

    fn open(world: &World) -> EventStream<UiMessageChunk> {
        world.deco_studio.stream_thread("thread_1").events()
    }

    fn unknown(chunk: &UiMessageChunk) -> Option<&Unknown> {
        match chunk {
            UiMessageChunk::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    fn reread(chunk: &UiMessageChunk) {
        written_and_read(chunk);
    }
}

struct Watch;

impl Stream for Watch {
    type Event = WatchEvent;
    const NAMED: bool = true;
    const KNOWN: &'static [&'static str] = &[
        "connected",
        "decopilot.thread.status",
        "decopilot.step",
        "decopilot.finish",
        "decopilot.run.status",
        "keepalive",
        "error",
    ];

    fn open(world: &World) -> EventStream<WatchEvent> {
        world.deco_studio.watch().events()
    }

    fn unknown(event: &WatchEvent) -> Option<&Unknown> {
        match event {
            WatchEvent::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

/// What was read says as JSON what it said.
pub(crate) fn written_and_read<T: Serialize + DeserializeOwned + Debug + PartialEq>(value: &T) {
    let json = serde_json::to_string(value).expect("JSON");
    let again: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    // Text that says something twice, or more than its reader keeps, says so in the reader of any JSON too.
    if serde_json::from_str::<Value>(&json).ok() == serde_json::to_value(value).ok() {
        assert_eq!(&again, value);
    }
}
