//! How long nothing comes, as far as somebody waits for it.

use crate::Settings;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// Who waits is woken when the alarm rings. Who comes this much later was elsewhere, and what has arrived meanwhile gets as
/// much time to be found.
const MOMENT: Duration = Duration::from_secs(1);

impl Settings {
    /// How long a stream of events may be silent before its connection counts as lost, the wait for the head of the answer
    /// included. Any byte ends the silence, a comment too; a slow consumer does not make one. Between the chunks of a
    /// download it is the same. Default: 300 s; `None` lifts it.
    #[must_use]
    pub fn stall_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.stall_timeout = timeout.into();
        self
    }
}

/// Notices that nothing has come for a time.
#[derive(Default)]
pub struct Silence {
    /// Set while the consumer waits, and only then, unless it stops waiting before anything has come.
    alarm: Option<Pin<Box<Sleep>>>,
    /// The alarm has rung while the consumer was elsewhere.
    rang_unheard: bool,
}

impl Silence {
    /// Something has come.
    pub fn broken(&mut self) {
        *self = Self::default();
    }

    /// Ready when nothing has come for so long. To be polled only where nothing is there.
    pub fn poll_over(&mut self, cx: &mut Context<'_>, length: Duration) -> Poll<()> {
        loop {
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(length)));
            ready!(alarm.as_mut().poll(cx));
            if self.rang_unheard || alarm.deadline().elapsed() < MOMENT {
                self.broken();
                return Poll::Ready(());
            }
            self.rang_unheard = true;
            self.alarm = Some(Box::pin(sleep(MOMENT)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::time::{Instant, timeout};

    const LENGTH: Duration = Duration::from_secs(300);

    async fn over(silence: &mut Silence) {
        poll_fn(|cx| silence.poll_over(cx, LENGTH)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_told_in_time() {
        let (start, mut silence) = (Instant::now(), Silence::default());
        over(&mut silence).await;
        assert_eq!(start.elapsed(), LENGTH);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_in_slices_is_one() {
        let (start, mut silence) = (Instant::now(), Silence::default());
        while timeout(Duration::from_millis(700), over(&mut silence)).await.is_err() {}
        assert_eq!(start.elapsed(), LENGTH);
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_elsewhere_looks_once_more() {
        let mut silence = Silence::default();
        let _ = timeout(Duration::from_secs(1), over(&mut silence)).await;
        sleep(LENGTH * 2).await;
        let start = Instant::now();
        over(&mut silence).await;
        assert_eq!(start.elapsed(), MOMENT);
        let start = Instant::now();
        over(&mut silence).await;
        assert_eq!(start.elapsed(), LENGTH, "it begins anew");
    }

    /// Who looks in for a moment at a time, and never when it rings, is told all the same.
    #[tokio::test(start_paused = true)]
    async fn who_is_hardly_ever_there_is_told_too() {
        let (start, mut silence) = (Instant::now(), Silence::default());
        while timeout(Duration::from_millis(10), over(&mut silence)).await.is_err() {
            sleep(Duration::from_secs(7)).await;
        }
        assert!(start.elapsed() < LENGTH + Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
