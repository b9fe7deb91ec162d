//! Waiting for what a vendor does not announce.

use crate::{Error, error::Ended, operation::Operation};
use futures_util::future::{Either, select};
use std::{
    future::poll_fn,
    pin::pin,
    task::{self, Context},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout_at};

/// When to look again.
pub trait Pace {
    /// The pause between the end of one read and the start of the next; at least a millisecond.
    fn interval(&self) -> Duration;

    /// Polled while it pauses: ready when there is a reason to look at once.
    fn poll_due(&mut self, cx: &mut Context<'_>) -> task::Poll<()>;
}

/// Always the same pause.
impl Pace for Duration {
    fn interval(&self) -> Duration {
        *self
    }

    fn poll_due(&mut self, _: &mut Context<'_>) -> task::Poll<()> {
        task::Poll::Pending
    }
}

/// A wait: what for, how often to look, and for how long.
#[derive(Debug)]
pub struct Poll<C, P = Duration> {
    /// The operation that reads, for errors.
    pub operation: &'static Operation,
    /// What is waited for, for errors: `thread abc`.
    pub subject: String,
    /// The pause between two reads.
    pub interval: P,
    /// How long the wait may take.
    pub timeout: Duration,
    /// Whether a pause comes before the first read too.
    pub pauses_first: bool,
    /// Ends the wait when it resolves.
    pub cancel: C,
}

/// What one read has seen.
#[derive(Debug)]
pub enum Observation<T> {
    /// Not at its end; the status as the vendor spells it.
    Pending(String),
    /// At its end.
    Done(T),
}

impl<C: Future<Output = ()>, P: Pace> Poll<C, P> {
    /// Reads until `judge` sees the end: at once, and then after each pause.
    ///
    /// A read that fails in a way that may pass is survived, and a longer `Retry-After` lengthens
    /// the pause after it. Any other failure ends the wait. The deadline cuts reads and pauses
    /// alike, and never comes early.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the wait without loss: a read is whole, or it did not happen.
    pub async fn until<A, T, F>(
        self,
        read: impl FnMut() -> F,
        judge: impl FnMut(A) -> Result<Observation<T>, Error>,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<A, Error>>,
    {
        self.until_from(Instant::now(), read, judge).await
    }

    /// As [`until`](Self::until), in a wait that has begun earlier: its timeout counts from there.
    ///
    /// # Cancel safety
    ///
    /// As [`until`](Self::until).
    pub async fn until_from<A, T, F>(
        mut self,
        start: Instant,
        mut read: impl FnMut() -> F,
        mut judge: impl FnMut(A) -> Result<Observation<T>, Error>,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<A, Error>>,
    {
        let deadline = start.checked_add(self.timeout);
        let (mut last, mut survived) = (None, None);
        let reading = async {
            if self.pauses_first {
                pause(&mut self.interval).await;
            }
            loop {
                match read().await.and_then(&mut judge) {
                    Ok(Observation::Done(value)) => return Ok(value),
                    Ok(Observation::Pending(status)) => {
                        last = Some(status);
                        survived = None;
                        pause(&mut self.interval).await;
                    }
                    Err(error) if error.is_retryable() => {
                        let asked = error.retry_after().unwrap_or_default();
                        survived = Some(error);
                        sleep(length(&self.interval).max(asked)).await;
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        let limited = async {
            match deadline {
                Some(deadline) => timeout_at(deadline, reading).await.ok(),
                None => Some(reading.await),
            }
        };
        let ended = match select(pin!(limited), pin!(self.cancel)).await {
            Either::Left((Some(outcome), _)) => return outcome,
            Either::Left((None, _)) => Ended::Late(self.timeout),
            Either::Right(_) => Ended::Cancelled,
        };
        Err(Error::unfinished(ended, &self.subject, last, survived).of(self.operation))
    }
}

fn length(pace: &impl Pace) -> Duration {
    pace.interval().max(Duration::from_millis(1))
}

async fn pause(pace: &mut impl Pace) {
    let mut over = pin!(sleep(length(pace)));
    poll_fn(|cx| match pace.poll_due(cx) {
        task::Poll::Ready(()) => task::Poll::Ready(()),
        task::Poll::Pending => over.as_mut().poll(cx),
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, Phase, TransportError, testing::GET};
    use std::{cell::RefCell, future::pending, pin::Pin};
    use tokio::time::Sleep;

    /// What the reads of a wait find, one after the other, and when each was made.
    struct Reads {
        found: RefCell<Vec<Result<Observation<u8>, Error>>>,
        at: RefCell<Vec<u64>>,
        start: Instant,
    }

    impl Reads {
        fn new(mut found: Vec<Result<Observation<u8>, Error>>) -> Self {
            found.reverse();
            Self { found: found.into(), at: RefCell::default(), start: Instant::now() }
        }

        async fn wait(
            &self,
            interval: u64,
            timeout: u64,
            cancel: impl Future<Output = ()>,
        ) -> Result<u8, Error> {
            let read = || async {
                self.at.borrow_mut().push(self.start.elapsed().as_secs());
                self.found.borrow_mut().pop().unwrap_or_else(running)
            };
            let (interval, timeout) = (Duration::from_secs(interval), Duration::from_secs(timeout));
            wait(interval, timeout, cancel).until(read, Ok).await
        }
    }

    fn wait<C>(interval: Duration, timeout: Duration, cancel: C) -> Poll<C> {
        let subject = "thread t1".into();
        Poll { operation: &GET, subject, interval, timeout, pauses_first: false, cancel }
    }

    fn running() -> Result<Observation<u8>, Error> {
        Ok(Observation::Pending("running".into()))
    }

    fn lost() -> Result<Observation<u8>, Error> {
        Err(Error::transport(TransportError::new(Phase::Exchange, "reset")))
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_read_is_at_once_and_can_be_the_only_one() {
        let reads = Reads::new(vec![Ok(Observation::Done(7))]);
        assert_eq!(reads.wait(3, 900, pending()).await.unwrap(), 7);
        assert_eq!(*reads.at.borrow(), [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_can_begin_with_a_pause() {
        let start = Instant::now();
        let poll = wait(Duration::from_secs(3), Duration::from_secs(10), pending());
        let read = || async { Ok(Observation::Done(7)) };
        let value = Poll { pauses_first: true, ..poll }.until(read, Ok).await;
        assert_eq!((value.unwrap(), start.elapsed().as_secs()), (7, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn the_interval_is_constant() {
        let reads = Reads::new(vec![running(), running(), running(), Ok(Observation::Done(7))]);
        assert_eq!(reads.wait(3, 900, pending()).await.unwrap(), 7);
        assert_eq!(*reads.at.borrow(), [0, 3, 6, 9]);
    }

    /// Is due once, after so long, and then slows down.
    struct Due(Pin<Box<Sleep>>, u64);

    impl Pace for Due {
        fn interval(&self) -> Duration {
            Duration::from_secs(self.1)
        }

        fn poll_due(&mut self, cx: &mut Context<'_>) -> task::Poll<()> {
            if self.1 == 5 {
                return task::Poll::Pending;
            }
            task::ready!(self.0.as_mut().poll(cx));
            self.1 = 5;
            task::Poll::Ready(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_reason_to_look_ends_a_pause_but_not_one_after_a_failure() {
        let found = vec![lost(), running(), running(), running(), Ok(Observation::Done(7))];
        let reads = Reads::new(found);
        let read = || async {
            reads.at.borrow_mut().push(reads.start.elapsed().as_secs());
            reads.found.borrow_mut().pop().unwrap()
        };
        let poll = wait(Duration::ZERO, Duration::from_secs(900), pending());
        let Poll { operation, subject, timeout, pauses_first, cancel, .. } = poll;
        let interval = Due(Box::pin(sleep(Duration::from_secs(4))), 3);
        let poll = Poll { operation, subject, interval, timeout, pauses_first, cancel };
        assert_eq!(poll.until(read, Ok).await.unwrap(), 7);
        assert_eq!(*reads.at.borrow(), [0, 3, 4, 9, 14]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_is_never_early_and_tells_the_last_status() {
        let reads = Reads::new(vec![]);
        let error = reads.wait(3, 10, pending()).await.unwrap_err();
        assert_eq!(reads.start.elapsed().as_secs(), 10);
        assert_eq!(*reads.at.borrow(), [0, 3, 6, 9]);
        assert_eq!(error.kind(), ErrorKind::Deadline);
        assert_eq!(error.last_status(), Some("running"));
        let text = error.to_string();
        assert!(
            text.contains("thread t1 is still `running` after 10s") && text.contains("goes on"),
            "{text}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_has_begun_earlier_has_the_deadline_that_was_asked_for() {
        let start = Instant::now();
        tokio::time::sleep(Duration::from_secs(8)).await;
        let poll = wait(Duration::from_secs(3), Duration::from_secs(10), pending());
        let judge = Ok::<Observation<()>, Error>;
        let read = || async { Ok(Observation::Pending("running".into())) };
        let error = poll.until_from(start, read, judge).await.unwrap_err();
        assert_eq!(start.elapsed().as_secs(), 10);
        assert!(error.to_string().contains("still `running` after 10s"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_hangs_is_cut_by_the_deadline() {
        let start = Instant::now();
        let poll = wait(Duration::from_secs(3), Duration::from_secs(10), pending());
        let read = pending::<Result<Observation<u8>, Error>>;
        let error = poll.until(read, Ok).await.unwrap_err();
        assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Deadline, 10));
        assert_eq!(error.last_status(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_that_may_pass_are_survived_until_the_deadline() {
        let reads = Reads::new(vec![lost(), running(), lost(), Ok(Observation::Done(7))]);
        assert_eq!(reads.wait(3, 900, pending()).await.unwrap(), 7);
        let reads = Reads::new(vec![running(), lost(), lost(), lost(), lost()]);
        let error = reads.wait(3, 10, pending()).await.unwrap_err();
        assert_eq!(error.last_status(), Some("running"));
        assert!(
            std::error::Error::source(&error).unwrap().to_string().contains("connection failed")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_that_stays_ends_the_wait() {
        let reads = Reads::new(vec![running(), Err(Error::invalid_request(&GET, "no"))]);
        let error = reads.wait(3, 900, pending()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }

    #[tokio::test(start_paused = true)]
    async fn cancelling_ends_the_wait_within_a_pause() {
        let reads = Reads::new(vec![]);
        let error = reads.wait(3, 900, sleep(Duration::from_secs(4))).await.unwrap_err();
        assert_eq!((error.kind(), reads.start.elapsed().as_secs()), (ErrorKind::Cancelled, 4));
        assert_eq!(error.last_status(), Some("running"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_beyond_the_clock_is_none_and_an_interval_of_zero_still_pauses() {
        let mut left = 1000;
        let read = || {
            left -= 1;
            std::future::ready(if left == 0 { Ok(Observation::Done(7)) } else { running() })
        };
        let poll = wait(Duration::ZERO, Duration::MAX, pending());
        assert_eq!(poll.until(read, Ok).await.unwrap(), 7);
    }
}
