//! Lists that come in pages.

mod walk;

use crate::{BoxFuture, Error, Response, operation::Operation};
use futures_core::Stream;
use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};
use walk::{Place, Walk};

/// A request for a page of a list whose pages have tokens, as generated code has it.
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

/// A request for a page of a list whose pages have numbers, as generated code has it.
pub trait Numbered: Send + 'static {
    /// What a page is read as.
    type Page: Send + 'static;
    /// What the list is of.
    type Item: Send + 'static;

    /// The operation that brings a page, for errors.
    const OPERATION: &'static Operation;

    /// The number of the page at which the caller begins; `None` for the first.
    fn page(&self) -> Option<i64>;

    /// The page with a number. All else that the request asks for stays the same.
    fn fetch(&self, page: i64) -> BoxFuture<'static, Result<Response<Self::Page>, Error>>;

    /// Whether another page follows.
    fn more(page: &Self::Page) -> bool;

    /// Whether nothing is on a page, and so on none that follows.
    fn is_empty(page: &Self::Page) -> bool;

    /// What is on a page.
    fn items(page: Self::Page) -> Vec<Self::Item>;
}

/// The pages of a list, as a [`Stream`] of `Result<T, Error>`.
///
/// A page is asked for when it is polled for and not before. Each request is made again where that may help, as any
/// call is; after an `Err` comes `None`, and [`next_token`](Self::next_token) or [`next_page`](Self::next_page) is what
/// to go on with. A token that came before is such an `Err`, with [`ErrorKind::Loop`](crate::ErrorKind::Loop): the list
/// would never end. So is, where pages have numbers, a page that is to the byte one that came before.
///
/// # Cancel safety
///
/// A page is either returned or still to come. A future of [`next`](Self::next) that is dropped leaves the request
/// under way, and the next call goes on with it. Dropping the list closes the connection.
#[must_use = "a list does nothing until it is polled"]
pub struct Pages<T>(Walk<T>);

/// What a list holds, page after page, as a [`Stream`] of `Result<I, Error>`.
///
/// The next page is asked for when what came is used up and more is polled for. Where pages have tokens, one may be empty
/// without being the last. Each request is made again where that may help, as any call is; after an `Err` comes `None`,
/// and [`next_token`](Self::next_token) or [`next_page`](Self::next_page) is what to go on with. A token that came before
/// is such an `Err`, with [`ErrorKind::Loop`](crate::ErrorKind::Loop): the list would never end. So is, where pages have
/// numbers, a page that is to the byte one that came before.
///
/// # Cancel safety
///
/// An item is either returned or still to come. A future of [`next`](Self::next) that is dropped leaves the request
/// under way, and the next call goes on with it. Dropping the list closes the connection.
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
        Self(Walk::by_token(request, |page| page))
    }

    #[doc(hidden)]
    pub fn by_number<P: Numbered<Page = T>>(request: P) -> Self {
        Self(Walk::by_number(request, |page| page))
    }

    /// The next page; `None` behind the last one and behind an error.
    ///
    /// # Cancel safety
    ///
    /// A page is either returned or still to come. The request stays under way when the future is dropped, and its
    /// timeouts go on: call it again to go on.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.0.poll_page(cx)).await
    }

    /// The token of the page that comes next: pass it to the operation to go on from there. After an error it is that
    /// of the page which failed. `None` if that is the first page, behind the last one, and where the list led back.
    pub fn next_token(&self) -> Option<&str> {
        self.0.place.as_ref().and_then(Place::token)
    }

    /// The number of the page that comes next, where pages have numbers. After an error it is that of the page which
    /// failed. `None` behind the last one, and where the list came again.
    pub fn next_page(&self) -> Option<i64> {
        self.0.place.as_ref().and_then(Place::number)
    }
}

impl<I: Send + 'static> Items<I> {
    #[doc(hidden)]
    pub fn of<P: Paged<Item = I>>(request: P) -> Self {
        Self { walk: Walk::by_token(request, P::items), page: Vec::new().into_iter(), left: None }
    }

    #[doc(hidden)]
    pub fn by_number<P: Numbered<Item = I>>(request: P) -> Self {
        Self { walk: Walk::by_number(request, P::items), page: Vec::new().into_iter(), left: None }
    }

    /// Ends after this many more items, and asks for no page beyond them. Default: no limit.
    pub fn limit(mut self, items: usize) -> Self {
        self.left = Some(items);
        self
    }

    /// The next item; `None` behind the last one, at the limit, and behind an error.
    ///
    /// # Cancel safety
    ///
    /// An item is either returned or still to come. The request stays under way when the future is dropped, and its
    /// timeouts go on: call it again to go on.
    pub async fn next(&mut self) -> Option<Result<I, Error>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// The token of the page that comes after the current one. After an error it is that of the page which failed, and
    /// all that is before it has been delivered. `None` if that is the first page, once the last one has come, and
    /// where the list led back.
    pub fn next_token(&self) -> Option<&str> {
        self.walk.place.as_ref().and_then(Place::token)
    }

    /// The number of the page that comes after the current one, where pages have numbers. After an error it is that of
    /// the page which failed, and all that is before it has been delivered. `None` once the last one has come, and where
    /// the list came again.
    pub fn next_page(&self) -> Option<i64> {
        self.walk.place.as_ref().and_then(Place::number)
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

#[cfg(test)]
mod tests;
