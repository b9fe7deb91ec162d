//! What the caller may choose: how the account is set up, and what the vendor leaves open.

use std::time::Duration;

use super::Middesk;
use super::account::Environment;
use super::interrupt::InterruptPolicy;

impl Middesk {
    /// Which host this is, and so which keys it takes. Unless set, it takes those of both.
    pub fn set_environment(&self, environment: Environment) {
        self.state().accounts.environment = Some(environment);
    }

    /// Puts a business into a status, such as `approved`, `rejected` or `in_audit`. Businesses are `in_review` before.
    pub fn set_business_status(&self, business_id: impl Into<String>, status: impl Into<String>) {
        self.state().objects.set_business(business_id.into(), status.into());
    }

    /// Adds a watchlist result that actions can dismiss.
    pub fn add_watchlist_result(&self, id: impl Into<String>) {
        self.state().objects.add_watchlist_result(id.into());
    }

    /// How questions are answered that no other policy is for: [`InterruptPolicy::Manual`] unless set. It counts for runs that
    /// start or go on after it is set.
    pub fn set_interrupt_policy(&self, policy: InterruptPolicy) {
        self.state().set_policy(None, policy);
    }

    /// How the questions of an agent are answered.
    pub fn set_agent_interrupt_policy(
        &self,
        agent_type: impl Into<String>,
        policy: InterruptPolicy,
    ) {
        self.state().set_policy(Some(agent_type.into()), policy);
    }

    /// Whether names and values are those of an earlier revision: statuses `pending` and `failed`, the agent of a step as `graph`, and
    /// `steps` null where they are not shown. Unless set, they are not.
    pub fn set_old_revision(&self, old: bool) {
        self.state().rules.shown.old = old;
    }

    /// Whether artifacts show the `id` that feedback needs and that the vendor does not document. Unless set, they do.
    pub fn set_artifact_ids(&self, shows: bool) {
        self.state().rules.shown.artifact_ids = shows;
    }

    /// Whether threads show their steps. Unless set, they do.
    pub fn set_thread_steps(&self, shows: bool) {
        self.state().rules.thread_steps = shows;
    }

    /// Whether a stream's events are laid out as AG-UI itself has them: without a name of their own but with a `type` in their data, and
    /// with `runId` and `threadId`. Unless set, they are not.
    pub fn set_ag_ui(&self, ag_ui: bool) {
        self.state().rules.shown.ag_ui = ag_ui;
    }

    /// The most items on a page, whatever `per_page` asks for: 100 unless set. 0 is taken for 1.
    pub fn set_page_cap(&self, items: usize) {
        self.state().rules.pages.most = items.max(1);
    }

    /// Whether lists have a `total_count`. Unless set, they do.
    pub fn set_total_count(&self, counts: bool) {
        self.state().rules.pages.counts_all = counts;
    }

    /// Whether a thread must be about something. Unless set, an agent's type is enough.
    pub fn set_wants_context(&self, wants: bool) {
        self.state().rules.wants_context = wants;
    }

    /// Whether the account may give feedback. Unless set, it may.
    pub fn set_operator_feedback(&self, enabled: bool) {
        self.state().rules.takes_feedback = enabled;
    }

    /// Whether there is an operation to resume runs. Unless set, there is.
    pub fn set_resume(&self, exists: bool) {
        self.state().rules.has_resume = exists;
    }

    /// Whether an action that names a run answers all that the run asks. Unless set, it does not.
    pub fn set_actions_resume(&self, resume: bool) {
        self.state().rules.actions_resume = resume;
    }

    /// How many times the stream of a run that is over can be opened before it is not found, from its next opening on. Unless
    /// set, there is no end to it.
    pub fn set_replays(&self, replays: u32) {
        self.state().rules.replays = Some(replays);
    }

    /// Whether a customer's requests over 20 in a second are refused. Unless set, they are not. The seconds are those of a clock
    /// that only [`advance_clock`](Self::advance_clock) moves.
    pub fn set_rate_limit(&self, limited: bool) {
        self.state().accounts.is_limited = limited;
    }

    /// Moves the clock by which requests are counted and things are dated.
    pub fn advance_clock(&self, by: Duration) {
        self.state().world.clock.advance(by);
    }

    /// What webhooks are signed with: `whsec_sandbox` unless set.
    pub fn set_webhook_secret(&self, secret: impl Into<String>) {
        self.state().rules.webhook_secret = secret.into();
    }
}
