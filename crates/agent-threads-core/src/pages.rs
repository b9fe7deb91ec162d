//! Lists that come in pages.

use crate::{BoxFuture, Error, operation::Operation};
use futures_core::Stream;
use std::{
    collections::HashSet,
    fmt,
    future::poll_fn,
    hash::{BuildHasher as _, RandomState},
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

/// A request for a page of a list, as generated code has it.
pub trait Paged: Send + 'static {
    /// What a page is read as.
    type Page: Send + 'static;
    /// What the list is of.
    type Item: Send + 'static;

    /// The operation that brings a page, for errors.
    const OPERATION: &'static Operation;

    /// The token of the page at which the caller begins; `None` for the first.
    fn token(&self) -> Option<String>;

    /// The page with a token. All else that the request asks for stays the same.
    fn fetch(&self, token: Option<String>) -> BoxFuture<'static, Result<Self::Page, Error>>;

    /// The token of the page that follows; absent or blank for none.
    fn next(page: &Self::Page) -> Option<&str>;

    /// What is on a page.
    fn items(page: Self::Page) -> Vec<Self::Item>;
}

/// The pages of a list, as a [`Stream`] of `Result<T, Error>`.
///
/// A page is asked for when it is polled for and not before. Each request is made again where that may help, as any
/// call is; after an `Err` comes `None`, and [`next_token`](Self::next_token) is what to go on with. A token that came
/// before is such an `Err`, with [`ErrorKind::Loop`](crate::ErrorKind::Loop): the list would never end.
#[must_use = "a list does nothing until it is polled"]
pub struct Pages<T>(Walk<T>);

/// What a list holds, page after page, as a [`Stream`] of `Result<I, Error>`.
///
/// The next page is asked for when what came is used up and more is polled for. A page may be empty without being the
/// last. Each request is made again where that may help, as any call is; after an `Err` comes `None`, and
/// [`next_token`](Self::next_token) is what to go on with. A token that came before is such an `Err`, with
/// [`ErrorKind::Loop`](crate::ErrorKind::Loop): the list would never end.
#[must_use = "a list does nothing until it is polled"]
pub struct Items<I> {
    walk: Walk<Vec<I>>,
    page: vec::IntoIter<I>,
    /// How many more may be delivered.
    left: Option<usize>,
}

impl<T: Send + 'static> Pages<T> {
    #[doc(hidden)]
    pub fn of<P: Paged<Page = T>>(request: P) -> Self {
        Self(Walk::of(request, |page| page))
    }

    /// The next page; `None` behind the last one and behind an error.
    ///
    /// Cancel-safe: a page is either returned or still to come.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.0.poll_page(cx)).await
    }

    /// The token of the page that comes next: pass it to the operation to go on from there. After an error it is that
    /// of the page which failed. `None` if that is the first page, behind the last one, and where the list led back.
    pub fn next_token(&self) -> Option<&str> {
        self.0.token.as_deref()
    }
}

impl<I: Send + 'static> Items<I> {
    #[doc(hidden)]
    pub fn of<P: Paged<Item = I>>(request: P) -> Self {
        Self { walk: Walk::of(request, P::items), page: Vec::new().into_iter(), left: None }
    }

    /// Ends after this many more items, and asks for no page beyond them. Default: no limit.
    pub fn limit(mut self, items: usize) -> Self {
        self.left = Some(items);
        self
    }

    /// The next item; `None` behind the last one, at the limit, and behind an error.
    ///
    /// Cancel-safe: an item is either returned or still to come.
    pub async fn next(&mut self) -> Option<Result<I, Error>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// The token of the page that comes after the current one. After an error it is that of the page which failed, and
    /// all that is before it has been delivered. `None` if that is the first page, once the last one has come, and
    /// where the list led back.
    pub fn next_token(&self) -> Option<&str> {
        self.walk.token.as_deref()
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<I, Error>>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        loop {
            if let Some(item) = self.page.next() {
                self.left = self.left.map(|left| left - 1);
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.walk.poll_page(cx)) {
                Some(Ok(page)) => self.page = page.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T: Send + 'static> Stream for Pages<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_page(cx)
    }
}

/// Nothing in it is pinned where it stands.
impl<I> Unpin for Items<I> {}

impl<I: Send + 'static> Stream for Items<I> {
    type Item = Result<I, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(cx)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = &self.0.operation.id;
        f.debug_struct("Pages").field("operation", operation).finish_non_exhaustive()
    }
}

impl<I> fmt::Debug for Items<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = &self.walk.operation.id;
        f.debug_struct("Items").field("operation", operation).finish_non_exhaustive()
    }
}

