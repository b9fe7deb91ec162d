//! Lists: what narrows them, what their pages become, and how one leads to the next.

use super::{Hosts, JSON, Sent, call, get};
use agent_threads_modus::{
    ErrorKind,
    types::{ConversationKind, ConversationTimeframe, WorkflowRunStatus, WorkflowType},
};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use httpmock::{Mock, MockServer};
use serde_json::{Value, json};

fn conversation(id: &str) -> Value {
    json!({ "threadId": id, "scopeId": 7, "firstMessage": "Hi", "title": null, "messageCount": 2,
            "createdAt": "2026-10-02T08:00:00.000Z", "updatedAt": "2026-10-02T08:00:01.000Z", "userIds": ["u-1"],
            "source": null, "toolsUsed": ["search"] })
}

fn history(id: &str) -> Value {
    json!({ "id": format!("{id}:t"), "workflowId": id, "agentId": 42, "agentName": "Digest", "agentType": "task",
            "status": "running" })
}

fn named(id: &str) -> Value {
    json!({ "id": 42, "name": id })
}

#[tokio::test]
async fn conversations_are_listed_with_every_filter() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let wire = json!({ "conversations": [conversation("t-1")], "nextPageToken": "", "totalCount": 1, "page": 0,
                       "pageSize": 25 });
    let sent = get(
        "/api/v1/modus/conversations?kind=scopes&userId=u-1&toolName=a%20b&timeframe=last_7_days&includeTools=true\
         &source=slack&sourceRef=C1%2F2&pageSize=25&pageToken=p&page=0",
    );
    let list = client
        .list_modus_conversations()
        .kind(ConversationKind::Scopes)
        .user_id("u-1")
        .tool_name("a b")
        .timeframe(ConversationTimeframe::Last7Days)
        .include_tools(true)
        .source("slack")
        .source_ref("C1/2")
        .page_size(25)
        .page_token("p")
        .page(0)
        .send();
    let page = call(&api, sent, (200, wire.clone()), list).await;
    assert_eq!((page.total_count, page.page, page.page_size), (Some(1), Some(0), Some(25)));
    let item = &page.conversations[0];
    assert_eq!(
        (item.thread_id.as_str(), item.scope_id, item.message_count),
        ("t-1", Some(7), Some(2))
    );
    assert_eq!((&item.title, &item.source), (&None, &None));
    assert_eq!(item.user_ids, Some(vec!["u-1".into()]));
    assert_eq!(item.tools_used, Some(vec!["search".into()]));

    let sent = get(
        "/api/v1/scopes/0/conversations?userId=u-1&toolName=search&timeframe=next_year&includeTools=false&pageSize=1",
    );
    let list = client
        .list_scope_conversations(0)
        .user_id("u-1")
        .tool_name("search")
        .timeframe("next_year")
        .include_tools(false)
        .page_size(1)
        .send();
    assert_eq!(call(&api, sent, (200, wire), list).await, page);
}

#[tokio::test]
async fn runs_of_a_workflow_are_listed_with_every_filter() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let mut waiting = history("wf_1");
    waiting["status"] = json!("awaiting_human");
    waiting["pendingApproval"] = json!({ "tool": "send_mail" });
    let wire = json!({ "runs": [waiting, history("wf_2")], "counts": { "all_executions": 2, "awaiting_human": 1 } });
    let sent = get(
        "/api/v1/workflows/42/runs?status=awaiting_human&timeframe=last_week&approvalScope=mine&search=May%26co&pageSize=100",
    );
    let list = client
        .list_workflow_runs(42)
        .status("awaiting_human")
        .timeframe("last_week")
        .approval_scope("mine")
        .search("May&co")
        .page_size(100)
        .send();
    let page = call(&api, sent, (200, wire), list).await;
    assert_eq!(page.next_page_token, None);
    assert_eq!(page.counts.unwrap()["awaiting_human"], 1);
    assert_eq!(page.runs[0].status, WorkflowRunStatus::AwaitingHuman);
    assert_eq!(page.runs[0].pending_approval.as_ref().unwrap()["tool"], "send_mail");
    assert_eq!(
        (page.runs[1].workflow_id.as_str(), &page.runs[1].pending_approval),
        ("wf_2", &None)
    );
}

#[tokio::test]
async fn workflows_and_scopes_are_listed_under_their_name_and_the_one_before() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    for (key, is_new) in [("workflows", true), ("agents", false)] {
        let sent = get(
            "/api/v1/workflows?view=draft&type=task&search=May&includeVariation=true&pageSize=25",
        );
        let list = client
            .list_workflows()
            .view("draft")
            .type_(WorkflowType::Task)
            .search("May")
            .include_variation(true)
            .page_size(25)
            .send();
        let wire = json!({ key: [named("Digest")], "nextPageToken": null });
        let page = call(&api, sent, (200, wire), list).await;
        let (found, other) =
            if is_new { (page.workflows, page.agents) } else { (page.agents, page.workflows) };
        assert_eq!((found.unwrap()[0].name.as_str(), other), ("Digest", None));
        api.reset_async().await;
    }
    for (key, is_new) in [("scopes", true), ("skills", false)] {
        let sent = get(
            "/api/v1/scopes?view=active&search=May&managerId=u-1&includeVariation=false&pageSize=25",
        );
        let list = client
            .list_scopes()
            .view("active")
            .search("May")
            .manager_id("u-1")
            .include_variation(false)
            .page_size(25)
            .send();
        let wire = json!({ key: [named("Support")], "nextPageToken": null });
        let page = call(&api, sent, (200, wire), list).await;
        let (found, other) =
            if is_new { (page.scopes, page.skills) } else { (page.skills, page.scopes) };
        assert_eq!((found.unwrap()[0].name.as_str(), other), ("Support", None));
        api.reset_async().await;
    }
}

