//! The suites that cross crates. Each test is a scenario and what must happen in it; expected values come from the vendors'
//! documents or from a standard, never from the code under test.
//!
//! - `requests`: one operation against a mock server: the exact request, and the decoding of the documented answer
//! - `flows`, `faults`: whole runs against the sandbox
//! - `generations`: what Octavus added over time, against a sandbox of each state that its API has had
//! - `broken`: connections that break, on raw TCP
//! - `cancel`: futures and streams that are dropped before they are done
//! - `calls`, `waits`: time, on the transport seam with the clock paused
//! - `modus`: the same questions of Modus, whose runs are streams
//! - `middesk`: the same of Middesk, whose runs are streamed, read and announced by webhooks
//! - `mosoo`: the same of Mosoo, in both dialects, and every recorded exchange of its real server
//! - `deco_studio`: every operation, every kind of chunk, what is posted back
//! - `resume`: streams that break, on the sandbox without sockets
//! - `retries`: what is sent again, of every operation of every vendor, and what a server that is down is spared
//! - `spawn`: what a task of its own can await
//! - `config`, `secrets`: what a client refuses, and what nothing shows
//! - `security`: what a hostile server or argument must not get, over every operation of every vendor

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod broken;
mod calls;
mod cancel;
mod config;
mod deco_studio;
mod faults;
mod flows;
mod generations;
mod middesk;
mod modus;
mod mosoo;
mod requests;
mod resume;
mod retries;
mod secrets;
mod security;
mod spawn;
mod support;
mod waits;
