//! What the generated client sends and how it reads answers, over a real socket. Expectations are written by hand from
//! `openapi.yaml`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod credentials;
mod dialects;
mod downloads;
mod named_events;
mod open_types;
mod pages;
#[cfg(feature = "provisional")]
mod provisional;
#[cfg(feature = "rate-limit")]
mod rates;
mod requests;
mod retries;
mod rooms;
mod rules;
mod server;
mod servers;
mod sink;
mod streams;
mod uploads;
mod wire;
