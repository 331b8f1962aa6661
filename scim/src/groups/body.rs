//! A group and a member as clients send them.

use serde::Deserialize;
use uaa_authz::Zone;
use uaa_directory::Group;
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::Within;
use uuid::Uuid;

/// The body of POST, PUT and PATCH.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GroupBody {
    #[serde(alias = "displayname")]
    display_name: Option<String>,
    description: Option<String>,
    members: Option<Vec<MemberBody>>,
    meta: Option<Meta>,
}

/// One member.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub(super) struct MemberBody {
    #[serde(rename = "value")]
    pub(super) id: Uuid,
    #[serde(default)]
    origin: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    operation: Option<String>,
}

#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
struct Meta {
    attributes: Option<Vec<String>>,
}

impl Within<Group> for GroupBody {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

impl GroupBody {
    /// The name that a group to be created or replaced must have.
    pub(super) fn name(&self) -> Reply<&str> {
        self.given_name()?.ok_or_else(|| Fault::invalid("A displayName must be provided."))
    }

    /// The name, when one is given: a scope, so without spaces.
    pub(super) fn given_name(&self) -> Reply<Option<&str>> {
        let Some(name) = self.display_name.as_deref() else { return Ok(None) };
        if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_whitespace) {
            return Err(Fault::invalid("The displayName is empty, too long or holds white space."));
        }
        Ok(Some(name))
    }

    /// The description, empty without one.
    pub(super) fn description(&self) -> String {
        self.description.clone().unwrap_or_default()
    }

    /// The description, when one is given or cleared.
    pub(super) fn given_description(&self) -> Option<String> {
        self.description.clone().or_else(|| self.clears("description").then(String::new))
    }

    /// Whether `meta.attributes` lists that member of the group.
    pub(super) fn clears(&self, name: &str) -> bool {
        let listed = self.meta.as_ref().and_then(|m| m.attributes.as_deref()).unwrap_or_default();
        listed.iter().any(|a| a.eq_ignore_ascii_case(name))
    }

    /// Who is to be in it.
    pub(super) fn joining(&self) -> Vec<MemberBody> {
        self.members.iter().flatten().filter(|m| !m.leaves()).cloned().collect()
    }

    /// Who is to leave: members with `operation` `delete`.
    pub(super) fn leaving(&self) -> Vec<Uuid> {
        self.members.iter().flatten().filter(|m| m.leaves()).map(|m| m.id).collect()
    }
}

impl MemberBody {
    /// The provider that the membership comes from; our own without one.
    pub(super) fn origin(&self) -> Reply<&str> {
        let origin = self.origin.as_deref().filter(|o| !o.is_empty()).unwrap_or("uaa");
        if origin.len() > LONGEST_ORIGIN {
            return Err(Fault::invalid("The origin is longer than 36 characters."));
        }
        Ok(origin)
    }

    /// Whether it may be a member of that kind: what the request says must be true, if it says anything.
    pub(super) fn is_of(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|said| said.eq_ignore_ascii_case(kind))
    }

    fn leaves(&self) -> bool {
        self.operation.as_deref().is_some_and(|o| o.eq_ignore_ascii_case("delete"))
    }
}

const LONGEST: usize = 255;
const LONGEST_ORIGIN: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_come_and_go() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let body: GroupBody = serde_json::from_value(json!({
            "displayName": "x.y",
            "members": [{"value": a, "type": "USER"}, {"value": b, "operation": "DELETE"}],
        }))
        .unwrap();
        assert_eq!(body.name().unwrap(), "x.y");
        assert_eq!(body.leaving(), [b]);
        let joining = body.joining();
        assert_eq!(joining.len(), 1);
        assert_eq!(joining[0].id, a);
        assert!(joining[0].is_of("user") && !joining[0].is_of("group"));
        assert_eq!(joining[0].origin().unwrap(), "uaa");
    }

    #[test]
    fn names_are_scopes() {
        let named = |name: &str| GroupBody { display_name: Some(name.into()), ..GroupBody::default() };
        assert!(named("a b").name().is_err());
        assert!(named("").name().is_err());
        assert!(GroupBody::default().name().is_err());
    }
}
