//! How a run begins.

use crate::{
    BoxFuture, Client, Error, Run,
    types::{self, CreateRun},
};
use serde_json::{Map, Value};
use std::fmt;

/// What a run works on.
///
/// The vendor's rules about the fields of [`CreateRun`] cannot be broken by it: exactly one thing is named, and whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Context {
    /// What the thread with this id is about, with the history of the thread.
    Thread(String),
    /// The business with this id, in a new thread.
    Business(String),
    /// Something else, in a new thread. The vendor documents no kind but `business`.
    Other {
        /// Its type.
        kind: String,
        /// Its id.
        id: String,
    },
}

impl Context {
    /// What the thread with this id is about, with the history of the thread.
    pub fn thread(id: impl Into<String>) -> Self {
        Self::Thread(id.into())
    }

    /// The business with this id, in a new thread.
    pub fn business(id: impl Into<String>) -> Self {
        Self::Business(id.into())
    }

    /// Something else, by its type and its id, in a new thread. The vendor documents no type but `business`.
    pub fn other(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self::Other { kind: kind.into(), id: id.into() }
    }

    fn of(self, run: CreateRun) -> CreateRun {
        match self {
            Self::Thread(id) => run.thread_id(id),
            Self::Business(id) => run.business_id(id),
            Self::Other { kind, id } => run.context_type(kind).context_id(id),
        }
    }
}

/// A run that is started when awaited.
///
/// # Cancel safety
///
/// Whether the vendor has started the run is not known when the future is dropped; [`list_runs`](Client::list_runs)
/// tells. Made again, it may start another.
#[derive(Clone)]
#[must_use = "a run is not started before it is awaited"]
pub struct Start {
    client: Client,
    agent_type: String,
    place: Place,
    extra: Map<String, Value>,
}

#[derive(Clone)]
enum Place {
    Named(Context),
    /// The thread of this run.
    ThreadOf(Run),
}

impl Start {
    pub(crate) fn new(client: Client, agent_type: String, context: Context) -> Self {
        Self { client, agent_type, place: Place::Named(context), extra: Map::new() }
    }

    pub(crate) fn after(run: Run, agent_type: String) -> Self {
        let client = run.client().clone();
        Self { client, agent_type, place: Place::ThreadOf(run), extra: Map::new() }
    }

    /// Sets further fields of the request. The vendor's pages speak of a prompt, and of a business given inline, without
    /// showing a field for either. A field of [`CreateRun`] itself is not to be set here.
    pub fn extra(
        mut self,
        fields: impl IntoIterator<Item = (impl Into<String>, impl Into<Value>)>,
    ) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.extra = fields.collect();
        self
    }
}

impl IntoFuture for Start {
    type Output = Result<Run, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let context = match self.place {
                Place::Named(context) => context,
                Place::ThreadOf(run) => Context::Thread(run.find_thread().await?),
            };
            let run = context.of(CreateRun::new(self.agent_type)).extra(self.extra);
            let started: types::Run = self.client.create_run(run).await?;
            Ok(Run::started(self.client, started))
        })
    }
}

/// Shows no field of the request but the agent's type.
impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start").field("agent_type", &self.agent_type).finish_non_exhaustive()
    }
}
