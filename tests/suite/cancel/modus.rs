//! Modus: a run that begins with a POST and goes on by GET behind the last event delivered.

use super::{
    drops::{Away, call, counted, resumed, stream, taken, told, within},
    scenarios,
    stage::{Reply, Routes, Stage, script},
};
use agent_threads_modus::{
    Client, Handle, Run,
    types::{FollowUpRun, RunCreate},
};
use serde_json::{Value, json};

scenarios! {
    "modus::Chat::approve" => approve,
    "modus::Chat::ask" => ask,
    "modus::Chat::deny" => deny,
    "modus::Client::unfinished_run" => unfinished_run,
    "modus::Run::cancel" => cancel,
    "modus::Run::edit" => edit,
    "modus::Run::interrupt" => interrupt,
    "modus::Run::next" => events,
    "modus::Run::poll_next" => events_as_stream,
    "modus::Run::wait" => wait,
}

const MODEL: &str = "claude-sonnet-5";

fn client(stage: &Stage) -> Client {
    let servers = Client::builder()
        .server("agent", "https://agent.example")
        .server("api", "https://api.example");
    servers.token("modus_test").transport(stage.clone()).build().unwrap()
}

fn run(client: &Client) -> Run {
    client.run(RunCreate::new("Which tickets are open?", "s-1", "org_1")).key("job-1")
}

fn frame(number: usize, event: &Value) -> String {
    format!("id: 1717000000000-{number}\ndata: {event}\n\n")
}

/// A connection that brings so many of the events.
fn connection(count: usize) -> Reply {
    let token = |text: &str| json!({ "type": "token", "content": text });
    let events = [
        frame(1, &token("Twelve ")),
        frame(2, &token("tickets ")),
        ": still here\n\n".to_owned(),
        frame(3, &json!({ "type": "token", "content": 7 })),
        frame(4, &token("are open.")),
        frame(5, &json!({ "type": "done", "threadId": "t-1" })),
    ];
    Reply::events(events[..count].concat())
}

fn plays() -> Routes {
    let active = json!({ "runId": "r-1", "sessionId": "s-1", "status": "queued",
                         "createdAt": "2026-10-02T08:00:00.000Z", "updatedAt": "2026-10-02T10:00:01+02:00" });
    let said = json!({ "content": "Twelve.", "runId": "r-1", "threadId": "t-1" });
    let accepted = json!({ "runId": "r-2", "status": "queued" });
    script([
        ("POST /agent/runs", vec![connection(3)]),
        ("GET /agent/runs/job-1/stream", vec![connection(2), connection(5), connection(6)]),
        (
            "POST /agent/v1/runs/active-by-session",
            vec![Reply::json(200, json!({ "runs": [active] }))],
        ),
        ("POST /agent/v1/runs/job-1/cancel", vec![Reply::none()]),
        ("POST /agent/v1/runs/job-1/queue-edit", vec![Reply::json(200, accepted.clone())]),
        ("POST /agent/v1/runs/job-1/interrupt", vec![Reply::json(202, accepted)]),
        ("POST /chat", vec![Reply::json(200, said)]),
    ])
}

async fn approve(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || client.chat(MODEL).in_thread("t").approve().await).await;
}

async fn ask(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || client.chat(MODEL).ask("How many?").await).await;
}

async fn deny(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || client.chat(MODEL).in_thread("t").deny().await).await;
}

async fn unfinished_run(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || client.unfinished_run("s-1").await).await;
}

async fn cancel(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).cancel().await).await;
}

async fn edit(name: &str, stage: &Stage, client: &Client) {
    let next = || FollowUpRun::new("Only EMEA.", "s-1");
    call(name, stage, async || run(client).edit(next()).await).await;
}

async fn interrupt(name: &str, stage: &Stage, client: &Client) {
    let next = || FollowUpRun::new("Only EMEA.", "s-1");
    call(name, stage, async || run(client).interrupt(next()).await).await;
}

async fn next(run: &mut Run) -> Option<String> {
    told(run.next().await)
}

async fn events(name: &str, stage: &Stage, client: &Client) {
    for away in [Away::Never, Away::Long] {
        stream(name, away, stage, async || run(client), next).await;
    }
}

async fn events_as_stream(name: &str, stage: &Stage, client: &Client) {
    let open = async || run(client);
    let next = async |run: &mut Run| told(futures::StreamExt::next(run).await);
    stream(name, Away::Never, stage, open, next).await;
}

async fn wait(name: &str, stage: &Stage, client: &Client) {
    let start = || run(client);
    resumed(name, stage, start, async |run: &mut Run| run.wait().await.unwrap()).await;
}

/// A process that dies between any two polls, and another that has the handle.
#[tokio::test(start_paused = true)]
async fn a_handle_taken_at_every_poll_goes_on_behind_what_was_delivered() {
    let stage = Stage::default();
    let client = client(&stage);
    stage.play(plays());
    let (mut whole, mut left) = (Vec::new(), usize::MAX);
    assert!(taken(&mut run(&client), &next, &mut left, &mut whole).await);
    let polls = usize::MAX - left;
    for k in 0..polls {
        stage.renew();
        let (mut first, mut delivered) = (run(&client), Vec::new());
        assert!(!taken(&mut first, &next, &mut { k }, &mut delivered).await);
        let stored = serde_json::to_string(&first.handle()).unwrap();
        drop(first);
        assert_eq!(stage.alive(), 0);
        let handle: Handle = serde_json::from_str(&stored).unwrap();
        let mut second = client.attach(handle);
        assert!(taken(&mut second, &next, &mut { usize::MAX }, &mut delivered).await);
        if delivered.len() > whole.len() {
            // The handle of the end brings the last event again, as it says.
            assert_eq!(delivered.pop().as_ref(), whole.last());
        }
        assert_eq!(delivered, whole, "{k} of {polls}");
    }
}

/// What the drop of a run may leave at the vendor is found again under its key.
#[tokio::test(start_paused = true)]
async fn a_run_that_is_started_again_sends_the_same_key_and_the_same_body() {
    let stage = Stage::default();
    let client = client(&stage);
    stage.play(plays());
    let (_, polls) = counted(run(&client).wait()).await;
    for k in 1..polls {
        stage.renew();
        assert!(within(&mut { k }, run(&client).wait()).await.is_none());
        run(&client).wait().await.unwrap();
        let mut started = stage.sent();
        started.retain(|sent| sent.target == "POST /agent/runs");
        let [first, again] = &started[..] else { panic!("{started:?}") };
        assert_eq!((first, first.key.as_deref()), (again, Some("job-1")));
    }
}
