//! Posts that start runs.

use crate::{
    Answer, Assembler, Before, BoxFuture, Client, Error, Handle, Run,
    follow::Follow,
    handle::latest_answer,
    operations::PostMessageRequest,
    settle,
    types::{
        ModelTier, NewThread, PostMessage, Thread, ThreadStatus, ToolApprovalLevel, UiMessage,
    },
};
use agent_threads_core::codegen;
use std::fmt;

/// The title that the server replaces after the first run.
const TITLE: &str = "New chat";

/// A message, or answers, that are sent when awaited.
///
/// # Cancel safety
///
/// How far it has come is not known when the future is dropped: a new thread may be there, empty or at work, and
/// [`list_threads`](Client::list_threads) finds it; in a thread that is known, [`Run::read`] shows whether it is at
/// work. A message that is posted again under an id of its own, [`UiMessage::id`], is known again by the server;
/// without one it is another.
#[derive(Clone)]
#[must_use = "nothing is sent before it is awaited"]
pub struct Ask {
    client: Client,
    place: Place,
    content: Content,
    names_agent: bool,
    tier: Option<ModelTier>,
    temperature: Option<f64>,
    approval: Option<ToolApprovalLevel>,
}

#[derive(Clone)]
enum Place {
    New { agent_id: String, title: String },
    Known(Handle),
}

#[derive(Clone)]
enum Content {
    Message(UiMessage),
    Answers(Vec<Answer>),
}

impl Ask {
    pub(crate) fn in_new_thread(client: Client, agent_id: String, message: UiMessage) -> Self {
        let place = Place::New { agent_id, title: TITLE.to_owned() };
        Self::new(client, place, Content::Message(message))
    }

    pub(crate) fn in_thread(client: Client, handle: &Handle, message: UiMessage) -> Self {
        Self::new(client, Place::Known(handle.clone()), Content::Message(message))
    }

    pub(crate) fn answering(client: Client, handle: &Handle, answers: Vec<Answer>) -> Self {
        Self::new(client, Place::Known(handle.clone()), Content::Answers(answers))
    }

    fn new(client: Client, place: Place, content: Content) -> Self {
        Self {
            client,
            place,
            content,
            names_agent: true,
            tier: None,
            temperature: None,
            approval: None,
        }
    }

    /// The title of the new thread. Default: `New chat`, which the server replaces after the first run. Without effect in a
    /// thread that is there.
    pub fn title(mut self, text: impl Into<String>) -> Self {
        if let Place::New { title, .. } = &mut self.place {
            *title = text.into();
        }
        self
    }

    /// The kind of model to use. Default: the server's, `smart`.
    pub fn tier(mut self, tier: impl Into<ModelTier>) -> Self {
        self.tier = Some(tier.into());
        self
    }

    /// How freely the model writes. Default: the server's, 0.5.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Which tools need approval. Default: the server's, `auto`, with which only those do that always ask.
    pub fn tool_approval_level(mut self, level: impl Into<ToolApprovalLevel>) -> Self {
        self.approval = Some(level.into());
        self
    }

    /// Leaves the agent out of the post, for a server of the one revision that refuses it and takes the thread's.
    pub fn without_agent(mut self) -> Self {
        self.names_agent = false;
        self
    }

    async fn send(self) -> Result<Run, Error> {
        let (mut handle, thread) = self.place().await?;
        let (message, assembler) = self.message(&mut handle, &thread).await?;
        let mut post = PostMessage::new([message]);
        post.tier.clone_from(&self.tier);
        post.temperature = self.temperature;
        post.tool_approval_level.clone_from(&self.approval);
        if self.names_agent {
            post.agent = handle.agent_id.clone().map(Into::into);
        }
        let mut follow = Follow::ahead(&self.client, &handle);
        follow.open().await?;
        self.client.post_message(&handle.thread_id, post).await?;
        Ok(Run::new(self.client, handle, follow, assembler))
    }

    /// The thread, made or found.
    async fn place(&self) -> Result<(Handle, Thread), Error> {
        let (known, thread) = match &self.place {
            Place::New { agent_id, title } => {
                let thread = NewThread::new(agent_id).title(title);
                let thread = self.client.create_thread(thread).await?.item;
                let handle = Handle { agent_id: Some(agent_id.clone()), ..Handle::new(&thread.id) };
                (handle, thread)
            }
            Place::Known(handle) => {
                (handle.clone(), settle::read(&self.client, &handle.thread_id).await?)
            }
        };
        if thread.status == ThreadStatus::InProgress {
            let why = "the thread is at work: wait for its run first";
            return Err(codegen::invalid_request(&PostMessageRequest::OPERATION, why));
        }
        let agent_id = known.agent_id.or_else(|| thread.virtual_mcp_id.clone());
        Ok((Handle { thread_id: known.thread_id, agent_id, before: Before::default() }, thread))
    }

    /// What to post, and what its answer is put together from. Notes what the thread shows before.
    async fn message(
        &self,
        handle: &mut Handle,
        thread: &Thread,
    ) -> Result<(UiMessage, Assembler), Error> {
        let messages = match self.place {
            Place::New { .. } => Vec::new(),
            Place::Known(_) => settle::newest(&self.client, &handle.thread_id).await?.items,
        };
        handle.before = Before::of(thread, &messages);
        let answers = match &self.content {
            Content::Message(message) => return Ok((with_id(message), Assembler::new())),
            Content::Answers(answers) => answers,
        };
        let refused = |why: &str| codegen::invalid_request(&PostMessageRequest::OPERATION, why);
        let Some(latest) = latest_answer(&messages) else {
            return Err(refused("the thread has no message of the agent to answer"));
        };
        if answers.is_empty() {
            return Err(refused("there is no answer to post"));
        }
        let mut message = UiMessage::from(latest.clone());
        for answer in answers {
            let call = answer.write(&mut message).map_err(|why| refused(&why))?;
            handle.before.calls.push(call);
        }
        Ok((message.clone(), Assembler::continuing(message)))
    }
}

/// A post that is repeated must be known again.
fn with_id(message: &UiMessage) -> UiMessage {
    match &message.id {
        Some(_) => message.clone(),
        None => message.clone().id(codegen::new_key()),
    }
}

impl IntoFuture for Ask {
    type Output = Result<Run, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Shows no message.
impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let thread = match &self.place {
            Place::New { .. } => None,
            Place::Known(handle) => Some(&handle.thread_id),
        };
        f.debug_struct("Ask").field("thread_id", &thread).finish_non_exhaustive()
    }
}
