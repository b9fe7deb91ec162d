//! A server that runs for long, under many clients: what it does without a script for each run, what breaks now and then, and that it
//! forgets what it is told to.

use agent_threads_sandbox::octavus::{Generation, Script as OfOctavus, Target};
use agent_threads_sandbox::{Fault, deco_studio, middesk, modus, mosoo};
use serde_json::json;

use crate::deco_studio::caller::Caller as DecoStudio;
use crate::middesk::caller::Caller as Middesk;
use crate::modus::caller::Caller as Modus;
use crate::mosoo::caller::{Caller as Mosoo, answer};
use crate::octavus::caller::Caller as Octavus;

#[tokio::test]
async fn octavus_forgets_a_thread_and_its_key_and_gives_the_agent_free() {
    let caller = Octavus::of(Generation::G4).await;
    let dispatch = || caller.dispatching("task").header("Idempotency-Key", "job-7").send();
    assert_eq!(dispatch().await.unwrap().status(), 201);
    assert!(caller.octavus.forget("cmthread0001"));
    assert!(!caller.octavus.forget("cmthread0001"), "there is none any more");
    assert_eq!(caller.reading("cmthread0001").send().await.unwrap().status(), 404);
    assert_eq!(caller.agent().await["status"], "idle");
    assert_eq!(dispatch().await.unwrap().status(), 201, "the key is free");
    assert_eq!(caller.octavus.thread_ids(), ["cmthread0002"], "an id is used once");
}

#[tokio::test]
async fn modus_forgets_a_run_and_its_id_is_free() {
    let caller = Modus::start().await;
    caller.run("first", "s").await;
    caller.run("second", "s").await;
    assert!(caller.modus.forget("first"));
    assert!(!caller.modus.forget("first"));
    assert_eq!(caller.modus.run_ids(), ["second"]);
    assert_eq!(caller.watching_now("first").send().await.unwrap().status(), 404);
    assert_eq!(caller.watching_now("second").send().await.unwrap().status(), 200);
    assert_eq!(caller.run("first", "s").await, "pending", "it is a new one");
    assert_eq!(caller.modus.run_ids(), ["second", "first"]);
}

#[tokio::test]
async fn middesk_forgets_a_run_and_a_thread_without_runs() {
    let caller = Middesk::start().await;
    let first = caller.start_run().await;
    let thread_id = caller.read(&first).await["thread_id"].clone();
    let body = json!({ "type": "cip_orchestrator", "thread_id": thread_id });
    let second = caller.post("/v1/runs", &body).send().await.unwrap();
    assert_eq!(second.status(), 201);
    assert!(caller.middesk.forget(&first));
    assert!(!caller.middesk.forget(&first));
    assert_eq!(caller.middesk.thread_ids().len(), 1, "it has a run");
    let left = caller.middesk.run_ids();
    assert_eq!(left.len(), 1);
    assert!(caller.middesk.forget(&left[0]));
    assert!(caller.middesk.thread_ids().is_empty());
}

#[tokio::test]
async fn mosoo_forgets_a_thread_its_files_and_its_keys() {
    let caller = Mosoo::current().await;
    let create = || caller.creating("hello").header("Idempotency-Key", "job-7");
    let thread = answer(create(), 201).await["thread"]["id"].as_str().unwrap().to_owned();
    let path = format!("/threads/{thread}");
    let send = || caller.message(&path, "more").header("Idempotency-Key", "job-8");
    caller.mosoo.play(&thread);
    answer(send(), 200).await;
    assert!(caller.mosoo.forget(&thread));
    assert!(!caller.mosoo.forget(&thread));
    answer(caller.get(&path), 404).await;
    answer(send(), 404).await;
    assert_ne!(answer(create(), 201).await["thread"]["id"], thread, "the key is free");
}

#[tokio::test]
async fn deco_studio_forgets_a_thread_and_ends_its_streams() {
    let caller = DecoStudio::start().await;
    caller.deco.next_run(deco_studio::Script::new().hold());
    let thread = caller.thread().await;
    caller.say(&thread, "hello").await;
    let mut stream = caller.stream(&thread).await;
    assert!(caller.deco.forget(&thread));
    assert!(!caller.deco.forget(&thread));
    while stream.frame().await.is_some() {}
    assert!(caller.deco.thread_ids().is_empty());
}

