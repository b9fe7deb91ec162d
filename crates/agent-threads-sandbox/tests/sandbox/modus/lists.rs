//! Workflows, scopes, conversations and histories, as the test sets them.

use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused};

async fn get(caller: &Caller, path: &str) -> Value {
    let (status, body) = answer(caller.request(Method::GET, path)).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn column<'a>(items: &'a Value, name: &str) -> Vec<&'a Value> {
    items.as_array().unwrap().iter().map(|item| &item[name]).collect()
}

#[tokio::test]
async fn a_workflow_and_a_scope_are_there_from_the_start() {
    let caller = Caller::start().await;
    for (kind, id) in
        [("workflows", caller.modus.workflow_id()), ("scopes", caller.modus.scope_id())]
    {
        let page = get(&caller, &format!("/api/v1/{kind}")).await;
        assert_eq!(column(&page[kind], "id"), [id]);
        assert_eq!(page["nextPageToken"], Value::Null);
        let one = get(&caller, &format!("/api/v1/{kind}/{id}")).await;
        assert_eq!(one["id"], id);
        for name in ["slug", "name", "status", "orgUuid", "accessConfig", "createdAt", "canUse"] {
            assert!(!one[name].is_null(), "{kind} {name}");
        }
        assert_eq!(one.get("manageDenial"), Some(&Value::Null));
        assert_eq!(one.get("isEnabled").is_some(), kind == "workflows");

        let path = |id: &str| caller.request(Method::GET, &format!("/api/v1/{kind}/{id}"));
        refused(path("a-slug"), 400, "BAD_REQUEST").await;
        refused(path("99"), 404, "NOT_FOUND").await;
    }
}

