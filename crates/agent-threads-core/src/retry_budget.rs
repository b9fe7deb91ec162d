//! How many attempts beyond the first a client makes while a server fails.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// How many retries a client and all its clones have for the time in which a server fails.
///
/// A [`RetryPolicy`](crate::RetryPolicy) bounds the attempts of one call. It does not keep a thousand calls from being four
/// thousand requests at the moment at which a server can bear them least. The budget does: it begins full, each attempt
/// beyond the first of a call takes one retry out of it, and only success puts something back. A retry that succeeds was
/// worth its price and returns it; five calls that succeed at the first attempt earn one more; it never holds more than it
/// began with. Time puts nothing back, so no clock that jumps can fill it.
///
/// When it is spent, a call that fails is not tried again: it fails at once with the error of its only or last attempt, for
/// which [`Error::is_retry_budget_spent`](crate::Error::is_retry_budget_spent) is true. First attempts are always made.
///
/// What draws on it: calls, the pages of a list, the reads of a wait (a wait itself survives their failures, and reads again
/// after its interval), downloads up to their head, and the connections of a stream of events until it has begun. What does
/// not: the connections by which a stream that has begun, or has stood for a while, is taken up again. They stand for work
/// in progress, are bounded by the policy, and one of them is open for minutes where a call takes one moment.
///
/// With the default a lone caller meets 33 failing calls in a row, of four attempts each, before a call of theirs is made
/// once only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    retries: u32,
    successes_per_retry: u32,
}

impl Default for RetryBudget {
    /// 100 retries, of which five successes earn one: the proportions of the AWS SDKs' standard mode.
    fn default() -> Self {
        Self { retries: 100, successes_per_retry: 5 }
    }
}

impl RetryBudget {
    /// So many retries at first and at most. Default: 100. With 0 there are none.
    pub fn new(retries: u32) -> Self {
        Self { retries, ..Self::default() }
    }

    /// How many calls that succeed at the first attempt earn a retry. Default: 5, and 0 counts as 1.
    ///
    /// In the long run the retries that fail are at most this part of the calls that succeed.
    #[must_use]
    pub fn successes_per_retry(mut self, successes: u32) -> Self {
        self.successes_per_retry = successes.max(1);
        self
    }
}

/// What is left of a budget. Counted in successes, of which a retry costs several.
pub(crate) struct Bucket {
    left: AtomicU64,
    most: u64,
    price: u64,
}

impl Bucket {
    pub(crate) fn new(budget: RetryBudget) -> Self {
        let price = u64::from(budget.successes_per_retry);
        // Two factors of 32 bits.
        let most = u64::from(budget.retries) * price;
        Self { left: AtomicU64::new(most), most, price }
    }

    /// Takes the price of a retry, or nothing if there is less.
    fn take(&self) -> bool {
        self.left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(self.price)).is_ok()
    }

    /// A full bucket, which is what a client has day by day, is only read.
    fn put(&self, amount: u64) {
        let fuller =
            |left: u64| Some(left + amount.min(self.most - left)).filter(|new| *new > left);
        let _ = self.left.fetch_update(Relaxed, Relaxed, fuller);
    }
}

/// What one call takes from the budget of its client, and returns to it.
pub(crate) struct Account {
    /// None where the client has no budget.
    bucket: Option<Arc<Bucket>>,
    retry: Option<Retry>,
}

impl Account {
    pub(crate) fn of(bucket: Option<&Arc<Bucket>>) -> Self {
        Self { bucket: bucket.cloned(), retry: None }
    }

    /// Pays for another attempt; false where the budget is spent.
    pub(crate) fn pay(&mut self) -> bool {
        let Some(bucket) = &self.bucket else { return true };
        let paid = bucket.take();
        self.retry = paid.then(|| Retry { bucket: Arc::clone(bucket), returns: true });
        paid
    }

    /// The next attempt is made. If it was paid for, the price is gone unless it succeeds.
    pub(crate) fn attempt(&mut self) {
        if let Some(retry) = &mut self.retry {
            retry.returns = false;
        }
    }

    /// The latest attempt has succeeded.
    pub(crate) fn succeed(mut self) {
        match (&mut self.retry, &self.bucket) {
            (Some(retry), _) => retry.returns = true,
            (None, Some(bucket)) => bucket.put(1),
            (None, None) => {}
        }
    }
}

/// The price of a retry, returned when this is dropped unless the retry has been made.
struct Retry {
    bucket: Arc<Bucket>,
    returns: bool,
}

impl Drop for Retry {
    fn drop(&mut self) {
        if self.returns {
            self.bucket.put(self.bucket.price);
        }
    }
}

#[cfg(test)]
mod tests;
