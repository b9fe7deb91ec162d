//! What there is besides runs: workflows, scopes, as the test sets them.

use serde_json::{Value, json};

/// The workflow that is there from the start.
pub(super) const WORKFLOW_ID: i64 = 42;

/// The scope that is there from the start.
pub(super) const SCOPE_ID: i64 = 7;

pub(super) struct Fixtures {
    pub(super) workflows: Vec<Value>,
    pub(super) scopes: Vec<Value>,
}

impl Default for Fixtures {
    fn default() -> Self {
        let mut workflow = thing(WORKFLOW_ID, "weekly-report", "Weekly report");
        workflow["type"] = json!("task");
        workflow["isEnabled"] = json!(true);
        workflow["dashboardAlert"] = json!(null);
        Self { workflows: vec![workflow], scopes: vec![thing(SCOPE_ID, "support", "Support")] }
    }
}

/// What workflows and scopes have in common.
fn thing(id: i64, slug: &str, name: &str) -> Value {
    json!({
        "id": id,
        "slug": slug,
        "name": name,
        "description": null,
        "status": "active",
        "orgUuid": "5f1c0000-0000-4000-8000-000000000000",
        "activeVariationId": 1,
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
        "variation": { "id": 1 },
    })
}

/// The one with an id.
pub(super) fn by_id(things: &[Value], id: i64) -> Option<&Value> {
    things.iter().find(|thing| thing["id"] == id)
}
