//! Organizations, keys, and what a key may do.

use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::refused::Refused;
use super::world::World;
use crate::clock::Instant;
use crate::front::bearer;
use crate::refusal::Refusal;

#[derive(Clone, Debug)]
pub(super) struct Organization {
    pub(super) id: String,
    slug: String,
    is_archived: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) id: String,
    secret: String,
    pub(super) user_id: String,
    pub(super) organization_id: String,
    name: String,
    pub(super) permissions: Value,
    metadata: Value,
    /// In milliseconds since 1970.
    expires_at: Option<i64>,
    created_at: Instant,
}

/// Who calls.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) organization_id: String,
    pub(super) user_id: String,
    permissions: Value,
}

/// How a route says that there is no valid key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unauthorized {
    Tool,
    Post,
    Plain,
}

#[derive(Default)]
pub(super) struct Access {
    organizations: Vec<Organization>,
    keys: Vec<Key>,
}

/// A key to be made.
pub(super) struct NewKey<'a> {
    pub(super) organization_id: &'a str,
    pub(super) user_id: &'a str,
    pub(super) name: &'a str,
    pub(super) permissions: Value,
    pub(super) metadata: Value,
    /// In seconds.
    pub(super) expires_in: Option<f64>,
}

impl Caller {
    /// Whether the key may use a tool.
    pub(super) fn may_use(&self, tool: &str) -> bool {
        ["self", "*"].iter().any(|resource| {
            let actions = self.permissions[*resource].as_array();
            actions.is_some_and(|all| all.iter().any(|one| one == tool || one == "*"))
        })
    }
}

impl Access {
    pub(super) fn add_organization(&mut self, slug: &str, id: &str) {
        self.organizations.push(Organization {
            id: id.to_owned(),
            slug: slug.to_owned(),
            is_archived: false,
        });
    }

    pub(super) fn archive(&mut self, slug: &str) {
        for organization in self.organizations.iter_mut().filter(|one| one.slug == slug) {
            organization.is_archived = true;
        }
    }

    pub(super) fn organization_id(&self, slug: &str) -> Option<&str> {
        let found = self.organizations.iter().find(|one| one.slug == slug && !one.is_archived);
        found.map(|organization| organization.id.as_str())
    }

    pub(super) fn make_key(&mut self, world: &mut World, new: NewKey<'_>) -> Key {
        let id = world.next_id("key");
        self.add_key(world, new, id.clone(), secret(&id))
    }

    pub(super) fn add_key(
        &mut self,
        world: &World,
        new: NewKey<'_>,
        id: String,
        secret: String,
    ) -> Key {
        let expires_at = new.expires_in.map(|seconds| {
            // A number of seconds that no time can hold is as good as for ever.
            world.clock.millis().saturating_add((seconds * 1000.0) as i64)
        });
        let key = Key {
            id,
            secret,
            user_id: new.user_id.to_owned(),
            organization_id: new.organization_id.to_owned(),
            name: new.name.to_owned(),
            permissions: new.permissions,
            metadata: new.metadata,
            expires_at,
            created_at: world.clock.tick(),
        };
        self.keys.push(key.clone());
        key
    }

    /// The keys of a user in an organization.
    pub(super) fn keys_of(&mut self, caller: &Caller) -> impl Iterator<Item = &mut Key> {
        self.keys.iter_mut().filter(|key| {
            key.user_id == caller.user_id && key.organization_id == caller.organization_id
        })
    }

    /// Whether there was such a key.
    pub(super) fn delete_key(&mut self, caller: &Caller, id: &str) -> bool {
        let found = self.keys_of(caller).any(|key| key.id == id);
        if found {
            self.keys.retain(|key| key.id != id);
        }
        found
    }

    /// Who calls in an organization, if that may be.
    pub(super) fn caller(
        &self,
        slug: &str,
        headers: &HeaderMap,
        now: i64,
        unauthorized: Unauthorized,
    ) -> Result<Caller, Refused> {
        let organization_id = self.organization_id(slug).ok_or_else(|| {
            let message = format!("organization {slug:?} not found");
            Refusal::with(StatusCode::NOT_FOUND, message)
        })?;
        let secret = bearer(headers).unwrap_or_default();
        let key = self.keys.iter().find(|key| key.secret == secret);
        let key = key.filter(|key| key.expires_at.is_none_or(|end| now < end));
        let key = key.ok_or_else(|| unauthorized.refused())?;
        if key.organization_id != organization_id {
            let message = "forbidden: API key is scoped to another organization";
            return Err(Refusal::with(StatusCode::FORBIDDEN, message).into());
        }
        Ok(Caller {
            organization_id: key.organization_id.clone(),
            user_id: key.user_id.clone(),
            permissions: key.permissions.clone(),
        })
    }
}

impl Unauthorized {
    fn refused(self) -> Refused {
        let status = StatusCode::UNAUTHORIZED;
        match self {
            Self::Tool => Refusal::from(status).into(),
            Self::Post => Refusal::with(status, "User ID is required").into(),
            Self::Plain => Refused::Text(status, "Unauthorized"),
        }
    }
}

impl Key {
    /// What is told when it is made, and only then.
    pub(super) fn created(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "key": self.secret,
            "permissions": self.permissions,
            "expiresAt": self.expires_at(),
            "createdAt": self.created_at.millis(),
        })
    }

    pub(super) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "userId": self.user_id,
            "permissions": self.permissions,
            "expiresAt": self.expires_at(),
            "createdAt": self.created_at.millis(),
        })
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    pub(super) fn update(&mut self, input: &Value) {
        if let Some(name) = input["name"].as_str() {
            name.clone_into(&mut self.name);
        }
        for (name, place) in
            [("permissions", &mut self.permissions), ("metadata", &mut self.metadata)]
        {
            if let Some(value) = input.get(name) {
                place.clone_from(value);
            }
        }
    }

    fn expires_at(&self) -> Option<String> {
        self.expires_at.map(|millis| Instant::at(millis).millis())
    }
}

/// 64 letters that no other id leads to.
fn secret(id: &str) -> String {
    let letters = id.bytes().map(|byte| char::from(b'a' + byte % 26));
    let number = id.bytes().filter(u8::is_ascii_digit).map(|digit| char::from(b'A' + digit - b'0'));
    let text: String = letters.chain(number).collect();
    format!("{text:K<64}")
}
