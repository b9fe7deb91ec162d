//! Mosoo: what is created or sent has a key. Two operations are in one dialect each, and are called in it.

use super::{Call, Repeats, Vendor, call};
use crate::support::seam::Seam;
use agent_threads_mosoo::{
    Client, Dialect, FilePart,
    types::{AttachFile, CreateThread, SendEvents, UploadFile, UserInterrupt},
};

const KEYED: Repeats = Repeats::Keyed("idempotency-key");

fn client(seam: &Seam, dialect: Dialect) -> Client {
    let builder = Client::builder().base_url("https://mosoo.example/api/v1").token("grt_pat_test");
    builder.dialect(dialect).transport(seam.clone()).retry_budget(None).build().unwrap()
}

fn interrupt() -> SendEvents {
    SendEvents::new([UserInterrupt::new()])
}

fn file() -> UploadFile {
    UploadFile::new(FilePart::bytes("a", "a"))
}

pub(super) fn vendor(seam: &Seam) -> Vendor {
    let (seed, client) = (client(seam, Dialect::Seed), client(seam, Dialect::Current));
    let calls: Vec<Call> = vec![
        call!(Repeats::Reads, client.download_file("f")),
        call!(Repeats::Reads, client.get_file("f")),
        call!(Repeats::Reads, client.get_thread("t")),
        call!(Repeats::Reads, client.list_events("t")),
        call!(Repeats::Reads, client.list_thread_files("t")),
        call!(Repeats::Reads, client.list_threads("a")),
        call!(Repeats::Reads, stream client.stream_events("t")),
        call!(Repeats::Idempotent, client.delete_file("f")),
        call!(Repeats::Idempotent, client.delete_thread("t")),
        call!(Repeats::Idempotent, client.delete_thread_file("t", "f")),
        call!(KEYED, client.create_thread("a", CreateThread::new().user_id("u"))),
        call!(KEYED, client.send_events("t", interrupt())),
        call!(Repeats::Once, client.archive_thread("t")),
        call!(Repeats::Once, client.unarchive_thread("t")),
        call!(Repeats::Once, client.upload_file("a", file())),
        call!(Repeats::Once, seed.attach_file("t", AttachFile::new("a", "text/plain", "YQ=="))),
    ];
    Vendor { calls, document: include_str!("../../../../openapi/mosoo.yaml") }
}
