//! Polls an operation so often and no more, at each number of polls that it can take.

use super::stage::Stage;
use agent_threads_core::Error;
use std::{fmt::Debug, future::poll_fn, pin::pin, task::Poll, time::Duration};
use tokio::{runtime::Handle, time::sleep};

/// Longer than any timeout of the clients.
const LONG: Duration = Duration::from_secs(3 * 60 * 60);

/// Polls a future at most so often, and drops it. `None` where it was not ready by then.
pub(super) async fn within<T>(polls: &mut usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let Some(left) = polls.checked_sub(1) else { return Poll::Ready(None) };
        *polls = left;
        match future.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// The result of a future, and how often it had to be polled.
pub(super) async fn counted<T>(future: impl Future<Output = T>) -> (T, usize) {
    let mut left = usize::MAX;
    let done = within(&mut left, future).await.unwrap();
    (done, usize::MAX - left)
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Drops a call after each number of polls. What must hold then: nothing of it is left, nothing more is sent however long
/// one waits, what was sent is the beginning of what the whole call sends, and the same client makes the call again.
pub(super) async fn call<T: Debug, E: Debug>(
    name: &str,
    stage: &Stage,
    call: impl AsyncFn() -> Result<T, E>,
) {
    stage.renew();
    let before = tasks();
    let (done, polls) = counted(call()).await;
    done.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let whole = stage.targets();
    for k in 0..polls {
        let place = || format!("{name}: {k} of {polls}");
        stage.renew();
        assert!(within(&mut { k }, call()).await.is_none(), "{}", place());
        assert_eq!((stage.alive(), tasks()), (0, before), "{}", place());
        let sent = stage.targets();
        sleep(LONG).await;
        assert_eq!(stage.targets(), sent, "{}", place());
        assert!(whole.starts_with(&sent), "{}: {sent:?}", place());
        call().await.unwrap_or_else(|error| panic!("{}: {error:?}", place()));
        assert_eq!((stage.alive(), tasks()), (0, before), "{}", place());
    }
    println!("{name}: dropped at each of {polls} polls");
}

/// Drops a call on something that keeps its place after each number of polls, and calls again. What the two calls come to
/// must be what one comes to, with no request to a target that one does not ask; with what keeps the place everything goes.
pub(super) async fn resumed<S, T: Debug + PartialEq>(
    name: &str,
    stage: &Stage,
    start: impl Fn() -> S,
    call: impl AsyncFn(&mut S) -> T,
) {
    stage.renew();
    let before = tasks();
    let (whole, polls) = counted(call(&mut start())).await;
    let sent = stage.targets();
    for k in 0..polls {
        let place = || format!("{name}: {k} of {polls}");
        stage.renew();
        let mut state = start();
        assert!(within(&mut { k }, call(&mut state)).await.is_none(), "{}", place());
        assert_eq!(call(&mut state).await, whole, "{}", place());
        assert!(stage.targets().iter().all(|target| sent.contains(target)), "{}", place());
        drop(state);
        assert_eq!((stage.alive(), tasks()), (0, before), "{}", place());
    }
    println!("{name}: dropped at each of {polls} polls");
}

/// How a consumer goes on that has dropped the future of an item.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Away {
    /// It asks again at once.
    Never,
    /// It first does something else for longer than any timeout.
    Long,
}

/// Drops the future of the next item after each number of polls over the whole stream, and goes on. Each item must come
/// once and in order, with the same requests; a stream that is dropped then leaves nothing.
pub(super) async fn stream<S>(
    name: &str,
    away: Away,
    stage: &Stage,
    open: impl AsyncFn() -> S,
    next: impl AsyncFn(&mut S) -> Option<String>,
) {
    stage.renew();
    let before = tasks();
    let (mut whole, mut left) = (Vec::new(), usize::MAX);
    assert!(taken(&mut open().await, &next, &mut left, &mut whole).await, "{name}");
    let (polls, all_sent) = (usize::MAX - left, stage.targets());
    for k in 0..polls {
        let place = || format!("{name}: {k} of {polls}");
        stage.renew();
        let (mut stream, mut items) = (open().await, Vec::new());
        assert!(!taken(&mut stream, &next, &mut { k }, &mut items).await, "{}", place());
        let sent = stage.targets();
        if away == Away::Long {
            sleep(LONG).await;
        }
        assert_eq!(stage.targets(), sent, "{}", place());
        assert!(taken(&mut stream, &next, &mut { usize::MAX }, &mut items).await);
        assert_eq!(items, whole, "{}", place());
        if away == Away::Never {
            assert_eq!(stage.targets(), all_sent, "{}", place());
        }
        drop(stream);
        assert_eq!((stage.alive(), tasks()), (0, before), "{}", place());

        stage.renew();
        taken(&mut open().await, &next, &mut { k }, &mut Vec::new()).await;
        assert_eq!((stage.alive(), tasks()), (0, before), "{}", place());
    }
    println!("{name}: dropped at each of {polls} polls, {} items each once", whole.len());
}

/// An item as it is compared: of an error what it is about, and not what it took.
pub(super) fn told<T: Debug>(item: Option<Result<T, Error>>) -> Option<String> {
    item.map(|item| match item {
        Ok(item) => format!("{item:?}"),
        Err(error) => format!("{:?}: {:?}", error.kind(), error.message()),
    })
}

/// Takes items as long as there are polls left, and says whether it came to the end.
pub(super) async fn taken<S>(
    stream: &mut S,
    next: &impl AsyncFn(&mut S) -> Option<String>,
    polls: &mut usize,
    items: &mut Vec<String>,
) -> bool {
    loop {
        match within(polls, next(stream)).await {
            Some(Some(item)) => items.push(item),
            Some(None) => return true,
            None => return false,
        }
    }
}
