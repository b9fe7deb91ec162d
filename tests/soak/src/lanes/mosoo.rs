//! Runs whose log is told anew on each connection, with text that has no stable ids.

use crate::{
    check::{Judged, Verdict, mended},
    lane::{Error, ErrorKind, Lane, START, Shared, from_end, insist, paced, patient},
    plan::Plan,
};
use agent_threads_mosoo::{
    Client, Dialect, Run, RunEvent,
    types::{CreateThread, ThreadEvent, ThreadEventType},
};
use agent_threads_sandbox::{
    Sandbox,
    mosoo::{self as server, Script, Target},
    sse::Frame,
};
use futures_util::future::BoxFuture;

const NAME: &str = "mosoo";

pub(crate) struct Mosoo {
    server: server::Mosoo,
    client: Client,
    shared: Shared,
}

/// What a client has delivered.
#[derive(Default)]
struct Told {
    text: String,
    /// Text that came in events whose type a fault has made unknown. The client passes it on and does not know it for text.
    unnamed: Vec<String>,
    asides: Vec<String>,
    unnamed_asides: Vec<String>,
}

impl Mosoo {
    pub(crate) fn new(sandbox: &Sandbox, percent: f64, seed: u64) -> Result<Self, Error> {
        let server = sandbox.mosoo();
        let shared = Shared::default();
        server.set_dialect(server::Dialect::Current);
        server.keep_requests(0);
        server.default_script(|message| script(&Plan::of(message.to_owned())));
        let mut chaos = shared.chaos(NAME, percent, seed);
        for target in [Target::CreateThread, Target::RetrieveThread, Target::ListEvents] {
            let mut chaos = chaos.fork();
            server.fault_each(target, move |_| chaos.of_answer());
        }
        let unknown = Frame::data("{}").with_event("thread.soak");
        server.fault_each(Target::StreamEvents, move |request| {
            chaos.of_stream(from_end(request, 2), &unknown)
        });
        let base_url = format!("{}/api/v1", server.url());
        let client = Client::builder().base_url(base_url).token(server.token());
        let client = client.dialect(Dialect::Current).settings(patient).build()?;
        Ok(Self { server, client, shared })
    }

    async fn follow(&self, run: &Run, plan: &Plan) -> Result<(Verdict, bool), Error> {
        let told = self.told(run).await?;
        let outcome = insist(self.shared.tries("wait"), || run.wait().into_future()).await?;
        let texts = pieces(plan, false);
        let pieces_told: Vec<_> = told.text.split_inclusive(' ').collect();
        let of_text = Verdict::of(&texts, &pieces_told);
        // Text whose type is unknown is no text to the client, so that some can be in the outcome only.
        let untold = of_text.lost > 0 && !told.unnamed.is_empty();
        let of_text = if untold { of_text.without_losses() } else { of_text };
        let of_text = of_text
            .and_end(&plan.text(), outcome.text.as_deref().unwrap_or_default())
            .and_end("true", &outcome.is_completed().to_string());
        // What is not text has ids, and comes once whatever happens.
        let verdict = of_text.and_all_once(Verdict::of(&pieces(plan, true), &told.asides()));
        Ok((verdict, untold))
    }

    async fn told(&self, run: &Run) -> Result<Told, Error> {
        let mut told = Told::default();
        let mut tries = self.shared.tries("stream");
        self.shared.tally.streams_run();
        let mut events = run.events();
        loop {
            match events.next().await {
                Some(Ok(event)) => {
                    self.shared.tally.event();
                    told.take(event);
                }
                Some(Err(error)) if error.kind() == ErrorKind::Decode => {}
                Some(Err(error)) => {
                    tries.after(error).await?;
                    told = Told::default();
                    events = run.events();
                }
                None => return Ok(told),
            }
        }
    }
}

