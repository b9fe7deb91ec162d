//! Answers what a run stops for, questions and approvals alike, until it is done.
//!
//! The vendor has no operation for it: an answer is the agent's own message, posted back with one call changed. Talks to a
//! sandbox in this process unless `MESH_API_KEY`, `MESH_ORG` and `MESH_AGENT_ID` are set.

use agent_threads_deco_studio::{Answer, Pending, types::ToolApprovalLevel};
use agent_threads_examples::deco_studio::DecoStudio;
use agent_threads_sandbox::deco_studio::{Script, ToolCall};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let DecoStudio { client, agent_id, sandbox } = DecoStudio::connect().await?;
    if let Some(studio) = sandbox.as_ref().map(|sandbox| sandbox.deco_studio()) {
        studio.next_run(Script::asks("Which team?", "choice", &["Sales", "Support"]));
        let mail = ToolCall::new("call_mail", "send_mail").input(json!({ "to": "sales" }));
        studio.next_run(
            Script::new().tool(mail.asks_approval("apr_1").output(json!({ "sent": true }))),
        );
        studio.next_run(Script::reply("It is sent."));
    }

    // Tools that write something are asked about first.
    let level = ToolApprovalLevel::Readonly;
    let mut run = client.ask(agent_id, "Mail the report").tool_approval_level(level).await?;
    let mut outcome = run.wait().await?;
    while !outcome.pending().is_empty() {
        let mut answers = Vec::new();
        for pending in outcome.pending() {
            match &pending {
                Pending::Question { tool_call_id, .. } => {
                    println!("asked: {}", pending.prompt().unwrap_or_default());
                    answers.push(Answer::reply(tool_call_id, "Sales"));
                }
                Pending::Approval { tool_call_id, tool_name, input } => {
                    println!("wants: {tool_name} {input}");
                    answers.push(Answer::approve(tool_call_id));
                }
                _ => {}
            }
        }
        run = run.answer(answers).await?;
        outcome = run.wait().await?;
    }
    println!("{}: {}", outcome.thread.status, outcome.text());
    Ok(())
}
