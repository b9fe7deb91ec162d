//! Octavus: no operation takes a key that the client could rely on.

use super::{Call, Repeats, Vendor, call};
use crate::support::seam::Seam;
use agent_threads_octavus::types::{AgentFileUpload, CreateAgentFiles};

pub(super) fn vendor(seam: &Seam) -> Vendor {
    let client = seam.builder().retry_budget(None).build().unwrap();
    let files = || CreateAgentFiles::new([AgentFileUpload::new("a.txt", "text/plain", 1)]);
    let calls: Vec<Call> = vec![
        call!(Repeats::Reads, client.get_agent("a")),
        call!(Repeats::Reads, client.get_thread("a", "t")),
        call!(Repeats::Once, client.cancel_thread("a", "t")),
        call!(Repeats::Once, client.create_agent_files("a", files())),
        call!(Repeats::Once, client.dispatch_thread("a", "task")),
        call!(Repeats::Once, client.follow_up_thread("a", "t", "more")),
    ];
    Vendor { calls, document: include_str!("../../../../openapi/octavus.yaml") }
}
