//! A list, page after page.

use crate::{
    call::{BY_HAND, ByHand, Place},
    case::{Case, Run},
    goal::Goal,
    group::{Group, Source},
    server::ITEMS,
};
use agent_threads_modus::{Client, types::ActiveRunsPage};
use std::{hint::black_box, rc::Rc};

/// What this group measures.
pub(crate) const GROUP: Group =
    Group { name: "paging", columns: &["agent-threads", BY_HAND], source: Source::Cases(cases) };

fn cases() -> Vec<Case> {
    let place = Rc::new(Place::new());
    let ours = Client::builder().token("modus_0123456789").base_url(place.url()).build();
    let ours = ours.expect("a client");
    let by_hand = ByHand::new(place.url(), &[]);
    let same_place = place.clone();
    vec![Case {
        what: "100 000 items in pages of 100".to_owned(),
        each: "item",
        count: ITEMS,
        runs: vec![
            Run::Here(Box::new(move || assert_eq!(place.run(items(&ours)), ITEMS))),
            Run::Here(Box::new(move || {
                assert_eq!(same_place.run(items_by_hand(&by_hand)), ITEMS);
            })),
        ],
        // Each run counts its items.
        check: Box::new(|| ()),
        goals: vec![Goal::Within(1.05, BY_HAND)],
    }]
}

async fn items(client: &Client) -> usize {
    let mut items = client.list_active_runs().items();
    let mut count = 0;
    while let Some(item) = items.next().await {
        black_box(item.expect("an item"));
        count += 1;
    }
    count
}

async fn items_by_hand(by_hand: &ByHand) -> usize {
    let mut token: Option<String> = None;
    let mut count = 0;
    loop {
        let path = match &token {
            None => "/agent/v1/runs/active".to_owned(),
            Some(token) => format!("/agent/v1/runs/active?pageToken={token}"),
        };
        let page: ActiveRunsPage = by_hand.get(&path).await.expect("a page");
        for item in page.runs {
            black_box(item);
            count += 1;
        }
        token = page.next_page_token;
        if token.is_none() {
            return count;
        }
    }
}
