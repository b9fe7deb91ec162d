//! What there is besides runs, as the test sets it: workflows and scopes, conversations, the history of workflows.

use serde_json::{Value, json};

/// The workflow that is there from the start.
pub(super) const WORKFLOW_ID: i64 = 42;

/// The scope that is there from the start.
pub(super) const SCOPE_ID: i64 = 7;

pub(super) struct Fixtures {
    pub(super) workflows: Vec<Value>,
    pub(super) scopes: Vec<Value>,
    pub(super) conversations: Vec<Value>,
    pub(super) workflow_runs: Vec<Value>,
    /// The pieces of context, best first.
    pub(super) context: Vec<String>,
    /// Whether lists and conversations have the names of older revisions.
    pub(super) older_names: bool,
}

impl Default for Fixtures {
    fn default() -> Self {
        let report = json!({ "id": WORKFLOW_ID, "slug": "weekly-report", "name": "Weekly report" });
        let support = json!({ "id": SCOPE_ID, "slug": "support", "name": "Support" });
        Self {
            workflows: vec![workflow(report)],
            scopes: vec![scope(support)],
            conversations: Vec::new(),
            workflow_runs: Vec::new(),
            context: vec!["Tickets are answered within a day.".to_owned()],
            older_names: false,
        }
    }
}

/// A workflow with what these fields leave out.
pub(super) fn workflow(fields: Value) -> Value {
    let variation = json!({ "trigger": { "trigger_type": "manual" }, "workflowStructure": null, "agentSelection": null });
    let own = json!({ "type": "task", "isEnabled": true, "dashboardAlert": null, "variation": variation });
    filled(thing(), filled(own, fields))
}

/// A scope with what these fields leave out.
pub(super) fn scope(fields: Value) -> Value {
    let variation = json!({
        "expectedOutput": "A short answer.",
        "instructions": ["Be brief."],
        "model": "anthropic/claude-sonnet-4.6",
        "modelSettings": null,
        "toolset": {},
        "connectionSet": [],
        "contextSelections": [],
        "evaluations": [],
        "interfaces": [],
        "supervisionSubordinateIds": [],
        "supervisionSubordinateDescriptions": {},
    });
    let mut own = thing();
    own["variation"] = variation;
    own["accessConfig"]["guardrails"] = json!([]);
    filled(own, fields)
}

/// What workflows and scopes have in common.
fn thing() -> Value {
    json!({
        "id": 1,
        "slug": "name",
        "name": "Name",
        "description": null,
        "status": "active",
        "orgUuid": "5f1c0000-0000-4000-8000-000000000000",
        "activeVariationId": "5f1c0000-0000-4000-a000-000000000001",
        "draftVariationId": null,
        "hasUnpublishedChanges": false,
        "accessConfig": { "visibility": "shared", "groupPermissions": {}, "sharedWith": [] },
        "pendingOwnershipTransfer": null,
        "createdAt": "2026-07-01T08:00:00.000Z",
        "updatedAt": "2026-07-01T08:00:00.000Z",
        "deletedAt": null,
        "canManage": true,
        "canUse": true,
        "manageDenial": null,
    })
}

/// A conversation with what these fields leave out, as one whole: its line in a list, and its messages.
pub(super) fn conversation(fields: Value) -> Value {
    let messages = fields["messages"].as_array().cloned().unwrap_or_default();
    let first = messages.first().map_or(json!(""), |message| message["content"].clone());
    let usual = json!({
        "threadId": "agent_0_1",
        "scopeId": 0,
        "firstMessage": first,
        "title": null,
        "messageCount": messages.len(),
        "createdAt": "2026-07-01T08:00:00.000Z",
        "updatedAt": "2026-07-01T08:00:00.000Z",
        "userIds": [],
        "source": null,
        "toolsUsed": [],
        "messages": [],
    });
    filled(usual, fields)
}

/// A run of a workflow's history with what these fields leave out.
pub(super) fn workflow_run(fields: Value) -> Value {
    let usual = json!({
        "workflowId": "wf_42_run_1",
        "temporalRunId": "0197f000-0000-7000-8000-000000000001",
        "agentId": WORKFLOW_ID,
        "agentName": "Weekly report",
        "agentType": "task",
        "status": "completed",
        "source": "history",
    });
    let mut run = filled(usual, fields);
    if run.get("id").is_none() {
        let part = |name: &str| run[name].as_str().unwrap_or_default().to_owned();
        run["id"] = json!(format!("{}:{}", part("workflowId"), part("temporalRunId")));
    }
    run
}

/// The usual fields of an object, with those that are given in their place or beside them. What is no object stays as it is.
fn filled(mut usual: Value, given: Value) -> Value {
    match (usual.as_object_mut(), given) {
        (Some(fields), Value::Object(given)) => fields.extend(given),
        (_, given) => return given,
    }
    usual
}

/// An object without some of its fields.
pub(super) fn without(item: &Value, names: &[&str]) -> Value {
    let mut item = item.clone();
    if let Some(fields) = item.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    item
}

/// Whether a text has another in it, whatever the case.
pub(super) fn contains(text: &Value, part: &str) -> bool {
    text.as_str().is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
}

/// The one with an id.
pub(super) fn by_id(things: &[Value], id: i64) -> Option<&Value> {
    things.iter().find(|thing| thing["id"] == id)
}
