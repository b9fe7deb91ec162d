//! Conversations whose every answer is waited for as a whole.

use crate::{
    Client, Error,
    operations::ContinueModusChatRequest,
    types::{ApprovalDecision, ChatResult, ModusChatRequest, ScopeChatRequest},
};
use agent_threads_core::codegen;
use std::fmt;

impl Client {
    /// A conversation with the organization's assistant, Modus, by one model, such as `claude-sonnet-5`. Nothing is sent
    /// before the first question.
    pub fn chat(&self, model: impl Into<String>) -> Chat {
        Chat::new(self, None, model.into())
    }

    /// A conversation with a published scope. Otherwise as [`chat`](Self::chat).
    pub fn scope_chat(&self, scope_id: i64, model: impl Into<String>) -> Chat {
        Chat::new(self, Some(scope_id), model.into())
    }
}

/// A conversation in which each answer comes as a whole, when the agent has finished. Workflows have none: they are
/// [run](Client::run_workflow).
///
/// An answer can take minutes: it may take as long as [`Settings::total_timeout`](crate::Settings::total_timeout), and
/// `attempt_timeout` does not hold for it. A question is never sent twice by itself, as the vendor has no key for it; after
/// a lost connection the answer may stand in the conversation all the same.
#[derive(Clone)]
#[must_use = "a conversation does nothing before it is asked something"]
pub struct Chat {
    client: Client,
    scope_id: Option<i64>,
    model: String,
    thread_id: Option<String>,
}

impl Chat {
    fn new(client: &Client, scope_id: Option<i64>, model: String) -> Self {
        let client = client.with(|settings| settings.attempt_timeout(None));
        Self { client, scope_id, model, thread_id: None }
    }

    /// Goes on with a conversation that there is already: that of a [`ChatResult`], or of a run's
    /// [`Outcome`](crate::Outcome).
    pub fn in_thread(mut self, thread_id: impl Into<String>) -> Self {
        self.thread_id = Some(thread_id.into());
        self
    }

    /// The conversation: what to store to go on with it in another process. `None` before the first answer.
    pub fn thread_id(&self) -> Option<&str> {
        self.thread_id.as_deref()
    }

    /// Asks, in the conversation as it stands, and waits for the answer.
    ///
    /// # Cancel safety
    ///
    /// Whether the vendor has the question is not known when the future is dropped: it and its answer may stand in the
    /// conversation all the same, and asked again it may stand there twice. Of a first question the conversation stays
    /// unknown, and the next one begins another.
    ///
    /// # Errors
    ///
    /// Those of [`chat_with_modus`](Client::chat_with_modus), [`chat_with_scope`](Client::chat_with_scope) and those that
    /// continue them; [`Error::is_not_found`] for a conversation that is not there.
    pub async fn ask(&mut self, message: impl Into<String>) -> Result<ChatResult, Error> {
        let message = message.into();
        let (client, model) = (&self.client, self.model.clone());
        let answer = match (self.scope_id, &self.thread_id) {
            (None, None) => {
                client.chat_with_modus(ModusChatRequest::new(model).message(message)).await
            }
            (None, Some(thread)) => {
                let body = ModusChatRequest::new(model).message(message);
                client.continue_modus_chat(thread, body).await
            }
            (Some(scope), None) => {
                client.chat_with_scope(scope, ScopeChatRequest::new(message, model)).await
            }
            (Some(scope), Some(thread)) => {
                let body = ScopeChatRequest::new(message, model);
                client.continue_scope_chat(scope, thread, body).await
            }
        };
        self.note(answer)
    }

    /// Decides that the write which the conversation waits for may be made, and waits for the answer that follows.
    ///
    /// # Cancel safety
    ///
    /// Whether the vendor has the decision is not known when the future is dropped: the write may be made all the same.
    ///
    /// # Errors
    ///
    /// Those of [`continue_modus_chat`](Client::continue_modus_chat), and
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) in a conversation with a scope, where the vendor takes
    /// no decisions, or before the first question.
    pub async fn approve(&mut self) -> Result<ChatResult, Error> {
        self.decide(ApprovalDecision::Approve).await
    }

    /// Decides that the write which the conversation waits for must not be made. Otherwise as [`approve`](Self::approve).
    ///
    /// # Cancel safety
    ///
    /// Whether the vendor has the decision is not known when the future is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`approve`](Self::approve).
    pub async fn deny(&mut self) -> Result<ChatResult, Error> {
        self.decide(ApprovalDecision::Deny).await
    }

    async fn decide(&mut self, decision: ApprovalDecision) -> Result<ChatResult, Error> {
        let refused = |why| codegen::invalid_request(&ContinueModusChatRequest::OPERATION, why);
        if self.scope_id.is_some() {
            return Err(refused("only a conversation with Modus takes decisions"));
        }
        let Some(thread) = &self.thread_id else {
            return Err(refused("the conversation has not begun, and waits for nothing"));
        };
        let body = ModusChatRequest::new(self.model.clone());
        let body = body.approval_continuation(true).approval_decision(decision);
        let answer = self.client.continue_modus_chat(thread, body).await;
        self.note(answer)
    }

    fn note(&mut self, answer: Result<ChatResult, Error>) -> Result<ChatResult, Error> {
        let answer = answer?;
        self.thread_id = Some(answer.thread_id.clone());
        Ok(answer)
    }
}

impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Chat");
        shown.field("scope_id", &self.scope_id).field("thread_id", &self.thread_id);
        shown.finish_non_exhaustive()
    }
}
