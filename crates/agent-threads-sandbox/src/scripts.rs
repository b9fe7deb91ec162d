//! Which script a run takes.

use std::collections::VecDeque;
use std::sync::Arc;

type Maker<S> = Arc<dyn Fn(&str) -> S + Send + Sync>;

/// The scripts that are queued, and what is done without one.
pub(crate) struct Scripts<S> {
    queued: VecDeque<S>,
    otherwise: Option<Maker<S>>,
}

impl<S> Default for Scripts<S> {
    fn default() -> Self {
        Self { queued: VecDeque::new(), otherwise: None }
    }
}

impl<S> Scripts<S> {
    pub(crate) fn push(&mut self, script: S) {
        self.queued.push_back(script);
    }

    /// What is done where none is queued, made of what the agent is asked.
    pub(crate) fn otherwise(&mut self, make: impl Fn(&str) -> S + Send + Sync + 'static) {
        self.otherwise = Some(Arc::new(make));
    }

    /// The script of a new run, unless it is left to the vendor.
    pub(crate) fn next(&mut self, asked: &str) -> Option<S> {
        let made = || self.otherwise.as_ref().map(|make| make(asked));
        self.queued.pop_front().or_else(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_queued_goes_before_what_is_made_of_the_message() {
        let mut scripts = Scripts::default();
        assert_eq!(scripts.next("a"), None);
        scripts.otherwise(|asked| format!("made of {asked}"));
        scripts.push("queued".to_owned());
        assert_eq!(scripts.next("b").as_deref(), Some("queued"));
        assert_eq!(scripts.next("c").as_deref(), Some("made of c"));
    }
}
