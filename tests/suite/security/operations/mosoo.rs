//! Every operation of Mosoo, with the path that its document gives it.

use super::{Call, MARK, awaited, streamed};
use agent_threads_mosoo::{Client, Dialect, types};

/// What either dialect takes: the one needs an input, the other a user.
fn thread(dialect: Dialect) -> types::CreateThread {
    match dialect {
        Dialect::Current => types::CreateThread::new().user_id("u"),
        _ => {
            types::CreateThread::new().input(types::MessageInput::new([types::TextPart::new(MARK)]))
        }
    }
}

pub(crate) fn calls(client: &Client, id: &str) -> Vec<Call> {
    vec![
        awaited("list_events", "GET /threads/{}/events", client.list_events(id)),
        awaited(
            "send_events",
            "POST /threads/{}/events",
            client.send_events(id, types::SendEvents::new([types::UserInterrupt::new()])),
        ),
        streamed(
            "stream_events",
            "GET /threads/{}/events/stream",
            &client.stream_events(id),
            |request| request.events(),
        ),
        awaited(
            "upload_file",
            "POST /agents/{}/files",
            client.upload_file(
                id,
                types::UploadFile::new(agent_threads_mosoo::FilePart::bytes("a.txt", MARK)),
            ),
        ),
        awaited("delete_file", "DELETE /files/{}", client.delete_file(id)),
        awaited("get_file", "GET /files/{}", client.get_file(id)),
        awaited("download_file", "GET /files/{}/content", client.download_file(id)),
        awaited("list_thread_files", "GET /threads/{}/files", client.list_thread_files(id)),
        awaited(
            "attach_file",
            "POST /threads/{}/files",
            client.attach_file(id, types::AttachFile::new(MARK, "text/plain", "TUFSSw==")),
        ),
        awaited(
            "delete_thread_file",
            "DELETE /threads/{}/files/{}",
            client.delete_thread_file(id, id),
        ),
        awaited("list_threads", "GET /agents/{}/threads", client.list_threads(id)),
        awaited(
            "create_thread",
            "POST /agents/{}/threads",
            client.create_thread(id, thread(client.dialect())),
        ),
        awaited("delete_thread", "DELETE /threads/{}", client.delete_thread(id)),
        awaited("get_thread", "GET /threads/{}", client.get_thread(id)),
        awaited("archive_thread", "POST /threads/{}/archive", client.archive_thread(id)),
        awaited("unarchive_thread", "POST /threads/{}/unarchive", client.unarchive_thread(id)),
    ]
}
