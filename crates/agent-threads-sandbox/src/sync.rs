//! What tasks share: locks that survive a panic, and the signal to stop.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Locks also after another thread has panicked, because a test that fails must not make others fail with it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn stop_switch() -> (StopSwitch, Stop) {
    let (sender, receiver) = watch::channel(false);
    (StopSwitch(sender), Stop(receiver))
}

/// Stops whoever holds a [`Stop`], also by being dropped.
#[derive(Debug)]
pub(crate) struct StopSwitch(watch::Sender<bool>);

impl StopSwitch {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }

    /// One more that this stops.
    pub(crate) fn watched(&self) -> Stop {
        Stop(self.0.subscribe())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Resolves when the switch is thrown or gone.
    pub(crate) async fn requested(&self) {
        let mut receiver = self.0.clone();
        // The error says that the switch is gone, which means stop as well.
        let _ = receiver.wait_for(|stop| *stop).await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_switch_stops_when_thrown_and_when_dropped() {
        let (switch, stop) = stop_switch();
        assert!(stop.requested().now_or_never().is_none());
        switch.stop();
        assert!(stop.requested().now_or_never().is_some());

        let (switch, stop) = stop_switch();
        drop(switch);
        assert!(stop.requested().now_or_never().is_some());
    }

    #[test]
    fn a_poisoned_lock_still_opens() {
        let mutex = std::sync::Arc::new(Mutex::new(1));
        let other = mutex.clone();
        let panicked = std::thread::spawn(move || {
            let _guard = other.lock();
            panic!("a panic on purpose, to poison the lock");
        });
        assert!(panicked.join().is_err());
        assert_eq!(*lock(&mutex), 1);
    }
}
