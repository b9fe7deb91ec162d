//! The tools for API keys.

use serde_json::{Value, json};

use super::State;
use super::access::{Caller, NewKey};
use super::tools::Output;

const NO_KEY: &str = "API key not found";

pub(super) fn create(state: &mut State, caller: &Caller, input: &Value) -> Value {
    let new = NewKey {
        organization_id: &caller.organization_id,
        user_id: &caller.user_id,
        name: input["name"].as_str().unwrap_or_default(),
        permissions: input["permissions"].clone(),
        metadata: input["metadata"].clone(),
        expires_in: input["expiresIn"].as_f64(),
    };
    state.access.make_key(&mut state.world, new).created()
}

pub(super) fn list(state: &mut State, caller: &Caller) -> Value {
    let items: Vec<_> = state.access.keys_of(caller).map(|key| key.view()).collect();
    json!({ "items": items })
}

pub(super) fn update(state: &mut State, caller: &Caller, input: &Value) -> Output {
    let key = state.access.keys_of(caller).find(|key| input["keyId"] == key.id);
    let key = key.ok_or(NO_KEY)?;
    key.update(input);
    Ok(json!({ "item": key.view() }))
}

pub(super) fn delete(state: &mut State, caller: &Caller, input: &Value) -> Output {
    let id = input["keyId"].as_str().unwrap_or_default();
    match state.access.delete_key(caller, id) {
        true => Ok(json!({ "success": true, "keyId": id })),
        false => Err(NO_KEY.to_owned()),
    }
}