#[tokio::test]
async fn of_those_at_rest_the_oldest_are_forgotten_beyond_the_number_kept() {
    let octavus = Octavus::start().await;
    octavus.octavus.keep(1);
    let (first, second) = (octavus.dispatch("one").await, octavus.dispatch("two").await);
    assert_eq!(octavus.octavus.thread_ids(), [&*first, &second], "both are at work");
    octavus.statuses::<4>(&first).await;
    octavus.dispatch("three").await;
    assert_eq!(octavus.octavus.thread_ids(), [&*second, "cmthread0003"]);

    let modus = Modus::start().await;
    modus.modus.next_run(modus::Script::new().hold());
    for key in ["held", "ended", "last"] {
        modus.run(key, "s").await;
    }
    modus.modus.keep(2);
    assert_eq!(modus.modus.run_ids(), ["held", "last"]);

    let middesk = Middesk::start().await;
    let at_work = middesk.start_run().await;
    let over = middesk.start_run().await;
    middesk.rest(&over).await;
    middesk.middesk.keep(1);
    let newest = middesk.start_run().await;
    assert_eq!(middesk.middesk.run_ids(), [at_work, newest]);

    let mosoo = Mosoo::current().await;
    mosoo.mosoo.keep(1);
    mosoo.create("one").await;
    let first = mosoo.mosoo.thread_ids().remove(0);
    mosoo.mosoo.play(&first);
    mosoo.create("two").await;
    let kept = mosoo.mosoo.thread_ids();
    assert!(kept.len() == 1 && kept[0] != first, "{kept:?}");

    let deco = DecoStudio::start().await;
    let first = deco.thread().await;
    deco.say(&first, "hello").await;
    let second = deco.thread().await;
    deco.deco.keep(1);
    assert_eq!(deco.deco.thread_ids(), [&*first, &second], "one is at work, one the newest");
    deco.rest(&first).await;
    let third = deco.thread().await;
    assert_eq!(deco.deco.thread_ids(), [third]);
}

#[tokio::test]
async fn runs_without_a_queued_script_do_what_is_made_of_what_they_are_asked() {
    let octavus = Octavus::start().await;
    octavus.octavus.default_script(|message| OfOctavus::new().fails(message.to_uppercase()));
    octavus.octavus.next_run(OfOctavus::new().fails("queued"));
    for (message, reason) in [("one", "queued"), ("two", "TWO"), ("three", "THREE")] {
        let thread = octavus.dispatch(message).await;
        octavus.statuses::<4>(&thread).await;
        assert_eq!(octavus.octavus.peek(&thread).unwrap()["failureReason"], reason);
    }

    let modus = Modus::start().await;
    modus.modus.default_script(|message| modus::Script::new().fails(message));
    modus.run("r", "s").await;
    assert!(String::from_utf8_lossy(&modus.wire("r")).contains(r#""error":"hello""#));

    let middesk = Middesk::start().await;
    middesk.middesk.default_script(|agent| {
        let artifact = middesk::Artifact::new(agent, "x");
        middesk::Script::completes([artifact])
    });
    let run = middesk.start_run().await;
    let artifacts = middesk.rest(&run).await["output"]["artifacts"].clone();
    assert_eq!(artifacts[0]["title"], "cip_orchestrator");

    let mosoo = Mosoo::current().await;
    mosoo.mosoo.default_script(|message| mosoo::Script::reply(message));
    mosoo.create("hello").await;
    let thread = &mosoo.mosoo.thread_ids()[0];
    mosoo.mosoo.play(thread);
    assert_eq!(mosoo.mosoo.peek(thread).unwrap()["run"]["finalOutput"]["text"], "hello");

    let deco = DecoStudio::start().await;
    deco.deco.default_script(|message| deco_studio::Script::reply(message));
    let thread = deco.thread().await;
    deco.say(&thread, "hello").await;
    deco.rest(&thread).await;
    assert_eq!(deco.deco.messages(&thread)[1]["parts"][0]["text"], "hello");
}

#[tokio::test]
async fn a_fault_is_chosen_for_each_request_that_has_none() {
    let caller = Octavus::start().await;
    caller.octavus.fault_each(Target::Dispatch, |request| {
        let message = request.json()?["message"].as_str()?.to_owned();
        (message == "break").then(|| Fault::status(503))
    });
    let mut statuses = Vec::new();
    for message in ["go", "break", "go"] {
        statuses.push(caller.dispatching(message).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [201, 503, 201]);
    assert_eq!(caller.octavus.faults_left(), 0, "none is queued");
    caller.octavus.clear_faults();
    assert_eq!(caller.dispatching("break").send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn as_many_requests_are_kept_as_asked_for() {
    let caller = Octavus::start().await;
    for message in ["one", "two", "three"] {
        caller.dispatch(message).await;
    }
    let kept = || -> Vec<_> {
        let requests = caller.octavus.requests();
        requests.iter().map(|request| request.json().unwrap()["message"].clone()).collect()
    };
    assert_eq!(kept(), ["one", "two", "three"]);
    caller.octavus.keep_requests(2);
    assert_eq!(kept(), ["two", "three"]);
    caller.dispatch("four").await;
    assert_eq!(kept(), ["three", "four"]);
    caller.octavus.keep_requests(0);
    assert!(kept().is_empty());
}
