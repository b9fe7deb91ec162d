//! Gives an agent a file, and fetches the one it makes.
//!
//! Neither is held in memory. Talks to a sandbox in this process unless `MOSOO_API_TOKEN` and `MOSOO_AGENT_ID` are set; the
//! dialect must be `current`.

use agent_threads_examples::mosoo::Mosoo;
use agent_threads_mosoo::{FilePart, types::FileResource};
use agent_threads_sandbox::mosoo::Script;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mosoo = Mosoo::connect().await?;
    if let Some(sandbox) = &mosoo.sandbox {
        let script = Script::reply("The plan is in plan.md.");
        sandbox.mosoo().next_run(script.artifact("plan.md", "text/markdown", "# Plan\n\nRest.\n"));
    }

    let brief = FilePart::bytes("brief.txt", "Customer asks for an implementation plan.");
    let draft = mosoo.client.upload_file(&mosoo.agent_id, brief.content_type("text/plain")).await?;
    let task =
        mosoo.thread("Make a plan of this brief").resources([FileResource::new(draft.file.id)]);
    let run = mosoo.client.dispatch(&mosoo.agent_id, task).await?;
    println!("{}", run.wait().await?.text.unwrap_or_default());

    for file in mosoo.client.list_thread_files(run.thread_id()).await?.files {
        let mut download = mosoo.client.download_file(&file.id).await?;
        let (name, mut bytes) = (download.file_name().unwrap_or(file.name), 0);
        while let Some(chunk) = download.chunk().await? {
            bytes += chunk.len();
        }
        println!("{} {name}: {bytes} bytes", file.kind);
    }
    Ok(())
}
