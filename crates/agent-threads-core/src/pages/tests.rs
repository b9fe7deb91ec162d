//! Lists over scripted pages.

use super::*;
use crate::{
    AuthScheme, ErrorKind, Phase, RawResponse, TransportError, secret::Token, testing::GET,
};
use futures_util::{FutureExt as _, StreamExt as _};
use reqwest::{StatusCode, header::HeaderMap};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
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
    tokens.iter().map(|token| Some(*token).filter(|t| !t.is_empty()).map(str::to_owned)).collect()
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
            vec![Some((vec![1], Some("a"))), Some((vec![], Some("b"))), Some((vec![2], Some("a")))],
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

/// A page, whether it says that more follow, and what else its body has.
type NumberedPage = (Vec<u8>, bool, &'static str);

/// Gives these pages, one after the other and the last one for ever, and keeps the numbers that were asked with.
#[derive(Clone, Default)]
struct NumberedList {
    pages: Arc<Mutex<VecDeque<Option<NumberedPage>>>>,
    asked: Arc<Mutex<Vec<i64>>>,
    begin: Option<i64>,
}

impl NumberedList {
    /// `None` is a page that fails.
    fn of(pages: impl IntoIterator<Item = Option<NumberedPage>>) -> Self {
        Self { pages: Arc::new(Mutex::new(pages.into_iter().collect())), ..Self::default() }
    }

    fn asked(&self) -> Vec<i64> {
        self.asked.lock().unwrap().clone()
    }
}

impl Numbered for NumberedList {
    type Page = NumberedPage;
    type Item = u8;

    const OPERATION: &'static Operation = &GET;

    fn page(&self) -> Option<i64> {
        self.begin
    }

    fn fetch(&self, page: i64) -> BoxFuture<'static, Result<Response<NumberedPage>, Error>> {
        self.asked.lock().unwrap().push(page);
        let mut pages = self.pages.lock().unwrap();
        let page = if pages.len() > 1 { pages.pop_front().unwrap() } else { pages[0].clone() };
        Box::pin(async move {
            tokio::task::yield_now().await;
            let lost = || Error::transport(TransportError::new(Phase::Exchange, "reset"));
            let page = page.ok_or_else(lost)?;
            let body = format!("{page:?}").into();
            let answer = RawResponse {
                operation: &GET,
                token: Token::new("t".to_owned().into(), None, AuthScheme::Bearer).unwrap().into(),
                status: StatusCode::OK,
                headers: HeaderMap::new(),
                body,
                request_id: None,
                attempts: 1,
                waited: Duration::ZERO,
            };
            Ok(answer.with(page))
        })
    }

    fn more(page: &NumberedPage) -> bool {
        page.1
    }

    fn is_empty(page: &NumberedPage) -> bool {
        page.0.is_empty()
    }

    fn items(page: NumberedPage) -> Vec<u8> {
        page.0
    }
}

#[tokio::test]
async fn numbered_pages_are_asked_for_from_the_first_until_no_more_follow() {
    for (last, asked) in
        [((vec![3], false, ""), 3), ((vec![], true, ""), 3), ((vec![], false, ""), 3)]
    {
        let found = 2 + last.0.len();
        let list = NumberedList::of([
            Some((vec![1], true, "")),
            Some((vec![2], true, "")),
            Some(last),
            Some((vec![9], true, "")),
        ]);
        let items = all(Items::by_number(list.clone())).await;
        assert_eq!(items, [Ok(1), Ok(2), Ok(3)][..found]);
        assert_eq!(list.asked(), [1, 2, 3][..asked]);
    }
    let list = NumberedList::of([Some((vec![], true, ""))]);
    assert_eq!(all(Items::by_number(list.clone())).await, []);
    assert_eq!(list.asked(), [1]);
}

#[tokio::test]
async fn numbers_count_from_what_the_caller_has_set() {
    for begin in [0, 7, i64::MAX - 1] {
        let pages =
            [Some((vec![1], true, "")), Some((vec![2], true, "")), Some((vec![3], false, ""))];
        let list = NumberedList { begin: Some(begin), ..NumberedList::of(pages) };
        let mut pages = Pages::by_number(list.clone());
        assert_eq!(pages.next_page(), Some(begin));
        while let Some(page) = pages.next().await {
            page.unwrap();
        }
        let expected: Vec<_> = (begin..=i64::MAX).take(3).collect();
        assert_eq!((list.asked(), pages.next_page()), (expected, None));
    }
}

#[tokio::test]
async fn a_page_that_comes_again_is_an_error_and_not_delivered() {
    for (pages, good) in [
        // A server that does not look at the number.
        (vec![(vec![1, 2], true, "")], 2),
        // One that stays at its last page, or goes around.
        (vec![(vec![1], true, ""), (vec![2], true, "")], 2),
        (vec![(vec![1], true, ""), (vec![2], true, ""), (vec![1], true, "")], 2),
    ] {
        let list = NumberedList::of(pages.into_iter().map(Some));
        let mut items = Items::by_number(list.clone());
        for expected in 1..=good {
            assert_eq!(items.next().await.unwrap().unwrap(), expected);
        }
        let error = items.next().await.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Loop, Some("get_thread")));
        let asked = list.asked().len();
        assert!(items.next().await.is_none());
        assert_eq!((list.asked().len(), items.next_page()), (asked, None));
    }
    // The same items with something else around them are another page.
    let list = NumberedList::of([Some((vec![1], true, "a")), Some((vec![1], false, "b"))]);
    assert_eq!(all(Items::by_number(list)).await, [Ok(1), Ok(1)]);
}

#[tokio::test]
async fn a_numbered_page_that_fails_ends_the_list_and_its_number_is_kept() {
    let list = NumberedList::of([Some((vec![1], true, "")), None]);
    let mut items = Items::by_number(list.clone());
    assert_eq!(items.next_token(), None);
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    assert_eq!(items.next_page(), Some(2));
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Transport);
    assert!(items.next().await.is_none());
    assert_eq!((items.next_page(), list.asked()), (Some(2), vec![1, 2]));
}

#[tokio::test]
async fn a_limit_asks_for_no_numbered_page_beyond_it() {
    for (limit, pages) in [(0, 0), (2, 1), (3, 2)] {
        let list = NumberedList::of([Some((vec![1, 2], true, "")), Some((vec![3, 4], true, ""))]);
        let found = all(Items::by_number(list.clone()).limit(limit)).await;
        assert_eq!((found.len(), list.asked().len()), (limit, pages), "limit {limit}");
    }
}
