//! The conversations of Modus and of scopes.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Modus;
use super::api::{authorize, only_get};
use super::body::invalid;
use super::fixtures::{Fixtures, by_id, without};
use super::page::{Asked, PageRule, Query, bad, fields, page, size, token_of};
use super::target::Target;
use crate::refusal::Refusal;

const PAGE: PageRule = PageRule::Clamped { default: 10 };

const TIMEFRAMES: [&str; 5] =
    ["last_day", "this_week", "this_month", "last_7_days", "last_30_days"];
const KINDS: [&str; 4] = ["all", "modus", "scopes", "skills"];
const MOST_MESSAGES: usize = 100;
const LONGEST_REF: usize = 200;

/// What a list leaves out of a conversation, and what reading one alone does.
const ONLY_ALONE: &[&str] = &["messages"];
const ONLY_LISTED: &[&str] =
    &["firstMessage", "title", "messageCount", "userIds", "source", "sourceRef", "toolsUsed"];

pub(super) fn routes() -> Router<Modus> {
    Router::new()
        .route(Target::ListModusConversations.path(), only_get(list_modus_conversations))
        .route(Target::GetModusConversation.path(), only_get(get_modus_conversation))
        .route(Target::ListScopeConversations.path(), only_get(list_scope_conversations))
        .route(Target::GetScopeConversation.path(), only_get(get_scope_conversation))
}

async fn list_modus_conversations(
    State(modus): State<Modus>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let state = modus.state();
    authorize(&state, &headers)?;
    let query = fields(query)?;
    let kind = query.get("kind").map_or("all", String::as_str);
    if !KINDS.contains(&kind) {
        return Err(bad("kind is not one of those there are"));
    }
    let is_of_kind = |conversation: &Value| match kind {
        "all" => true,
        "modus" => conversation["scopeId"] == 0,
        _ => conversation["scopeId"] != 0,
    };
    list(&state.fixtures, &query, is_of_kind)
}

async fn list_scope_conversations(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let state = modus.state();
    authorize(&state, &headers)?;
    known(&state.fixtures, id)?;
    list(&state.fixtures, &fields(query)?, |conversation| belongs(conversation, id))
}

async fn get_modus_conversation(
    State(modus): State<Modus>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(thread_id) = path?;
    let state = modus.state();
    authorize(&state, &headers)?;
    let found = find(&state.fixtures, &thread_id, 0)?;
    Ok(axum::Json(named(&state.fixtures, without(found, ONLY_LISTED))).into_response())
}

async fn get_scope_conversation(
    State(modus): State<Modus>,
    path: Result<Path<(i64, String)>, PathRejection>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((id, thread_id)) = path?;
    let state = modus.state();
    authorize(&state, &headers)?;
    let found = find(&state.fixtures, &thread_id, id)?;
    let mut conversation = without(found, ONLY_LISTED);
    cut_window(&mut conversation, &fields(query)?)?;
    Ok(axum::Json(named(&state.fixtures, conversation)).into_response())
}

fn list(
    fixtures: &Fixtures,
    query: &Query,
    is_of_list: impl Fn(&Value) -> bool,
) -> Result<Response, Refusal> {
    invalid(&broken(query))?;
    let with_tools = query.get("includeTools").is_some_and(|include| include == "true");
    let found: Vec<_> = fixtures
        .conversations
        .iter()
        .filter(|conversation| is_of_list(conversation) && is_asked_for(conversation, query))
        .map(|conversation| without(conversation, ONLY_ALONE))
        .map(|line| if with_tools { line } else { without(&line, &["toolsUsed"]) })
        .map(|line| named(fixtures, line))
        .collect();
    let total = found.len();
    let number = query.get("page").map(|page| page.parse::<usize>()).transpose();
    let number = number.map_err(|_| bad("page must be a whole number"))?;
    let mut query = query.clone();
    if let Some(number) = number
        && !query.contains_key("pageToken")
    {
        query.insert("pageToken".to_owned(), token_of(number, &query, PAGE)?);
    }
    let page = page(found, &query, PAGE)?;
    let mut answer = json!({
        "conversations": page.items,
        "nextPageToken": page.next,
        "totalCount": total,
        "pageSize": size(&query, PAGE)?,
    });
    if let Some(number) = number {
        answer["page"] = json!(number);
    }
    Ok(axum::Json(answer).into_response())
}

