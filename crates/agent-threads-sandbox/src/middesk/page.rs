//! Lists in numbered pages.

use serde_json::{Value, json};

use super::body::{Query, unacceptable};
use crate::refusal::Refusal;

const DEFAULT_SIZE: usize = 20;

/// The most items on a page, unless set.
pub(super) const MOST: usize = 100;

/// How pages are cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pages {
    pub(super) most: usize,
    pub(super) counts_all: bool,
}

impl Default for Pages {
    fn default() -> Self {
        Self { most: MOST, counts_all: true }
    }
}

impl Pages {
    /// The page that a query asks for, in its envelope.
    pub(super) fn cut(self, items: &[Value], query: &Query) -> Result<Value, Refusal> {
        let page = number(query, "page")?.unwrap_or(1);
        let size = number(query, "per_page")?.unwrap_or(DEFAULT_SIZE).min(self.most);
        let before = (page - 1).saturating_mul(size);
        let data: Vec<_> = items.iter().skip(before).take(size).collect();
        let has_more = before.saturating_add(size) < items.len();
        let mut list = json!({ "object": "list", "has_more": has_more, "data": data });
        if self.counts_all {
            list["total_count"] = json!(items.len());
        }
        Ok(list)
    }
}

fn number(query: &Query, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| *number > 0);
    Ok(Some(number.ok_or_else(|| unacceptable(name, "must be a whole number from 1"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &[(&str, &str)], most: usize) -> Option<Value> {
        let items: Vec<_> = (0..45).map(|item| json!(item)).collect();
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Pages { most, counts_all: false }.cut(&items, &query.collect()).ok()
    }

    #[test]
    fn pages_count_from_one_and_the_last_has_nothing_after_it() {
        for (number, first, items, has_more) in [("1", 0, 20, true), ("3", 40, 5, false)] {
            let page = page(&[("page", number)], MOST).unwrap();
            assert_eq!((&page["data"][0], &page["has_more"]), (&json!(first), &json!(has_more)));
            assert_eq!(page["data"].as_array().unwrap().len(), items);
        }
        let past = page(&[("page", "4")], MOST).unwrap();
        assert_eq!(past, json!({ "object": "list", "has_more": false, "data": [] }));
    }

    #[test]
    fn a_size_over_the_most_is_taken_for_it() {
        let sized = page(&[("per_page", "40"), ("page", "2")], 30).unwrap();
        assert_eq!(sized["data"].as_array().unwrap().len(), 15);
        for (name, value) in [("page", "0"), ("per_page", "0"), ("page", "-1"), ("per_page", "x")] {
            assert_eq!(page(&[(name, value)], MOST), None, "{name}={value}");
        }
    }
}
