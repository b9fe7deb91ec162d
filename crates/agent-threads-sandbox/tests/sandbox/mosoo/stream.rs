//! The log as a stream.

use agent_threads_sandbox::mosoo::{Script, ToolCall};
use agent_threads_sandbox::sse::{Delivery, LineEnd, StreamFault};
use reqwest::Response;
use serde_json::Value;

use super::caller::{Caller, answer, id, refused, types};

/// An open stream with what has come of it.
struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    async fn open(caller: &Caller, path: &str) -> Self {
        let response = caller.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self { response, text: String::new() }
    }

    /// The blocks up to one that contains a text.
    async fn until(&mut self, text: &str) -> Vec<String> {
        loop {
            let blocks: Vec<_> = self.text.split_inclusive("\n\n").map(str::to_owned).collect();
            let found = blocks.iter().position(|b| b.contains(text) && b.ends_with("\n\n"));
            if let Some(at) = found {
                self.text = blocks[at + 1..].concat();
                return blocks[..=at].to_vec();
            }
            let chunk = self.response.chunk().await.unwrap().expect("more of the stream");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// The entries in blocks that are events.
fn entries(blocks: &[String]) -> Vec<Value> {
    let event = |block: &String| {
        let data = block.split_once("data: ")?.1;
        let entry: Value = serde_json::from_str(data.trim_end()).unwrap();
        let id = entry["id"].as_str().unwrap();
        assert!(block.starts_with(&format!("event: thread.event\nid: {id}\ndata: ")), "{block}");
        Some(entry)
    };
    blocks.iter().filter_map(event).collect()
}

/// The contents of the messages in entries.
fn messages(entries: &[Value]) -> Vec<&str> {
    let messages = super::caller::of_type(entries, "agent.message.delta");
    messages.iter().map(|entry| entry["content"].as_str().unwrap()).collect()
}

fn stream(thread: &str) -> String {
    format!("{thread}/events/stream")
}

#[tokio::test]
async fn a_stream_takes_the_run_on_and_carries_each_piece_of_a_message() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::new().fragments(["Hel", "lo"]).text("Bye").usage(7));
    let thread = caller.create("x").await;
    let mut open = Stream::open(&caller, &stream(&thread)).await;
    let blocks = open.until("\"run.completed\"").await;
    assert_eq!(blocks[0], ": connected\n\n");
    let entries = entries(&blocks);
    assert_eq!(messages(&entries), ["Hel", "lo", "Bye"]);
    assert_eq!(types(&entries)[..2], ["user.message", "session.status"]);

    // There is no end: the same stream carries the next run.
    answer(caller.message(&thread, "again"), 200).await;
    let entries = self::entries(&open.until("\"run.completed\"").await);
    assert_eq!(types(&entries)[0], "user.message");
    assert_eq!(messages(&entries).concat(), "This is the sandbox's answer to \"again\".");
}

#[tokio::test]
async fn a_new_connection_replays_all_messages_of_a_run_as_one_before_the_calls_between_them() {
    let caller = Caller::current().await;
    let call = ToolCall::new("call_1", "Read").result("A plan.");
    let script = Script::new().thinking_fragments(["Hm", "m"]).fragments(["Hel", "lo"]);
    caller.mosoo.next_run(script.tool(call).text("Bye"));
    let thread = caller.create("x").await;
    let listed = caller.played(&thread).await;
    let mut open = Stream::open(&caller, &stream(&thread)).await;
    let entries = entries(&open.until("\"run.completed\"").await);
    assert_eq!(messages(&entries), ["HelloBye"]);
    let expected = [
        "agent.thinking.delta",
        "agent.message.delta",
        "tool.use.started",
        "tool.use.completed",
        "run.completed",
    ];
    assert_eq!(types(&entries)[4..], expected);
    // Only the ids of other entries than texts are those of the list.
    for entry in entries.iter().filter(|entry| entry["type"] != "agent.message.delta") {
        let is_listed = listed.iter().any(|other| other["id"] == entry["id"]);
        assert_eq!(is_listed, entry["type"] != "agent.thinking.delta", "{entry}");
    }
}

#[tokio::test]
async fn a_limit_bounds_the_replay_and_a_last_event_id_changes_nothing() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let all = caller.played(&thread).await;
    let first = all[0]["id"].as_str().unwrap();
    let path = format!("{}?limit=1", stream(&thread));
    let response = caller.get(&path).header("Last-Event-ID", first).send().await.unwrap();
    let mut open = Stream { response, text: String::new() };
    let entries = entries(&open.until("\"run.completed\"").await);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["id"], all.last().unwrap()["id"]);
    let refused_limit = caller.get(&format!("{}?limit=0", stream(&thread)));
    refused(refused_limit, 400, "invalid_request").await;
}

#[tokio::test]
async fn keepalives_and_failures_come_when_asked_for() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::new().hold());
    let thread = caller.create("x").await;
    let mut open = Stream::open(&caller, &stream(&thread)).await;
    open.until("run.queued").await;
    caller.mosoo.keep_alive();
    assert_eq!(open.until("keepalive").await, [": keepalive\n\n"]);
    caller.mosoo.fail_streams("internal_error", "Public API request failed.");
    let blocks = open.until("thread.error").await;
    let error = r#"{"error":{"code":"internal_error","message":"Public API request failed."}}"#;
    assert_eq!(blocks, [format!("event: thread.error\ndata: {error}\n\n")]);
    assert_eq!(open.response.chunk().await.unwrap(), None);
    caller.mosoo.wait_for_open_streams(0).await;
}

#[tokio::test]
async fn deleting_its_thread_leaves_a_stream_open() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let mut open = Stream::open(&caller, &stream(&thread)).await;
    open.until("\"run.completed\"").await;
    answer(caller.delete(&thread), 200).await;
    caller.mosoo.keep_alive();
    assert_eq!(open.until("keepalive").await, [": keepalive\n\n"]);
    assert_eq!(caller.mosoo.open_streams(), 1);
    drop(open);
    caller.mosoo.wait_for_open_streams(0).await;
}

#[tokio::test]
async fn what_is_held_comes_when_released_and_to_every_stream() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::reply("Hel").hold().continued(["lo"]));
    let thread = caller.create("x").await;
    let mut one = Stream::open(&caller, &stream(&thread)).await;
    one.until("\"Hel\"").await;
    let mut other = Stream::open(&caller, &stream(&thread)).await;
    other.until("\"Hel\"").await;
    caller.mosoo.release(id(&thread));
    for open in [&mut one, &mut other] {
        let entries = entries(&open.until("\"run.completed\"").await);
        assert_eq!(messages(&entries), ["lo"]);
    }
}

#[tokio::test]
async fn streams_take_the_forms_and_the_faults_of_all_streams() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let count = caller.played(&thread).await.len();
    caller.mosoo.set_delivery(Delivery::new().line_end(LineEnd::CrLf).chunks_of(7));
    let cut = StreamFault::new().end_after_events(count);
    caller.mosoo.fault(agent_threads_sandbox::mosoo::Target::StreamEvents, cut);
    let text = caller.get(&stream(&thread)).send().await.unwrap().text().await.unwrap();
    assert!(text.starts_with(": connected\r\n\r\nevent: thread.event\r\n"), "{text}");
    assert_eq!(text.matches("event: thread.event\r\n").count(), count);
    assert_eq!(caller.mosoo.faults_left(), 0);
}
