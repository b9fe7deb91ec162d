//! The operations on actions, with what they act on.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Middesk;
use super::account::Account;
use super::api::{Id, authorize, only_get};
use super::body::{self, Asked, Query, invalid, missing, not_found, required, text, unacceptable};
use super::ids::Kind;
use super::run::Run;
use super::target::Target;
use crate::refusal::Refusal;

const TYPES: [&str; 5] = ["add_sources", "add_attributes", "verify_tin", "decision", "dismissal"];

/// What actions act on, the same for all customers, and the actions.
#[derive(Default)]
pub(super) struct Objects {
    /// The status of each business.
    businesses: BTreeMap<String, String>,
    watchlist_results: BTreeSet<String>,
    actions: Vec<Action>,
}

struct Action {
    account_id: String,
    /// As requests write it.
    object_type: String,
    view: Value,
}

impl Objects {
    pub(super) fn set_business(&mut self, id: String, status: String) {
        self.businesses.insert(id, status);
    }

    pub(super) fn know_business(&mut self, id: &str) {
        self.businesses.entry(id.to_owned()).or_insert_with(|| "in_review".to_owned());
    }

    pub(super) fn add_watchlist_result(&mut self, id: String) {
        self.watchlist_results.insert(id);
    }

    pub(super) fn is_in_audit(&self, business_id: &str) -> bool {
        self.businesses.get(business_id).is_some_and(|status| status == "in_audit")
    }

    fn has(&self, object_type: &str, id: &str) -> bool {
        match object_type {
            "businesses" => self.businesses.contains_key(id),
            _ => self.watchlist_results.contains(id),
        }
    }

    fn find<'a>(
        &'a self,
        account: &'a Account,
        object_type: &'a str,
        object_id: &'a str,
    ) -> impl Iterator<Item = &'a Value> {
        let theirs = self.actions.iter().filter(move |action| {
            action.account_id == account.id
                && action.object_type == object_type
                && action.view["object_id"] == object_id
        });
        theirs.map(|action| &action.view)
    }

    /// Whether an action is possible as things stand.
    fn check(&self, kind: &str, object: (&str, &str), body: &Value) -> Result<(), Refusal> {
        let (object_type, id) = object;
        if (kind == "dismissal") != (object_type == "watchlist_result") {
            return Err(invalid("type", "does not apply to this object_type"));
        }
        let status = self.businesses.get(id).map(String::as_str).unwrap_or_default();
        let is_final = ["approved", "rejected"].contains(&status);
        match kind {
            "dismissal" if text(body, "note")?.is_none() => {
                Err(invalid("note", "is mandatory for a dismissal"))
            }
            "add_sources" | "add_attributes" | "verify_tin" if !is_final => {
                Err(invalid("object_id", "must be a business that is approved or rejected"))
            }
            "decision" if self.is_in_audit(id) => {
                Err(invalid("payload", "is not a transition that the business allows"))
            }
            _ => check_payload(kind, &body["payload"]),
        }
    }
}

fn check_payload(kind: &str, payload: &Value) -> Result<(), Refusal> {
    let has = |name: &str| payload[name].as_array().is_some_and(|items| !items.is_empty());
    match kind {
        _ if !payload.is_object() => Err(invalid("payload", "must be an object")),
        "add_sources" if !has("sources") => Err(invalid("payload", "must have sources")),
        "add_attributes" if !has("addresses") && !has("people") => {
            Err(invalid("payload", "must have addresses or people"))
        }
        _ => Ok(()),
    }
}

pub(super) fn routes() -> Router<Middesk> {
    Router::new()
        .route(Target::ListActions.path(), only_get(list_actions).post(create_action))
        .route(Target::GetAction.path(), only_get(get_action))
}

async fn list_actions(
    State(middesk): State<Middesk>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let (object_type, object_id) = asked_for(&body::fields(query)?)?;
    let data: Vec<_> = state.objects.find(&account, &object_type, &object_id).collect();
    let url = Target::ListActions.path();
    Ok(axum::Json(json!({ "object": "list", "data": data, "url": url })).into_response())
}

async fn get_action(
    State(middesk): State<Middesk>,
    path: Id,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let (object_type, object_id) = asked_for(&body::fields(query)?)?;
    let mut found = state.objects.find(&account, &object_type, &object_id);
    let action = found.find(|action| action["id"] == id).ok_or_else(|| not_found("Action"))?;
    Ok(axum::Json(action).into_response())
}

/// The thing whose actions a query asks for.
fn asked_for(query: &Query) -> Result<(String, String), Refusal> {
    let object_type = query.get("object_type").ok_or_else(|| missing("object_type"))?;
    let object_id = query.get("object_id").ok_or_else(|| missing("object_id"))?;
    Ok((known_type(object_type)?.to_owned(), object_id.clone()))
}

fn known_type(object_type: &str) -> Result<&str, Refusal> {
    match object_type {
        "businesses" | "watchlist_result" => Ok(object_type),
        _ => Err(unacceptable("object_type", "must be businesses or watchlist_result")),
    }
}

async fn create_action(
    State(middesk): State<Middesk>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let body = body::object(&body)?;
    let object_type = known_type(required(&body, "object_type")?)?;
    let object_id = required(&body, "object_id")?;
    let kind = required(&body, "type")?;
    if !TYPES.contains(&kind) {
        return Err(unacceptable("type", "must be a type of action"));
    }
    if !state.objects.has(object_type, object_id) {
        return Err(not_found("Object"));
    }
    state.objects.check(kind, (object_type, object_id), &body)?;
    let run = text(&body, "run_id")?.and_then(|id| state.run(&account, id)).cloned();
    if let Some(run) = run.as_ref().filter(|_| state.rules.actions_resume) {
        state.answer(run, &run.interrupt_ids());
    }
    let view = view(&state, &account, run.as_ref(), &body);
    let action =
        Action { account_id: account.id, object_type: object_type.to_owned(), view: view.clone() };
    state.objects.actions.push(action);
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}

/// An action as it is sent. Things have other names in it than in requests.
fn view(state: &super::State, account: &Account, run: Option<&Run>, body: &Value) -> Value {
    let (object_type, object) = match body["object_type"].as_str() {
        Some("businesses") => ("Business", "business"),
        _ => ("Watchlist::Result", "watchlist_result"),
    };
    let actor = match run {
        Some(run) => json!({ "actor_type": "run", "data": {
            "id": run.about().id,
            "thread_id": run.about().thread_id,
            "status": run.status(),
            "agent": run.about().agent,
        } }),
        None => {
            json!({ "actor_type": "account", "data": { "id": account.id, "name": account.name } })
        }
    };
    let effect = json!({
        "operation": "updated",
        "diff": body["payload"],
        "target": { "object": object, "id": body["object_id"] },
    });
    json!({
        "id": state.world.ids.next(Kind::Action),
        "type": body["type"],
        "object_type": object_type,
        "object_id": body["object_id"],
        "created_at": state.world.clock.tick().millis(),
        "effects": [effect],
        "actors": [actor],
        "note": body["note"],
        "metadata": {},
    })
}
