//! The unions of the vendors, and the enums that one would write for them.
//!
//! The members are the same structs, so that only how one is chosen differs.

use super::{Known, member};
use agent_threads_core::{codegen::StreamEvent, sse};
use agent_threads_deco_studio::types as deco;
use agent_threads_middesk::types as middesk;
use agent_threads_modus::types as modus;
use agent_threads_mosoo::types as mosoo;
use eventsource_stream::Event;
use serde::{Deserialize, de::Error as _};
use serde_json::{Error, from_str};

pub(super) trait Vendor: Sized + 'static {
    type Event: StreamEvent + PartialEq + 'static;

    fn is_known(event: &Self::Event) -> bool;

    /// Reads an event by the enum that one would write.
    fn tagged(event: &Event) -> Result<Self::Event, Error>;

    /// What reads this event when it comes.
    fn known(event: &sse::Event<'_>) -> Known<Self>;
}

/// An enum that serde tells apart by `type`, and which of its members an event is.
macro_rules! tagged_by_type {
    ($name:ident, $union:ty, $module:ident: $($tag:literal $variant:ident $schema:ident,)*) => {
        pub(super) struct $name;

        const _: () = {
            #[derive(Deserialize)]
            #[serde(tag = "type")]
            #[allow(clippy::large_enum_variant, reason = "as ours is")]
            enum Tagged {
                $(#[serde(rename = $tag)] $variant($module::$schema),)*
            }

            #[derive(Deserialize)]
            struct Tag {
                r#type: String,
            }

            impl Vendor for $name {
                type Event = $union;

                fn is_known(event: &$union) -> bool {
                    type Union = $union;
                    !matches!(event, Union::Unknown(_))
                }

                fn tagged(event: &Event) -> Result<$union, Error> {
                    Ok(match from_str::<Tagged>(&event.data)? {
                        $(Tagged::$variant(value) => value.into(),)*
                    })
                }

                fn known(event: &sse::Event<'_>) -> Known<Self> {
                    let tag = from_str::<Tag>(event.data).map(|tag| tag.r#type).unwrap_or_default();
                    match &*tag {
                        $($tag => member::<$module::$schema, $union>,)*
                        _ => |_| Err(Error::custom("no such member")),
                    }
                }
            }
        };
    };
}

tagged_by_type! { Modus, modus::RunEvent, modus:
    "token" Token TokenEvent,
    "done" Done DoneEvent,
    "error" Error ErrorEvent,
    "cancelled" Cancelled CancelledEvent,
    "notice" Notice NoticeEvent,
    "heartbeat" Heartbeat HeartbeatEvent,
}

tagged_by_type! { DecoStudio, deco::UiMessageChunk, deco:
    "start" Start StartChunk,
    "start-step" StartStep StartStepChunk,
    "text-start" TextStart TextStartChunk,
    "text-delta" TextDelta TextDeltaChunk,
    "text-end" TextEnd TextEndChunk,
    "reasoning-start" ReasoningStart ReasoningStartChunk,
    "reasoning-delta" ReasoningDelta ReasoningDeltaChunk,
    "reasoning-end" ReasoningEnd ReasoningEndChunk,
    "tool-input-start" ToolInputStart ToolInputStartChunk,
    "tool-input-delta" ToolInputDelta ToolInputDeltaChunk,
    "tool-input-available" ToolInputAvailable ToolInputAvailableChunk,
    "tool-output-available" ToolOutputAvailable ToolOutputAvailableChunk,
    "finish-step" FinishStep FinishStepChunk,
    "finish" Finish FinishChunk,
}

/// A choice by the name of the event, which no enum of serde can make.
macro_rules! told_by_name {
    ($name:ident, $union:ty, $module:ident: $($event:literal $schema:ident,)*) => {
        pub(super) struct $name;

        impl Vendor for $name {
            type Event = $union;

            fn is_known(event: &$union) -> bool {
                type Union = $union;
                !matches!(event, Union::Unknown(_))
            }

            fn tagged(event: &Event) -> Result<$union, Error> {
                match &*event.event {
                    $($event => from_str::<$module::$schema>(&event.data).map(Into::into),)*
                    _ => Err(Error::custom("no such member")),
                }
            }

            fn known(event: &sse::Event<'_>) -> Known<Self> {
                match event.event {
                    $($event => member::<$module::$schema, $union>,)*
                    _ => |_| Err(Error::custom("no such member")),
                }
            }
        }
    };
}

told_by_name! { Mosoo, mosoo::ThreadStreamEvent, mosoo:
    "thread.event" ThreadEvent,
    "thread.error" ThreadStreamError,
}

told_by_name! { Middesk, middesk::RunStreamEvent, middesk:
    "RUN_STARTED" RunStarted,
    "STATE_SNAPSHOT" StateSnapshot,
    "RUN_FINISHED" RunFinished,
    "RUN_ERROR" RunFailed,
}
