//! The SDK of Modus against the sandbox, which so is shown to be what that expects. Needs Python 3.10 with `venv` and `pip`.

use crate::run;
use agent_threads_sandbox::{
    Sandbox,
    modus::{Event, Modus, Script},
};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

const SDK: &str = "modus-sdk==0.9.0";

/// The interpreter of an environment with the SDK, which is made where it is missing; or why there is none.
fn python() -> Result<PathBuf, String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop-modus");
    let python = directory.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.exists() {
        let version = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
        run(Command::new("python3").args(["-c", version]))
            .map_err(|why| format!("Python 3.10 with venv and pip is needed: {why}"))?;
        run(Command::new("python3").args(["-m", "venv"]).arg(&directory))?;
    }
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", SDK]))
        .map_err(|why| format!("{SDK} cannot be installed: {why}"))?;
    Ok(python)
}

fn prepare(modus: &Modus) {
    let says = |kind: &str, text: &str| json!({ "type": kind, "content": text });
    modus.set_conversations([
        json!({ "threadId": "t-1", "messages": [says("human", "Hi"), says("ai", "Hello")] }),
        json!({ "threadId": "t-2" }),
        json!({ "threadId": "t-3", "scopeId": modus.scope_id() }),
    ]);
    modus.set_workflow_runs([json!({ "workflowId": "wf_1" })]);
    // The runs in the order in which the script starts them: seven that answer, then those that are steered.
    for _ in 0..7 {
        modus.next_run(Script::new().tokens(["12 ", "are ", "open."]));
    }
    let held = || Script::new().tokens(["Half "]).hold().tokens(["more"]);
    let asks = Event::of_type("approval_required", json!({ "toolName": "send_mail" }));
    let steered = [
        held(),
        held(),
        Script::reply("Only EMEA."),
        Script::reply("May I?").pauses(asks),
        Script::reply("Sent."),
    ];
    for script in steered {
        modus.next_run(script);
    }
}

fn script(python: &Path, modus: &Modus) -> ExitStatus {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/modus");
    let mut command = Command::new(python);
    command.arg(directory.join("sdk.py")).env("PYTHONUNBUFFERED", "1");
    command.env("MODUS_API_KEY", modus.key());
    command.env("MODUS_BASE_URL", modus.url()).env("MODUS_AGENT_HOST", modus.url());
    command.env("INTEROP_SCOPE", modus.scope_id().to_string());
    command.env("INTEROP_WORKFLOW", modus.workflow_id().to_string());
    command.status().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs the vendor's SDK from PyPI"]
async fn the_vendors_sdk_lists_starts_streams_and_cancels_without_an_error() {
    let python = match python() {
        Ok(python) => python,
        Err(why) => return println!("SKIPPED, nothing was checked: {why}"),
    };
    let sandbox = Sandbox::start().await.unwrap();
    let modus = sandbox.modus();
    prepare(&modus);
    assert!(script(&python, &modus).success());
    assert_eq!(modus.run("to-cancel").unwrap().status(), "cancelled");
    for request in modus.requests() {
        println!("{} {}", request.method, request.path);
    }
}
