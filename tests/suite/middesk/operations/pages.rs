//! Lists, page after page by number.

use super::{get, start};
use crate::middesk;
use futures::{StreamExt as _, TryStreamExt as _};
use httpmock::MockServer;
use serde_json::{Value, json};

fn thing(id: &str) -> Value {
    json!({ "id": id, "status": "running", "created_at": "2026-03-04T10:00:00Z", "updated_at": "2026-03-04T10:00:00Z" })
}

async fn answer(server: &MockServer, target: &'static str, ids: &[&str], more: bool) {
    let data: Vec<_> = ids.iter().map(|id| thing(id)).collect();
    let page = json!({ "object": "list", "has_more": more, "total_count": 3, "data": data });
    get(target).answered(server, 200, "application/json", &page.to_string()).await;
}

#[tokio::test]
async fn pages_are_numbered_and_keep_what_was_asked() {
    let (server, client) = start().await;
    answer(&server, "/v1/threads?business_id=b&page=1&per_page=2", &["a", "b"], true).await;
    answer(&server, "/v1/threads?business_id=b&page=2&per_page=2", &["c"], false).await;
    let list = client.list_threads().business_id("b").per_page(2);
    let ids: Vec<_> = list.clone().items().map_ok(|thread| thread.id).try_collect().await.unwrap();
    assert_eq!(ids, ["a", "b", "c"]);
    let pages: Vec<_> = list.pages().map_ok(|page| page.total_count).try_collect().await.unwrap();
    assert_eq!(pages, [Some(3), Some(3)]);
}

#[tokio::test]
async fn pages_go_on_from_the_one_that_was_asked_for() {
    let (server, client) = start().await;
    answer(&server, "/v1/runs?page=3", &["g"], true).await;
    answer(&server, "/v1/runs?page=4", &["h"], true).await;
    let two: Vec<_> = client
        .list_runs()
        .page(3)
        .items()
        .limit(2)
        .map_ok(|run| run.id)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(two, ["g", "h"]);
}

#[tokio::test]
async fn an_empty_page_is_the_last_whatever_it_says() {
    let (server, client) = start().await;
    answer(&server, "/v1/runs?page=1", &["a"], true).await;
    for (empty, page) in
        [("[]", json!({ "has_more": true, "data": [] })), ("none", json!({ "has_more": true }))]
    {
        let mock = get("/v1/runs?page=2")
            .answered(&server, 200, "application/json", &page.to_string())
            .await;
        assert_eq!(client.list_runs().items().count().await, 1, "{empty}");
        mock.assert_async().await;
        mock.delete_async().await;
    }
}

#[tokio::test]
async fn all_runs_of_the_sandbox_are_listed_whatever_size_it_honours() {
    let (_sandbox, vendor, client) = middesk::start().await;
    for _ in 0..5 {
        middesk::review(&vendor, &client).await;
    }
    vendor.set_page_cap(2);
    vendor.set_total_count(false);
    let mut ids: Vec<_> =
        client.list_runs().per_page(100).items().map_ok(|run| run.id).try_collect().await.unwrap();
    ids.reverse();
    assert_eq!(ids, vendor.run_ids());
}