impl Told {
    fn take(&mut self, event: RunEvent) {
        match event {
            RunEvent::Text(more) => self.text.push_str(&more),
            RunEvent::TextReset(text) => self.reset(&text),
            RunEvent::Event(event) => self.take_event(*event),
            _ => {}
        }
    }

    /// Takes a text in the place of the one so far. What the client has not known for text is put where it belongs.
    fn reset(&mut self, text: &str) {
        let unnamed = self.unnamed.iter().flat_map(|text| text.split_inclusive(' '));
        let mut pieces: Vec<_> = text.split_inclusive(' ').collect();
        complete(&mut pieces, unnamed);
        pieces.dedup();
        self.text = pieces.concat();
    }

    /// What was said beside the text. What came with a type that a fault had made unknown counts as told in its place, also where a
    /// later connection has told its type.
    fn asides(&self) -> Vec<&str> {
        let named = self.asides.iter().filter(|piece| !self.unnamed_asides.contains(piece));
        let mut asides = named.map(String::as_str).collect();
        complete(&mut asides, self.unnamed_asides.iter().map(String::as_str));
        asides
    }

    /// The last string of an event is its type, so that a fault makes a type of it that no client knows; all of it is delivered.
    fn take_event(&mut self, event: ThreadEvent) {
        match mended(event.type_.as_str()).as_str() {
            "agent.message.delta" => {
                self.text.push_str(&event.content);
                self.unnamed.push(event.content);
            }
            // The vendor has words of its own of this kind.
            "session.status" if !event.content.starts_with(NAME) => {}
            "session.status" if event.type_ != ThreadEventType::SessionStatus => {
                self.unnamed_asides.push(event.content);
            }
            "session.status" => self.asides.push(event.content),
            _ => {}
        }
    }
}

/// Puts pieces that are lacking where they belong.
fn complete<'a>(pieces: &mut Vec<&'a str>, others: impl Iterator<Item = &'a str>) {
    let lacking: Vec<_> = others.filter(|piece| !pieces.contains(piece)).collect();
    if !lacking.is_empty() {
        pieces.extend(lacking);
        pieces.sort_by_key(|piece| place(piece));
    }
}

/// The place of a piece in its plan.
fn place(piece: &str) -> Option<usize> {
    let (_, behind) = piece.split_once('/')?;
    behind.split(':').next()?.parse().ok()
}

/// The pieces of the text, or those beside it.
fn pieces(plan: &Plan, asides: bool) -> Vec<&str> {
    let pieces = plan.pieces.iter().enumerate();
    let kept = pieces.filter(|(at, _)| Plan::is_aside(*at) == asides);
    kept.map(|(_, piece)| piece.as_str()).collect()
}

fn script(plan: &Plan) -> Script {
    let pieces = plan.pieces.iter().enumerate();
    let script = pieces.fold(Script::new(), |script, (at, piece)| match Plan::is_aside(at) {
        true => script.hold().status(piece),
        false => script.hold().continued([piece]),
    });
    script.hold()
}

impl Lane for Mosoo {
    fn name(&self) -> &'static str {
        NAME
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run<'a>(&'a self, _: usize, plan: &'a Plan) -> BoxFuture<'a, Result<Judged, Error>> {
        Box::pin(async move {
            let start = || {
                let thread = CreateThread::message(&plan.name).user_id("soak");
                let start = self.client.dispatch(self.server.agent_id(), thread);
                start.idempotency_key(&plan.name).into_future()
            };
            let run = insist(self.shared.tries(START), start).await?;
            let id = run.thread_id();
            self.shared.know(id);
            let release = || self.server.release(id);
            let verdict = paced(plan.pace, release, self.follow(&run, plan)).await;
            self.forget(id);
            let retold = self.shared.done(id);
            let (verdict, untold) = verdict?;
            Ok(Judged { verdict, retold, untold })
        })
    }

    fn ids(&self) -> Vec<String> {
        self.server.thread_ids()
    }

    fn forget(&self, id: &str) {
        self.server.forget(id);
    }
}
