//! A zone as its keepers send one.

use super::config;
use serde::Deserialize;
use serde_json::{Map, Value};
use uaa_authz::Zone;
use uaa_directory::IdentityZone;
use uaa_model::{Code, Fault, Id, Reply};
use uaa_plugin::{Within, ZoneConfig, Zones};
use uaa_store::Set;

/// The body of POST and PUT. Members that are not named here are passed over, as UAA does.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub(super) struct ZoneBody {
    pub(super) id: Option<String>,
    subdomain: Option<String>,
    name: Option<String>,
    description: Option<String>,
    active: Option<bool>,
    config: Option<Map<String, Value>>,
}

impl Within<IdentityZone> for ZoneBody {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

/// A zone that can be stored.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) subdomain: String,
    pub(super) name: String,
    pub(super) config: ZoneConfig,
    description: Option<String>,
    active: bool,
    text: String,
}

impl ZoneBody {
    /// The `id` that is asked for, if one is.
    ///
    /// # Errors
    /// 422 for one that cannot stand in a scope.
    pub(super) fn asked_id(&self) -> Reply<Option<&str>> {
        let Some(id) = self.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) else { return Ok(None) };
        if id.len() > 36 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(details("The id may have 36 letters, digits, hyphens and underscores."));
        }
        Ok(Some(id))
    }

    /// The same, with what UAA keeps elsewhere and clients of UAA do not send along: the rules for passwords and locks, which they set
    /// with the zone's own identity provider. `null` takes them away.
    pub(super) fn with_policies_of(mut self, before: &str) -> ZoneBody {
        let mut before: Map<String, Value> = serde_json::from_str(before).unwrap_or_default();
        for name in POLICIES {
            if let Some(policy) = before.remove(name) {
                self.config.get_or_insert_default().entry(name).or_insert(policy);
            }
        }
        self
    }

    /// The zone of that `id` as it will be.
    ///
    /// # Errors
    /// 422 `invalid_identity_zone`, in UAA's words where it has some.
    pub(super) fn whole(&self, id: &str, zones: &Zones) -> Reply<Whole> {
        let Some(subdomain) = &self.subdomain else { return Err(invalid("The subdomain must be provided.")) };
        let Some(name) = &self.name else { return Err(invalid("The identity zone must be given a name.")) };
        let long = |text: &str| text.chars().count() > 255 || text.chars().any(char::is_control);
        if long(name) || self.description.as_deref().is_some_and(|text| text.chars().count() > 4096) {
            return Err(details("The name or the description is too long, or holds control characters."));
        }
        let (text, config) = config::checked(&self.config.clone().unwrap_or_default(), id, zones)?;
        Ok(Whole {
            subdomain: label(subdomain)?,
            name: name.clone(),
            config,
            description: self.description.clone(),
            active: self.active.unwrap_or(true),
            text,
        })
    }
}

impl Whole {
    /// Its columns.
    pub(super) fn set(&self) -> Set<IdentityZone> {
        Set::default()
            .put(IdentityZone::subdomain, self.subdomain.as_str())
            .put(IdentityZone::name, self.name.as_str())
            .put(IdentityZone::description, self.description.clone())
            .put(IdentityZone::active, self.active)
            .put(IdentityZone::config, self.text.as_str())
    }
}

const POLICIES: [&str; 2] = ["passwordPolicy", "lockoutPolicy"];

/// One label of a host name (RFC 1123 section 2.1), in lower case; the empty one is the first zone's.
fn label(text: &str) -> Reply<String> {
    let text = text.trim().to_lowercase();
    let inner = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if text.len() > 63 || !inner || text.starts_with('-') || text.ends_with('-') {
        return Err(details("The subdomain must be one label of a host name: letters, digits and hyphens."));
    }
    Ok(text)
}

/// Understood and wrong.
pub(super) fn invalid(text: &str) -> Fault {
    Fault::protocol(Code::new(422, "invalid_identity_zone"), text.to_owned())
}

fn details(text: &str) -> Fault {
    invalid(&format!("The identity zone details are invalid. {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subdomain_is_one_label() {
        assert_eq!(label("Tenant-1 ").unwrap(), "tenant-1");
        assert_eq!(label("").unwrap(), "");
        for bad in ["a.b", "-a", "a-", "a_b", "ü", "a b", &"x".repeat(64)] {
            assert!(label(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_can_stand_in_a_scope() {
        let body = |id: &str| ZoneBody { id: Some(id.into()), ..ZoneBody::default() };
        assert_eq!(body(" my-zone_1 ").asked_id().unwrap(), Some("my-zone_1"));
        assert_eq!(body("").asked_id().unwrap(), None);
        for bad in ["a.b", "*", "a b", &"x".repeat(37)] {
            assert!(body(bad).asked_id().is_err(), "{bad}");
        }
    }
}
