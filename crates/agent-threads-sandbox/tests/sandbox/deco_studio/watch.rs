//! Watching an organization.

use agent_threads_sandbox::deco_studio::Script;
use serde_json::{Value, json};

use super::caller::{Caller, Chunks};

/// The name, the id and the data of a frame.
fn event(frame: &str) -> (String, Option<String>, Value) {
    let field =
        |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    (
        field("event: ").unwrap(),
        field("id: "),
        serde_json::from_str(&field("data: ").unwrap()).unwrap(),
    )
}

async fn watch(caller: &Caller, query: &str) -> Chunks {
    Chunks::open(caller.get(&format!("/watch{query}"))).await
}

/// The names of the events up to this one, with the data of each.
async fn until(stream: &mut Chunks, last: impl Fn(&str, &Value) -> bool) -> Vec<(String, Value)> {
    let mut seen = Vec::new();
    loop {
        let (name, id, data) = event(&stream.frame().await.unwrap());
        assert!(
            id.is_some() && data["type"] == json!(name) && data["source"] == "decopilot",
            "{data}"
        );
        seen.push((name, data["data"].clone()));
        let (name, data) = seen.last().unwrap();
        if last(name, data) {
            return seen;
        }
    }
}

#[tokio::test]
async fn those_who_watch_are_told_of_a_run_and_last_of_its_status() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let mut stream = watch(&caller, "?types=decopilot.*").await;
    let (name, _, connected) = event(&stream.frame().await.unwrap());
    assert_eq!((name.as_str(), &connected["typePatterns"]), ("connected", &json!(["decopilot.*"])));
    assert_eq!(connected["organizationId"], "org_sandbox");
    assert!(connected["listenerId"].is_string() && connected["connectedAt"].is_string());

    caller.deco.next_run(Script::new().run_status("starting-run").text("a").next_step().text("b"));
    caller.say(&id, "Hello!").await;
    let is_end = |name: &str, data: &Value| {
        name == "decopilot.thread.status" && data["status"] == "completed"
    };
    let seen = until(&mut stream, is_end).await;
    let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "decopilot.thread.status",
            "decopilot.run.status",
            "decopilot.step",
            "decopilot.step",
            "decopilot.finish",
            "decopilot.thread.status"
        ]
    );
    assert_eq!(
        (&seen[0].1["status"], &seen[1].1),
        (&json!("in_progress"), &json!({ "stage": "starting-run" }))
    );
    assert_eq!(
        (&seen[3].1, &seen[4].1),
        (&json!({ "stepCount": 2 }), &json!({ "status": "completed" }))
    );
    assert_eq!(caller.deco.messages(&id).len(), 2);
    assert!(stream.has_nothing());
    caller.deco.keep_watchers_alive();
    assert_eq!(event(&stream.frame().await.unwrap()).0, "keepalive");
}

#[tokio::test]
async fn only_what_is_watched_for_is_told() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let mut stream = watch(&caller, "?types=decopilot.finish,other").await;
    stream.frame().await.unwrap();
    caller.say(&id, "Hello!").await;
    let seen = until(&mut stream, |_, _| true).await;
    assert_eq!(seen[0].0, "decopilot.finish");
    assert!(stream.has_nothing());
}

#[tokio::test]
async fn one_watcher_too_many_is_told_so() {
    let caller = Caller::start().await;
    caller.deco.set_watch_limit(1);
    let first = watch(&caller, "").await;
    let mut second = watch(&caller, "").await;
    let (name, _, data) = event(&second.frame().await.unwrap());
    assert_eq!((name.as_str(), &data["error"]), ("error", &json!("Too many connections")));
    assert_eq!(second.frame().await, None);
    drop(first);
    caller.deco.wait_for_open_streams(0).await;
    assert_eq!(event(&watch(&caller, "").await.frame().await.unwrap()).0, "connected");
}
