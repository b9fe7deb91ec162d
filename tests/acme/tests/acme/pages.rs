//! Lists that come in pages.

use crate::server::Server;
use acme_agents::types::{AgentKind, FileReference};
use acme_agents::{Client, ErrorKind};

/// A client both of whose servers are this one.
fn client(server: &Server) -> Client {
    let (api, files) = (server.url(), server.url());
    Client::builder().token("acme_x").base_url(api).server("files", files).build().unwrap()
}

const ONE: &str = r#"{"files":[{"id":"f1","url":"https://f.example/1"},{"id":"f2","url":"https://f.example/2"}],"nextPageToken":"a b&c"}"#;
const TWO: &str = r#"{"files":null,"nextPageToken":"d"}"#;
const THREE: &str = r#"{"files":[{"id":"f3","url":"https://f.example/3"}],"nextPageToken":null}"#;

fn lines(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.line).collect()
}

#[tokio::test]
async fn items_come_page_after_page_with_all_else_unchanged() {
    let server = Server::answering([(200, ONE), (200, TWO), (200, THREE)]).await;
    let kinds = ["worker", "coder-2"].map(AgentKind::from);
    let list = client(&server).list_files(7).for_(kinds).version([1, -2]).page_size(2);
    let mut items = list.items();
    assert!(server.seen().is_empty());
    let mut found = Vec::new();
    while let Some(file) = items.next().await {
        let file: FileReference = file.unwrap();
        found.push(file.id);
        assert_eq!(server.seen().len(), if found.len() < 3 { 1 } else { 3 });
    }
    assert_eq!(found, ["f1", "f2", "f3"]);
    let path = "GET /v1/projects/7/files?for=worker&for=coder-2&pageSize=2";
    assert_eq!(
        lines(&server),
        [
            format!("{path}&version=1&version=-2"),
            format!("{path}&pageToken=a+b%26c&version=1&version=-2"),
            format!("{path}&pageToken=d&version=1&version=-2"),
        ]
    );
}

#[tokio::test]
async fn pages_come_as_they_are_from_where_the_caller_begins() {
    let server = Server::answering([(200, TWO), (200, THREE)]).await;
    let mut pages = client(&server).list_files(7).page_token("c").pages();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.files, first.next_page_token.as_deref()), (None, Some("d")));
    assert_eq!(pages.next().await.unwrap().unwrap().files.unwrap().len(), 1);
    assert!(pages.next().await.is_none());
    let path = "GET /v1/projects/7/files?pageToken=";
    assert_eq!(lines(&server), [format!("{path}c"), format!("{path}d")]);
}

#[tokio::test]
async fn one_page_is_an_answer_like_any_other() {
    let server = Server::answering([(200, ONE)]).await;
    let page = client(&server).list_files(7).await.unwrap();
    assert_eq!(page.next_page_token.as_deref(), Some("a b&c"));
    server.only();
}

#[tokio::test]
async fn a_limit_asks_for_no_more_than_it_needs() {
    let server = Server::answering([(200, ONE)]).await;
    let mut items = client(&server).list_files(7).items().limit(2);
    assert_eq!(items.next().await.unwrap().unwrap().id, "f1");
    assert_eq!(items.next().await.unwrap().unwrap().id, "f2");
    assert!(items.next().await.is_none());
    server.only();
}