async fn page<'a>(
    host: &'a MockServer,
    sent: Sent,
    key: &str,
    item: Value,
    next: Value,
) -> Mock<'a> {
    let body = json!({ key: [item], "nextPageToken": next }).to_string();
    sent.answered(host, 200, JSON, &body).await
}

/// Two pages at these targets become two items.
async fn is_paged<T>(
    host: &MockServer,
    targets: [&'static str; 2],
    (key, item): (&str, impl Fn(&str) -> Value),
    items: impl Stream<Item = Result<T, agent_threads_modus::Error>>,
    id: impl Fn(T) -> String,
) {
    let first = page(host, get(targets[0]), key, item("a"), json!("n/1")).await;
    let last = page(host, get(targets[1]), key, item("b"), json!(" ")).await;
    let items: Vec<T> = items.try_collect().await.unwrap();
    assert_eq!(items.into_iter().map(id).collect::<Vec<_>>(), ["a", "b"], "{}", targets[0]);
    first.assert_async().await;
    last.assert_async().await;
}

#[tokio::test]
async fn each_list_goes_on_with_its_filters_unchanged() {
    let Hosts { agent, api, client } = Hosts::start().await;
    let active = |id: &str| {
        json!({ "runId": id, "sessionId": "s", "status": "running", "createdAt": "2026-10-02T08:00:00Z",
                "updatedAt": "2026-10-02T08:00:00Z" })
    };
    is_paged(
        &agent,
        ["/agent/v1/runs/active?pageSize=1", "/agent/v1/runs/active?pageSize=1&pageToken=n%2F1"],
        ("runs", active),
        client.list_active_runs().page_size(1).items(),
        |run| run.run_id,
    )
    .await;
    is_paged(
        &api,
        [
            "/api/v1/workflows/42/runs?status=running",
            "/api/v1/workflows/42/runs?status=running&pageToken=n%2F1",
        ],
        ("runs", history),
        client.list_workflow_runs(42).status("running").items(),
        |run| run.workflow_id,
    )
    .await;
    is_paged(
        &api,
        [
            "/api/v1/modus/conversations?kind=modus&includeTools=true",
            "/api/v1/modus/conversations?kind=modus&includeTools=true&pageToken=n%2F1",
        ],
        ("conversations", conversation),
        client.list_modus_conversations().kind(ConversationKind::Modus).include_tools(true).items(),
        |conversation| conversation.thread_id,
    )
    .await;
    is_paged(
        &api,
        [
            "/api/v1/scopes/7/conversations?userId=u",
            "/api/v1/scopes/7/conversations?userId=u&pageToken=n%2F1",
        ],
        ("conversations", conversation),
        client.list_scope_conversations(7).user_id("u").items(),
        |conversation| conversation.thread_id,
    )
    .await;
    is_paged(
        &api,
        ["/api/v1/workflows?type=task", "/api/v1/workflows?type=task&pageToken=n%2F1"],
        ("workflows", named),
        client.list_workflows().type_(WorkflowType::Task).items(),
        |workflow| workflow.name,
    )
    .await;
    is_paged(
        &api,
        ["/api/v1/scopes?search=May", "/api/v1/scopes?search=May&pageToken=n%2F1"],
        ("scopes", named),
        client.list_scopes().search("May").items(),
        |scope| scope.name,
    )
    .await;
}

#[tokio::test]
async fn a_page_that_was_there_before_ends_the_list_with_an_error() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let first = page(&api, get("/api/v1/scopes"), "scopes", named("a"), json!("n")).await;
    let again = get("/api/v1/scopes?pageToken=n");
    let again = page(&api, again, "scopes", named("b"), json!("n")).await;
    let delivered: Vec<_> = client
        .list_scopes()
        .items()
        .map(|item| item.map(|scope| scope.name).map_err(|error| error.kind()))
        .collect()
        .await;
    assert_eq!(delivered, [Ok("a".into()), Ok("b".into()), Err(ErrorKind::Loop)]);
    first.assert_async().await;
    again.assert_async().await;
}

#[tokio::test]
async fn items_are_found_under_the_older_name() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    page(&api, get("/api/v1/workflows"), "agents", named("Digest"), Value::Null).await;
    page(&api, get("/api/v1/scopes"), "skills", named("Support"), Value::Null).await;
    let workflows: Vec<_> = client.list_workflows().items().try_collect().await.unwrap();
    let scopes: Vec<_> = client.list_scopes().items().try_collect().await.unwrap();
    assert_eq!((workflows[0].name.as_str(), scopes[0].name.as_str()), ("Digest", "Support"));
}
