//! Lists in pages.

use std::collections::HashMap;

use axum::extract::Query as Extracted;
use axum::extract::rejection::QueryRejection;
use http::StatusCode;
use serde_json::Value;

use crate::refusal::Refusal;

/// A query by the names of its fields.
pub(super) type Query = HashMap<String, String>;

/// A query as it arrives.
pub(super) type Asked = Result<Extracted<Query>, QueryRejection>;

const MOST: usize = 100;
const TOKEN: &str = "page-from-";

/// How large a page is unless it is said, and what happens where too much is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum PageRule {
    /// A size over 100 is taken for 100.
    Clamped { default: usize },
    /// A size over 100 is refused.
    Strict { default: usize },
}

/// One page of a list, and the token of the next one.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) next: Value,
}

/// The fields of a query.
pub(super) fn fields(asked: Asked) -> Result<Query, Refusal> {
    let Extracted(query) = asked.map_err(|_| bad("The query cannot be read"))?;
    Ok(query)
}

/// The token of the page with this number, counted from 0.
pub(super) fn token_of(number: usize, query: &Query, rule: PageRule) -> Result<String, Refusal> {
    Ok(format!("{TOKEN}{}", number.saturating_mul(size(query, rule)?)))
}

/// Cuts the page out of a list that a query asks for.
pub(super) fn page(
    items: impl IntoIterator<Item = Value>,
    query: &Query,
    rule: PageRule,
) -> Result<Page, Refusal> {
    let size = size(query, rule)?;
    let from = match query.get("pageToken").filter(|token| !token.is_empty()) {
        Some(token) => place(token).ok_or_else(|| bad("pageToken is not one of this list"))?,
        None => 0,
    };
    let mut rest = items.into_iter().skip(from);
    let items: Vec<_> = rest.by_ref().take(size).collect();
    let next = rest.next().map(|_| format!("{TOKEN}{}", from + size));
    Ok(Page { items, next: next.into() })
}

pub(super) fn size(query: &Query, rule: PageRule) -> Result<usize, Refusal> {
    let (PageRule::Clamped { default } | PageRule::Strict { default }) = rule;
    let Some(text) = query.get("pageSize") else { return Ok(default) };
    let size: usize = text.parse().map_err(|_| bad("pageSize must be a whole number"))?;
    match rule {
        PageRule::Clamped { .. } => Ok(size.clamp(1, MOST)),
        PageRule::Strict { .. } if (1..=MOST).contains(&size) => Ok(size),
        PageRule::Strict { .. } => Err(bad("pageSize must be from 1 to 100")),
    }
}

fn place(token: &str) -> Option<usize> {
    token.strip_prefix(TOKEN)?.parse().ok()
}

pub(super) fn bad(message: &str) -> Refusal {
    Refusal::with(StatusCode::BAD_REQUEST, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CLAMPED: PageRule = PageRule::Clamped { default: 2 };

    fn cut(query: &[(&str, &str)], rule: PageRule) -> Option<(usize, Value)> {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let page = page((0..150).map(|n| json!(n)), &query.collect(), rule).ok()?;
        Some((page.items.len(), page.next))
    }

    #[test]
    fn pages_lead_through_the_whole_list_and_the_last_has_no_token() {
        let mut seen = Vec::new();
        let mut query = Query::from([("pageSize".to_owned(), "70".to_owned())]);
        loop {
            let page = page((0..150).map(|n| json!(n)), &query, CLAMPED).unwrap();
            seen.extend(page.items);
            let Some(token) = page.next.as_str() else { break };
            query.insert("pageToken".to_owned(), token.to_owned());
        }
        assert_eq!(seen, (0..150).map(|n| json!(n)).collect::<Vec<_>>());
    }

    #[test]
    fn a_list_that_ends_with_a_page_has_no_page_after_it() {
        let page = page([json!(1), json!(2)], &Query::new(), CLAMPED).unwrap();
        assert_eq!(page, Page { items: vec![json!(1), json!(2)], next: Value::Null });
    }

    #[test]
    fn sizes_are_clamped_or_refused_as_the_list_has_it() {
        let strict = PageRule::Strict { default: 50 };
        let size = |text: &str, rule| cut(&[("pageSize", text)], rule).map(|(size, _)| size);
        assert_eq!(cut(&[], strict).map(|(size, _)| size), Some(50));
        assert_eq!((size("101", CLAMPED), size("0", CLAMPED)), (Some(100), Some(1)));
        assert_eq!(
            (size("100", strict), size("101", strict), size("0", strict)),
            (Some(100), None, None)
        );
        assert_eq!((size("ten", CLAMPED), size("-1", CLAMPED)), (None, None));
    }

    #[test]
    fn a_token_that_no_page_gave_is_refused_and_a_blank_one_is_none() {
        for token in ["2", "page-from-", "page-from-x"] {
            assert_eq!(cut(&[("pageToken", token)], CLAMPED), None, "{token}");
        }
        assert!(cut(&[("pageToken", "")], CLAMPED).is_some());
    }
}