/// A page, and the token of the one that follows.
type Turned<T> = Result<(T, Option<String>), Error>;

/// Asks for one page after the other.
struct Walk<T> {
    operation: &'static Operation,
    fetch: Box<dyn Fn(Option<String>) -> BoxFuture<'static, Turned<T>> + Send>,
    state: State<T>,
    /// Of the page that comes next.
    token: Option<String>,
    /// Hashes of the tokens so far: eight bytes a page, however long tokens are.
    seen: HashSet<u64>,
    hashes: RandomState,
}

enum State<T> {
    /// A page is to be asked for.
    Ready,
    /// A page is on its way.
    Fetching(BoxFuture<'static, Turned<T>>),
    /// The page that comes next has been there.
    Looped,
    /// Nothing comes any more.
    Ended,
}

impl<T: Send + 'static> Walk<T> {
    fn of<P: Paged>(request: P, read: fn(P::Page) -> T) -> Self {
        let begin = request.token();
        let mut walk = Self {
            operation: P::OPERATION,
            fetch: Box::new(move |token| {
                let page = request.fetch(token);
                Box::pin(async move {
                    let page = page.await?;
                    let next = P::next(&page).map(str::to_owned);
                    Ok((read(page), next))
                })
            }),
            state: State::Ready,
            token: None,
            seen: HashSet::new(),
            hashes: RandomState::new(),
        };
        if let Some(begin) = begin {
            walk.turn_to(begin);
        }
        walk
    }

    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            match &mut self.state {
                State::Ready => self.state = State::Fetching((self.fetch)(self.token.clone())),
                State::Fetching(page) => {
                    let (page, next) = match ready!(page.as_mut().poll(cx)) {
                        Ok(turned) => turned,
                        Err(error) => {
                            self.state = State::Ended;
                            return Poll::Ready(Some(Err(error)));
                        }
                    };
                    self.state = State::Ended;
                    self.token = None;
                    if let Some(next) = next.filter(|next| !next.trim().is_empty()) {
                        self.turn_to(next);
                    }
                    return Poll::Ready(Some(Ok(page)));
                }
                State::Looped => {
                    self.state = State::Ended;
                    return Poll::Ready(Some(Err(Error::looped().of(self.operation))));
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }

    /// Goes on with a page, unless it has been there. The page that named it is good all the same.
    fn turn_to(&mut self, token: String) {
        match self.seen.insert(self.hashes.hash_one(&token)) {
            true => (self.state, self.token) = (State::Ready, Some(token)),
            false => self.state = State::Looped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, Phase, TransportError, testing::GET};
    use futures_util::{FutureExt as _, StreamExt as _};
    use std::{
        collections::VecDeque,
        sync::{Arc, Mutex},
    };

    type Page = (Vec<u8>, Option<&'static str>);

    /// Gives these pages, one after the other, and keeps the tokens that were asked with.
    #[derive(Clone, Default)]
    struct List {
        pages: Arc<Mutex<VecDeque<Option<Page>>>>,
        asked: Arc<Mutex<Vec<Option<String>>>>,
        begin: Option<&'static str>,
    }

    impl List {
        /// `None` is a page that fails.
        fn of(pages: impl IntoIterator<Item = Option<Page>>) -> Self {
            Self { pages: Arc::new(Mutex::new(pages.into_iter().collect())), ..Self::default() }
        }

        fn asked(&self) -> Vec<Option<String>> {
            self.asked.lock().unwrap().clone()
        }
    }

    impl Paged for List {
        type Page = Page;
        type Item = u8;

        const OPERATION: &'static Operation = &GET;

        fn token(&self) -> Option<String> {
            self.begin.map(str::to_owned)
        }

        fn fetch(&self, token: Option<String>) -> BoxFuture<'static, Result<Page, Error>> {
            self.asked.lock().unwrap().push(token);
            let page = self.pages.lock().unwrap().pop_front().unwrap();
            let lost = || Error::transport(TransportError::new(Phase::Exchange, "reset"));
            Box::pin(async move {
                tokio::task::yield_now().await;
                page.ok_or_else(lost)
            })
        }

        fn next(page: &Page) -> Option<&str> {
            page.1
        }

        fn items(page: Page) -> Vec<u8> {
            page.0
        }
    }

    fn tokens<const N: usize>(tokens: [&str; N]) -> Vec<Option<String>> {
        tokens
            .iter()
            .map(|token| Some(*token).filter(|t| !t.is_empty()).map(str::to_owned))
            .collect()
    }

    /// What comes up to the end, with errors by their kinds.
    async fn all(items: Items<u8>) -> Vec<Result<u8, ErrorKind>> {
        items.map(|item| item.map_err(|error| error.kind())).collect().await
    }

    #[tokio::test]
    async fn items_come_from_page_after_page_until_there_is_no_token() {
        for last in [None, Some(""), Some(" \t")] {
            let list = List::of([
                Some((vec![1, 2], Some("a"))),
                Some((vec![], Some("b"))),
                Some((vec![3], last)),
            ]);
            assert_eq!(all(Items::of(list.clone())).await, [Ok(1), Ok(2), Ok(3)], "{last:?}");
            assert_eq!(list.asked(), tokens(["", "a", "b"]));
        }
    }

    #[tokio::test]
    async fn no_page_is_asked_for_before_it_is_polled_for() {
        let list = List::of([Some((vec![1, 2], Some("a"))), Some((vec![3], None))]);
        let mut items = Items::of(list.clone());
        assert!(list.asked().is_empty());
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        assert_eq!(items.next().await.unwrap().unwrap(), 2);
        assert_eq!(list.asked().len(), 1);
        assert_eq!(items.next_token(), Some("a"));
        assert_eq!(items.next().await.unwrap().unwrap(), 3);
        assert_eq!(list.asked().len(), 2);
        assert_eq!(items.next_token(), None);
        assert!(items.next().await.is_none() && items.next().await.is_none());
    }

    #[tokio::test]
    async fn a_limit_asks_for_no_page_beyond_it() {
        for (limit, pages) in [(0, 0), (1, 1), (2, 1), (3, 2), (9, 2)] {
            let list = List::of([Some((vec![1, 2], Some("a"))), Some((vec![3], None))]);
            let found = all(Items::of(list.clone()).limit(limit)).await;
            assert_eq!((found.len(), list.asked().len()), (limit.min(3), pages), "limit {limit}");
        }
    }

    #[tokio::test]
    async fn a_token_that_came_before_is_an_error_behind_the_page_that_named_it() {
        for (pages, begin) in [
            (vec![Some((vec![1], Some("a"))), Some((vec![2], Some("a")))], None),
            (vec![Some((vec![1], Some("b"))), Some((vec![2], Some("a")))], Some("a")),
            (
                vec![
                    Some((vec![1], Some("a"))),
                    Some((vec![], Some("b"))),
                    Some((vec![2], Some("a"))),
                ],
                None,
            ),
        ] {
            let asked = pages.len();
            let list = List { begin, ..List::of(pages) };
            let mut items = Items::of(list.clone());
            assert_eq!(items.next().await.unwrap().unwrap(), 1);
            assert_eq!(items.next().await.unwrap().unwrap(), 2);
            let error = items.next().await.unwrap().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Loop);
            assert_eq!(error.operation(), Some("get_thread"));
            assert!(!error.is_retryable());
            assert!(items.next().await.is_none());
            assert_eq!((list.asked().len(), items.next_token()), (asked, None));
        }
    }

    #[tokio::test]
    async fn a_page_that_fails_ends_the_list_and_its_token_is_kept() {
        let list = List::of([Some((vec![1], Some("a"))), None]);
        let mut pages = Pages::of(list.clone());
        assert_eq!(pages.next().await.unwrap().unwrap(), (vec![1], Some("a")));
        assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Transport);
        assert_eq!(pages.next_token(), Some("a"));
        assert!(pages.next().await.is_none());
        assert_eq!(list.asked(), tokens(["", "a"]));
        let rest = List { begin: Some("a"), ..List::of([Some((vec![2], None))]) };
        assert_eq!(all(Items::of(rest.clone())).await, [Ok(2)]);
        assert_eq!(rest.asked(), tokens(["a"]));
    }

    #[tokio::test]
    async fn a_page_is_not_lost_when_nobody_waits_for_it_any_more() {
        let list = List::of([Some((vec![1], None))]);
        let mut pages = Pages::of(list.clone());
        assert!(pages.next().now_or_never().is_none(), "it is on its way");
        assert_eq!(pages.next().await.unwrap().unwrap(), (vec![1], None));
        assert_eq!(list.asked().len(), 1);
    }

    #[test]
    fn lists_can_be_moved_between_threads_and_show_no_token() {
        fn can_move<T: Send + 'static + Unpin>(_: &T) {}
        let list = List { begin: Some("marker"), ..List::default() };
        let (pages, items) = (Pages::of(list.clone()), Items::of(list));
        can_move(&pages);
        can_move(&items);
        assert_eq!(pages.next_token(), Some("marker"));
        assert!(!format!("{pages:?} {items:?}").contains("marker"));
    }
}