#[tokio::test]
async fn workflows_are_filtered_and_show_their_variation_when_asked() {
    let caller = Caller::start().await;
    caller.modus.set_workflows([
        json!({ "id": 1, "name": "Weekly Report", "type": "task" }),
        json!({ "id": 2, "name": "Onboarding", "type": "workflow" }),
    ]);
    let ids = async |query: &str| {
        let page = get(&caller, &format!("/api/v1/workflows{query}")).await;
        column(&page["workflows"], "id").iter().map(|id| id.as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [1, 2]);
    assert_eq!(ids("?type=workflow").await, [2]);
    assert_eq!(ids("?search=report").await, [1]);
    assert_eq!(ids("?search=report&type=workflow").await, [0; 0]);
    let bare = get(&caller, "/api/v1/workflows").await;
    assert_eq!(bare["workflows"][0].get("variation"), None);
    let whole = get(&caller, "/api/v1/workflows?includeVariation=true").await;
    assert!(whole["workflows"][0]["variation"].is_object());
    assert!(get(&caller, "/api/v1/workflows/1").await["variation"].is_object());
}

#[tokio::test]
async fn a_workflow_and_a_scope_have_all_that_the_vendors_sdk_reads() {
    let caller = Caller::start().await;
    let workflow = get(&caller, "/api/v1/workflows/42").await;
    assert!(workflow["activeVariationId"].is_string());
    assert!(workflow["variation"]["trigger"].is_object());
    let scope = get(&caller, "/api/v1/scopes/7").await;
    assert!(scope["activeVariationId"].is_string());
    assert_eq!(scope["accessConfig"]["guardrails"], json!([]));
    for name in ["expectedOutput", "model"] {
        assert!(scope["variation"][name].is_string(), "{name}");
    }
    for name in ["instructions", "connectionSet", "contextSelections", "evaluations", "interfaces"]
    {
        assert!(scope["variation"][name].is_array(), "{name}");
    }
}

#[tokio::test]
async fn lists_come_in_pages_whose_default_and_bounds_are_the_vendors() {
    let caller = Caller::start().await;
    caller.modus.set_scopes((1..=150).map(|id| json!({ "id": id, "name": format!("s{id}") })));
    caller.modus.set_conversations((1..=150).map(|id| json!({ "threadId": format!("t{id}") })));
    caller.modus.set_workflow_runs((1..=150).map(|id| json!({ "workflowId": format!("w{id}") })));
    for (path, items, default) in [
        ("/api/v1/scopes", "scopes", 25),
        ("/api/v1/modus/conversations", "conversations", 10),
        ("/api/v1/workflows/42/runs", "runs", 25),
    ] {
        let length = async |query: &str| {
            get(&caller, &format!("{path}{query}")).await[items].as_array().unwrap().len()
        };
        assert_eq!(length("").await, default, "{path}");
        assert_eq!(length("?pageSize=101").await, 100, "{path}");
        assert_eq!(length("?pageSize=0").await, 1, "{path}");
        let first = get(&caller, &format!("{path}?pageSize=100")).await;
        let token = first["nextPageToken"].as_str().unwrap();
        let rest = get(&caller, &format!("{path}?pageSize=100&pageToken={token}")).await;
        assert_eq!(rest[items].as_array().unwrap().len(), 50);
        assert_eq!(rest["nextPageToken"], Value::Null);
        assert_ne!(rest[items][0], first[items][0]);
        let odd = caller.request(Method::GET, &format!("{path}?pageToken=odd"));
        refused(odd, 400, "BAD_REQUEST").await;
    }
}

#[tokio::test]
async fn older_revisions_have_other_names_for_the_same() {
    let caller = Caller::start().await;
    caller.modus.set_conversations([json!({ "threadId": "t", "scopeId": 7 })]);
    caller.modus.set_older_names(true);
    let workflows = get(&caller, "/api/v1/workflows").await;
    assert_eq!(
        (column(&workflows["agents"], "id"), workflows.get("workflows")),
        (vec![&json!(42)], None)
    );
    let scopes = get(&caller, "/api/v1/scopes").await;
    assert_eq!((column(&scopes["skills"], "id"), scopes.get("scopes")), (vec![&json!(7)], None));
    let page = get(&caller, "/api/v1/modus/conversations?kind=skills").await;
    let [listed] = &page["conversations"].as_array().unwrap()[..] else { panic!("{page}") };
    for conversation in [listed, &get(&caller, "/api/v1/modus/conversations/t").await] {
        assert_eq!((&conversation["skillId"], conversation.get("scopeId")), (&json!(7), None));
    }
}

fn conversations() -> [Value; 3] {
    let messages = json!([
        { "type": "human", "content": "Which tickets are open?" },
        { "type": "ai", "content": [{ "type": "text", "text": "12." }] },
        { "type": "human", "content": "And in EMEA?" },
    ]);
    [
        json!({ "threadId": "agent_0_a", "messages": messages, "userIds": ["u1"], "toolsUsed": ["crm"] }),
        json!({ "threadId": "agent_7_b", "scopeId": 7, "messages": messages, "source": "slack", "sourceRef": "C1" }),
        json!({ "threadId": "agent_8_c", "scopeId": 8 }),
    ]
}

#[tokio::test]
async fn conversations_are_listed_by_kind_scope_user_tool_and_source() {
    let caller = Caller::start().await;
    caller.modus.set_conversations(conversations());
    let threads = async |path: &str| {
        let page = get(&caller, &format!("/api/v1/{path}")).await;
        let threads = column(&page["conversations"], "threadId");
        assert_eq!(page["totalCount"], threads.len());
        threads.iter().map(|id| id.as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let all = "agent_0_a agent_7_b agent_8_c";
    for (path, expected) in [
        ("modus/conversations", all),
        ("modus/conversations?kind=all&timeframe=last_day", all),
        ("modus/conversations?kind=modus", "agent_0_a"),
        ("modus/conversations?kind=scopes", "agent_7_b agent_8_c"),
        ("modus/conversations?userId=u1", "agent_0_a"),
        ("modus/conversations?toolName=crm", "agent_0_a"),
        ("modus/conversations?source=slack&sourceRef=C1", "agent_7_b"),
        ("modus/conversations?source=slack&sourceRef=C2", ""),
        ("scopes/7/conversations", "agent_7_b"),
        ("scopes/0/conversations", all),
    ] {
        assert_eq!(threads(path).await, expected, "{path}");
    }
    let by_number = get(&caller, "/api/v1/modus/conversations?page=1&pageSize=2").await;
    assert_eq!(column(&by_number["conversations"], "threadId"), ["agent_8_c"]);
    assert_eq!((&by_number["page"], &by_number["pageSize"]), (&json!(1), &json!(2)));
    let unknown = caller.request(Method::GET, "/api/v1/scopes/99/conversations");
    refused(unknown, 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn what_cannot_be_asked_for_together_is_refused() {
    let caller = Caller::start().await;
    let long = format!("source=slack&sourceRef={}", "x".repeat(201));
    for query in [
        "sourceRef=C1",
        &long,
        "source=slack&toolName=crm",
        "source=slack&includeTools=true",
        "source=slack&kind=modus",
        "timeframe=yesterday",
    ] {
        let path = format!("/api/v1/modus/conversations?{query}");
        refused(caller.request(Method::GET, &path), 422, "VALIDATION").await;
    }
    get(&caller, "/api/v1/modus/conversations?source=slack&includeTools=false&kind=all").await;
}

#[tokio::test]
async fn a_conversation_is_read_whole_or_through_a_window() {
    let caller = Caller::start().await;
    caller.modus.set_conversations(conversations());
    let line =
        &get(&caller, "/api/v1/modus/conversations?includeTools=true").await["conversations"][0];
    assert_eq!((&line["messageCount"], &line["title"]), (&json!(3), &Value::Null));
    assert_eq!(
        (&line["firstMessage"], &line["toolsUsed"]),
        (&json!("Which tickets are open?"), &json!(["crm"]))
    );
    assert_eq!(line.get("messages"), None);

    let whole = get(&caller, "/api/v1/modus/conversations/agent_0_a").await;
    assert_eq!(whole["messages"].as_array().unwrap().len(), 3);
    assert_eq!((whole.get("messageWindow"), whole.get("messageCount")), (None, None));

    let path = "/api/v1/scopes/7/conversations/agent_7_b";
    let window = async |query: &str| {
        let conversation = get(&caller, &format!("{path}{query}")).await;
        let contents: Vec<Value> =
            column(&conversation["messages"], "content").into_iter().cloned().collect();
        (contents, conversation["messageWindow"].clone())
    };
    let (contents, last) = window("?messageLimit=1").await;
    assert_eq!(contents, ["And in EMEA?"]);
    let expected = json!({ "startIndex": 2, "endIndex": 3, "totalMessages": 3, "hasMoreBefore": true, "hasMoreAfter": false });
    assert_eq!(last, expected);
    let (contents, first) = window("?messageLimit=5&beforeMessageIndex=1").await;
    assert_eq!(contents, ["Which tickets are open?"]);
    let expected = json!({ "startIndex": 0, "endIndex": 1, "totalMessages": 3, "hasMoreBefore": false, "hasMoreAfter": true });
    assert_eq!(first, expected);
    for query in ["?messageLimit=0", "?messageLimit=101", "?beforeMessageIndex=1"] {
        refused(caller.request(Method::GET, &format!("{path}{query}")), 422, "VALIDATION").await;
    }
    get(&caller, "/api/v1/scopes/0/conversations/agent_7_b").await;
    for path in ["modus/conversations/nothing", "scopes/7/conversations/agent_0_a"] {
        refused(caller.request(Method::GET, &format!("/api/v1/{path}")), 404, "NOT_FOUND").await;
    }
}

#[tokio::test]
async fn a_workflows_history_is_filtered_counted_and_read_by_the_workflow_id_of_its_run() {
    let caller = Caller::start().await;
    caller.modus.set_workflow_runs([
        json!({ "workflowId": "wf_42_run_3", "temporalRunId": "t3", "status": "awaiting_human",
                "pendingApproval": { "toolName": "mail" }, "source": "live-query" }),
        json!({ "workflowId": "wf_42_run_2", "temporalRunId": "t2", "status": "error", "taskError": "No" }),
        json!({ "workflowId": "wf_42_run_1", "temporalRunId": "t1" }),
        json!({ "workflowId": "wf_43_run_1", "agentId": 43 }),
    ]);
    let page = get(&caller, "/api/v1/workflows/42/runs").await;
    assert_eq!(column(&page["runs"], "workflowId"), ["wf_42_run_3", "wf_42_run_2", "wf_42_run_1"]);
    assert_eq!(page["runs"][0]["id"], "wf_42_run_3:t3");
    assert_eq!((page["runs"][1].get("taskError"), page["runs"][1].get("source")), (None, None));
    let counts = json!({ "all_executions": 3, "running": 0, "awaiting_human": 1, "error": 1, "completed": 1 });
    assert_eq!(page["counts"], counts);
    for (query, expected) in [
        ("status=all_executions", 3),
        ("status=error", 1),
        ("status=cancelled", 0),
        ("status=awaiting_human&approvalScope=mine", 1),
        ("search=WEEKLY", 3),
        ("search=other", 0),
    ] {
        let page = get(&caller, &format!("/api/v1/workflows/42/runs?{query}")).await;
        assert_eq!(page["runs"].as_array().unwrap().len(), expected, "{query}");
        assert_eq!(page["counts"], counts, "{query}");
    }
    let alone = caller.request(Method::GET, "/api/v1/workflows/42/runs?approvalScope=all");
    refused(alone, 422, "VALIDATION").await;

    let run = get(&caller, "/api/v1/workflows/42/runs/wf_42_run_2?temporalRunId=t2").await;
    assert_eq!((&run["taskError"], &run["source"]), (&json!("No"), &json!("history")));
    for path in [
        "42/runs/wf_42_run_2:t2",
        "42/runs/wf_43_run_1",
        "42/runs/wf_42_run_2?temporalRunId=t1",
        "99/runs",
    ] {
        let request = caller.request(Method::GET, &format!("/api/v1/workflows/{path}"));
        refused(request, 404, "NOT_FOUND").await;
    }
}