/// The rules between the fields of a query.
fn broken(query: &Query) -> Vec<String> {
    let mut errors = Vec::new();
    let is = |name: &str, value: &str| query.get(name).is_some_and(|is| is == value);
    if query.get("timeframe").is_some_and(|time| !TIMEFRAMES.contains(&time.as_str())) {
        errors.push("timeframe is not one of those there are");
    }
    if query.get("sourceRef").is_some_and(|text| text.chars().count() > LONGEST_REF) {
        errors.push("sourceRef must have 200 characters at most");
    }
    match query.contains_key("source") {
        false if query.contains_key("sourceRef") => errors.push("sourceRef needs a source"),
        true if query.contains_key("toolName") || is("includeTools", "true") => {
            errors.push("source cannot be combined with tools");
        }
        true if query.contains_key("kind") && !is("kind", "all") => {
            errors.push("source cannot be combined with a kind");
        }
        _ => {}
    }
    errors.into_iter().map(str::to_owned).collect()
}

fn is_asked_for(conversation: &Value, query: &Query) -> bool {
    let has = |list: &str, item: &str| {
        conversation[list].as_array().is_some_and(|items| items.iter().any(|it| it == item))
    };
    query.get("userId").is_none_or(|id| has("userIds", id))
        && query.get("toolName").is_none_or(|name| has("toolsUsed", name))
        && query.get("source").is_none_or(|source| conversation["source"] == *source)
        && query.get("sourceRef").is_none_or(|place| conversation["sourceRef"] == *place)
}

/// Scope 0 stands for all of them.
fn belongs(conversation: &Value, scope_id: i64) -> bool {
    scope_id == 0 || conversation["scopeId"] == scope_id
}

fn known(fixtures: &Fixtures, scope_id: i64) -> Result<(), Refusal> {
    match scope_id == 0 || by_id(&fixtures.scopes, scope_id).is_some() {
        true => Ok(()),
        false => Err(StatusCode::NOT_FOUND.into()),
    }
}

fn find<'a>(fixtures: &'a Fixtures, thread_id: &str, id: i64) -> Result<&'a Value, Refusal> {
    let mut all = fixtures.conversations.iter();
    let found = all.find(|it| it["threadId"] == thread_id && belongs(it, id));
    Ok(found.ok_or(StatusCode::NOT_FOUND)?)
}

/// Leaves the messages of the window that was asked for, if one was.
fn cut_window(conversation: &mut Value, query: &Query) -> Result<(), Refusal> {
    let number = |name: &str| query.get(name).map(|text| text.parse::<usize>()).transpose();
    let (Ok(limit), Ok(before)) = (number("messageLimit"), number("beforeMessageIndex")) else {
        return Err(bad("messageLimit and beforeMessageIndex must be whole numbers"));
    };
    let Some(limit) = limit else {
        return match before {
            Some(_) => invalid(&["beforeMessageIndex needs a messageLimit".to_owned()]),
            None => Ok(()),
        };
    };
    if !(1..=MOST_MESSAGES).contains(&limit) {
        return invalid(&["messageLimit must be from 1 to 100".to_owned()]);
    }
    let messages = conversation["messages"].as_array().cloned().unwrap_or_default();
    let end = before.unwrap_or(messages.len()).min(messages.len());
    let start = end.saturating_sub(limit);
    conversation["messages"] = json!(messages[start..end]);
    conversation["messageWindow"] = json!({
        "startIndex": start,
        "endIndex": end,
        "totalMessages": messages.len(),
        "hasMoreBefore": start > 0,
        "hasMoreAfter": end < messages.len(),
    });
    Ok(())
}

/// A conversation with its scope by the name that is set.
fn named(fixtures: &Fixtures, mut conversation: Value) -> Value {
    if let Some(fields) = conversation.as_object_mut()
        && fixtures.older_names
        && let Some(id) = fields.remove("scopeId")
    {
        fields.insert("skillId".to_owned(), id);
    }
    conversation
}
