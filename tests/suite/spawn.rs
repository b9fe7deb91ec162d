//! What a program awaits on a task of its own, as servers do: the future of every verb must be `Send`. Whether it is, the compiler
//! says.

use agent_threads_deco_studio as deco_studio;
use agent_threads_middesk as middesk;
use agent_threads_modus as modus;
use agent_threads_mosoo as mosoo;
use agent_threads_octavus as octavus;

fn can_be_spawned(_: impl Future + Send) {}

#[test]
fn a_task_can_run_and_wait_with_octavus() {
    let client = octavus::Client::new("oct_agt_x").unwrap();
    can_be_spawned(client.dispatch("a", "m").into_future());
    can_be_spawned(client.run("a", "m").into_future());
    let run = client.attach(octavus::Handle::new("a", "t"));
    can_be_spawned(run.read());
    can_be_spawned(run.wait().into_future());
    can_be_spawned(run.reply("m").into_future());
    can_be_spawned(run.cancel());
}

#[test]
fn a_task_can_run_and_wait_with_modus() {
    let client = modus::Client::new("modus_x").unwrap();
    can_be_spawned(client.unfinished_run("s"));
    let mut run = client.run(modus::types::RunCreate::new("m", "s", "o"));
    can_be_spawned(run.next());
    can_be_spawned(run.wait());
    can_be_spawned(run.cancel());
    let next = || modus::types::FollowUpRun::new("m", "s");
    can_be_spawned(run.edit(next()));
    can_be_spawned(run.interrupt(next()));
}

#[test]
fn a_task_can_run_and_wait_with_middesk() {
    let client = middesk::Client::new("mk_test_x").unwrap();
    can_be_spawned(client.run("a", middesk::Context::business("b")).into_future());
    let run = client.attach(middesk::Handle::new("r"));
    can_be_spawned(run.events().next());
    can_be_spawned(run.wait().into_future());
    can_be_spawned(run.wait().without_stream().with_steps().into_future());
    can_be_spawned(run.reply("a").into_future());
}

#[test]
fn a_task_can_run_and_wait_with_mosoo() {
    let client = mosoo::Client::new("mst_x").unwrap();
    can_be_spawned(client.dispatch("a", "m").into_future());
    can_be_spawned(client.run("a", "m").into_future());
    let run = client.attach(mosoo::Handle::new("t", "r"));
    can_be_spawned(run.events().next());
    can_be_spawned(run.wait().into_future());
    can_be_spawned(run.reply("m").into_future());
    can_be_spawned(run.approve("c"));
    can_be_spawned(run.cancel());
}

#[test]
fn a_task_can_run_and_wait_with_deco_studio() {
    let client = deco_studio::Client::builder().token("mcp_key_x").parameter("org", "acme");
    let client = client.build().unwrap();
    can_be_spawned(client.ask("a", "m").into_future());
    let mut run = client.attach(deco_studio::Handle::new("t"));
    can_be_spawned(run.next());
    can_be_spawned(run.read());
    can_be_spawned(run.wait());
    can_be_spawned(run.follow_up("m").into_future());
    can_be_spawned(run.approve().into_future());
    can_be_spawned(run.cancel());
}
