//! What has to be done before each recorded exchange of the seed's dialect, as not every call was recorded.

use std::time::Duration;

use agent_threads_sandbox::mosoo::{Permission, Script, ThreadStatus, ToolCall};
use serde_json::json;

use super::world::World;

pub(super) const TIMING: &str = "Runtime timing context_hydration: 15 ms.";

/// Brings the sandbox to the state in which an exchange was recorded.
pub(super) async fn before(world: &mut World<'_>, number: u32) {
    match number {
        1 => world.mosoo.next_run(quickstart()),
        6 => {
            world.create("Lower case agent ID.", Script::new()).await;
            world.create("Scheme in lower case.", Script::new()).await;
        }
        24 => world.mosoo.next_run(Script::new().hold()),
        26 | 111 => world.mosoo.set_published(world.mosoo.agent_id(), false),
        28 | 114 => world.mosoo.set_published(world.mosoo.agent_id(), true),
        30 | 33 => go_on(world, &world.thread_in_path(number)),
        60 => {
            interrupt_from_another_thread(world).await;
            let failing = Script::new().status(TIMING).status(TIMING).starts();
            world.mosoo.next_run(
                failing.fails("provider.rate_limited", "The model provider rejected the request."),
            );
        }
        61 => world.mosoo.play(&world.thread_in_path(61)),
        63 => {
            world.mosoo.next_run(Script::new().status(TIMING).hold().starts());
            let repeated =
                json!({ "type": "user_message", "text": "Again.", "clientRequestId": "msg-42" });
            world.send(&world.thread_in_path(62), repeated).await;
        }
        64 => play_new(world, 64, "One answer only.", Script::reply("Only one.").usage(858)).await,
        65 => play_new(world, 65, "Ask before you run commands.", asking()).await,
        83 => world.mosoo.set_attaches_by_id_only(true),
        85 => {
            let text = "Customer asks for an implementation plan.";
            let draft = world.mosoo.add_draft_file("brief.txt", "text/plain", text);
            world.bind_sent(85, "/fileId", &draft);
        }
        88 => world.mosoo.play(&world.thread_in_path(88)),
        89 => {
            let draft = world.mosoo.add_draft_file("data.csv", "text/csv", "a,b\n1,2\n");
            world.bind_sent(89, "/files/0/file_id", &draft);
        }
        107 => interrupted_by_lower_case(world, 107).await,
        108 => send_long_text(world, 108, Script::new().hold()).await,
        109 => {
            let thread_id = world.thread_in_path(109);
            world.mosoo.set_thread_status(&thread_id, ThreadStatus::Terminated);
        }
        117 => in_flight(world, 117).await,
        118 => {
            let (thread_id, _) = world.create("Long work.", Script::new()).await;
            world.bind_path(118, &thread_id);
            in_flight(world, 118).await;
        }
        119 => spend_the_minute(world, 41).await,
        _ => {}
    }
}

/// The run of the quickstart: held while it is queued, and in the middle of its first message.
fn quickstart() -> Script {
    let read = ToolCall::new("call_1", "Read brief.txt").input(json!({ "path": "brief.txt" }));
    Script::new()
        .hold()
        .status(TIMING)
        .starts()
        .thinking("The user wants a greeting and an overview.")
        .fragments(["Hello! ", "I can plan, research and write. "])
        .hold()
        .continued(["Let me check the workspace."])
        .tool(read.result("Customer asks for an implementation plan."))
        .tool(ToolCall::new("call_2", "Run tests").progress().fails("exit 1"))
        .file_changed("plan.md")
        .plan()
        .text("The plan is in plan.md.")
        .usage(858)
}

pub(super) fn asking() -> Script {
    Script::new().asks(Permission::new("Run: rm -rf build", "call_9").request_id("perm-7"))
}

/// Lets a run go on to its next hold, or to its end.
pub(super) fn go_on(world: &World<'_>, thread_id: &str) {
    world.mosoo.release(thread_id);
    world.mosoo.play(thread_id);
}

/// A thread that is in the path of an exchange, with its run as far as it goes.
pub(super) async fn play_new(world: &mut World<'_>, number: u32, text: &str, script: Script) {
    let (thread_id, _) = world.create(text, script).await;
    world.mosoo.play(&thread_id);
    world.bind_path(number, &thread_id);
}

/// The run of the second thread, cancelled by way of the first, which is possible in this dialect.
async fn interrupt_from_another_thread(world: &World<'_>) {
    let ids = world.mosoo.thread_ids();
    let Some(other) = ids.get(1).and_then(|id| world.mosoo.peek(id)) else { return };
    let interrupt = json!({ "type": "user_interrupt", "runId": other["run"]["id"] });
    world.send(&world.thread_in_path(60), interrupt).await;
}

pub(super) async fn interrupted_by_lower_case(world: &mut World<'_>, number: u32) {
    let (thread_id, run_id) = world.create("Grüße 👋🏽 \u{0} Ende", Script::new()).await;
    world.bind_path(number, &thread_id);
    world.bind_sent(number, "/events/0/runId", &run_id);
}

pub(super) async fn send_long_text(world: &World<'_>, number: u32, script: Script) {
    world.mosoo.next_run(script);
    let message = json!({ "type": "user_message", "text": "c".repeat(200_000) });
    world.send(&world.thread_in_path(number), message).await;
}

/// Makes a recorded call whose repeat finds it under way.
pub(super) async fn in_flight(world: &World<'_>, number: u32) {
    world.call_before(number).await;
    world.mosoo.hold_repeats(1);
}

/// Makes as many calls as a token may make in a minute, of which that many seconds are left.
pub(super) async fn spend_the_minute(world: &World<'_>, seconds_left: u64) {
    world.mosoo.set_rate_limit(Some(120));
    world.mosoo.advance(Duration::from_secs(60 - seconds_left));
    world.spend(120).await;
}