#[tokio::test]
async fn an_empty_token_ends_a_list_and_one_that_repeats_is_an_error() {
    let more = r#"{"labels":["a","b"],"last":"b"}"#;
    let server = Server::answering([
        (200, more),
        (200, r#"{"labels":["c"],"last":""}"#),
        (200, more),
        (200, more),
    ])
    .await;
    let mut labels = client(&server).list_labels().items();
    let mut found = Vec::new();
    while let Some(label) = labels.next().await {
        found.push(label.unwrap());
    }
    assert_eq!(found, ["a", "b", "c"]);
    let mut pages = client(&server).list_labels().pages();
    assert!(pages.next().await.unwrap().is_ok() && pages.next().await.unwrap().is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Loop, Some("list_labels")));
    assert!(pages.next().await.is_none());
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_page_that_fails_ends_the_list_and_says_where_to_go_on() {
    let refused = r#"{"error":{"message":"No"}}"#;
    let server = Server::answering([(200, ONE), (403, refused), (200, THREE)]).await;
    let client = client(&server);
    let mut items = client.list_files(7).items();
    assert!(items.next().await.unwrap().is_ok() && items.next().await.unwrap().is_ok());
    assert_eq!(items.next().await.unwrap().unwrap_err().message(), Some("No"));
    assert!(items.next().await.is_none());
    let mut rest = client.list_files(7).page_token(items.next_token().unwrap()).items();
    assert_eq!(rest.next().await.unwrap().unwrap().id, "f3");
    assert!(rest.next().await.is_none());
    assert!(lines(&server)[2].ends_with("?pageToken=a+b%26c"));
}

#[tokio::test]
async fn numbered_pages_come_one_after_the_other_with_all_else_unchanged() {
    let server = Server::answering([
        (200, r#"{"data":[{"runId":"r1"},{"runId":"r2"}],"has_more":true}"#),
        (200, r#"{"data":[{"runId":"r3"}],"has_more":true}"#),
        (200, r#"{"data":[],"has_more":true}"#),
    ])
    .await;
    let mut items = client(&server).list_runs().agent("a b").per_page(2).items();
    assert!(server.seen().is_empty());
    let mut found = Vec::new();
    while let Some(run) = items.next().await {
        found.push(run.unwrap().run_id);
    }
    assert_eq!(found, ["r1", "r2", "r3"]);
    let line = |page| format!("GET /v1/runs?agent=a+b&page={page}&per_page=2");
    assert_eq!(lines(&server), [1, 2, 3].map(line));
}

#[tokio::test]
async fn numbered_pages_end_when_no_more_are_said_to_follow() {
    let one = r#"{"data":[{"runId":"r1"}],"has_more":true}"#;
    for last in [
        r#"{"data":[{"runId":"r2"}],"has_more":false}"#,
        r#"{"data":[{"runId":"r2"}],"has_more":null}"#,
        r#"{"data":[{"runId":"r2"}]}"#,
        r#"{"data":null,"has_more":true}"#,
        r#"{"has_more":true}"#,
    ] {
        let server = Server::answering([(200, one), (200, last)]).await;
        let mut pages = client(&server).list_runs().page(7).pages();
        assert_eq!(pages.next_page(), Some(7));
        assert!(pages.next().await.unwrap().is_ok() && pages.next().await.unwrap().is_ok());
        assert!(pages.next().await.is_none(), "{last}");
        assert_eq!(lines(&server), ["GET /v1/runs?page=7", "GET /v1/runs?page=8"]);
    }
}

#[tokio::test]
async fn a_numbered_page_that_comes_again_is_an_error() {
    let one = r#"{"teams":["a","b"],"more":true}"#;
    let server = Server::answering([(200, one), (200, one)]).await;
    let mut teams = client(&server).list_teams().items();
    assert_eq!(teams.next().await.unwrap().unwrap(), "a");
    assert_eq!(teams.next().await.unwrap().unwrap(), "b");
    let error = teams.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Loop, Some("list_teams")));
    assert!(teams.next().await.is_none());
    assert_eq!(lines(&server), ["GET /v1/teams?at=1", "GET /v1/teams?at=2"]);
}

#[tokio::test]
async fn one_numbered_page_is_an_answer_like_any_other() {
    let server = Server::answering([(200, r#"{"teams":[],"more":false}"#)]).await;
    assert!(client(&server).list_teams().await.unwrap().teams.is_empty());
    assert_eq!(lines(&server), ["GET /v1/teams"]);
}
