//! What has to be done before each recorded exchange of the current dialect, as not every call was recorded.

use agent_threads_sandbox::mosoo::{Script, ThreadStatus, ToolCall};
use serde_json::json;

use super::seed::{
    TIMING, asking, in_flight, interrupted_by_lower_case, play_new, send_long_text,
    spend_the_minute,
};
use super::world::World;

/// Brings the sandbox to the state in which an exchange was recorded.
pub(super) async fn before(world: &mut World<'_>, number: u32) {
    match number {
        2 => world.mosoo.next_run(quickstart()),
        6 => {
            for text in ["First part.\nSecond part.", "No content type.", "Scheme in lower case."] {
                world.create(text, Script::new()).await;
            }
        }
        25 | 123 => world.mosoo.set_published(world.mosoo.agent_id(), false),
        27 | 126 => world.mosoo.set_published(world.mosoo.agent_id(), true),
        30 => {
            world.open_early(32).await;
            world.read_early(4).await;
            world.mosoo.release(&world.thread_in_path(30));
            world.read_early(9).await;
        }
        32 => world.mosoo.release(&world.thread_in_path(32)),
        43 => world.mosoo.next_run(Script::new().status(TIMING).hold().starts()),
        46 | 60 => world.mosoo.play(&world.thread_in_path(number)),
        59 => world.mosoo.next_run(
            Script::new()
                .status(TIMING)
                .starts()
                .fails("provider.rate_limited", "The model provider rejected the request."),
        ),
        64 => play_new(world, 64, "One answer only.", Script::reply("Only one.").usage(858)).await,
        65 => play_new(world, 65, "Ask before you run commands.", asking()).await,
        77 => {
            let empty = world.mosoo.add_draft_file("empty.bin", "application/octet-stream", "");
            world.bind_sent(94, "/resources/2/file_id", &empty);
        }
        94 => {
            let text = world.mosoo.add_draft_file("Angebot für März.txt", "text/plain", "7 bytes");
            let page = world.mosoo.add_draft_file("page.html", "text/html", "<script>1</script>");
            world.bind_sent(94, "/resources/0/file_id", &text);
            world.bind_sent(94, "/resources/1/file_id", &page);
        }
        100 => {
            world.mosoo.play(&world.thread_in_path(100));
            let more = world.mosoo.add_draft_file("more.txt", "text/plain", "more");
            world.bind_sent(100, "/events/0/resources/0/file_id", &more);
        }
        119 => interrupted_by_lower_case(world, 119).await,
        120 => {
            let script = Script::new().status(TIMING).hold().starts();
            send_long_text(world, 120, script).await;
        }
        121 => {
            let thread_id = world.thread_in_path(121);
            world.mosoo.set_thread_status(&thread_id, ThreadStatus::Terminated);
        }
        130 => in_flight(world, 130).await,
        131 => {
            let (thread_id, _) = world.create("Long work.", Script::new()).await;
            world.bind_path(131, &thread_id);
            in_flight(world, 131).await;
        }
        133 => spend_the_minute(world, 36).await,
        _ => {}
    }
}

/// The run of the first thread: held while it is queued, and in the middle of its first message.
fn quickstart() -> Script {
    let read = ToolCall::new("call_1", "Read brief.txt").input(json!({ "path": "brief.txt" }));
    Script::new()
        .status(TIMING)
        .hold()
        .starts()
        .thinking_fragments(["The user wants a greeting ", "and an overview."])
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
