//! A provider as its keepers send one.

use super::invalid;
use serde::Deserialize;
use serde_json::{Map, Value};
use uaa_authz::Zone;
use uaa_directory::{IdentityProvider, OIDC, OWN_ORIGIN};
use uaa_model::{Id, Reply};
use uaa_plugin::{Input, Json, Param, Reads, Within, field, pairs};

/// Members that are not named here are passed over, as UAA does.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ProviderBody {
    origin_key: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    active: Option<bool>,
    /// An object, or its text.
    config: Option<Value>,
    alias_id: Option<String>,
    alias_zid: Option<String>,
}

/// The body, and whether the answer has its configuration as an object instead of a text.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) raw: bool,
    pub(super) body: ProviderBody,
}

/// `rawConfig` alone.
#[derive(Debug)]
pub(super) struct Raw(pub(super) bool);

/// What a list is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) raw: bool,
    pub(super) active_only: bool,
    pub(super) origin: Option<String>,
}

impl Within<IdentityProvider> for Sent {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

impl Input for Sent {
    const NAME: &'static str = "json";
    fn read(raw: &uaa_plugin::Raw) -> Reply<Self> {
        Ok(Sent { raw: Raw::read(raw)?.0, body: Json::<ProviderBody>::read(raw)?.0 })
    }
    fn reads() -> Reads {
        let query = vec![Param { name: RAW, required: false }];
        Reads { query, ..Reads::json::<ProviderBody>() }
    }
}

impl Input for Raw {
    const NAME: &'static str = "query";
    fn read(raw: &uaa_plugin::Raw) -> Reply<Self> {
        Ok(Raw(is_set(&pairs(&raw.query)?, RAW)))
    }
    fn reads() -> Reads {
        Reads::query([RAW])
    }
}

impl Input for Asked {
    const NAME: &'static str = "query";
    fn read(raw: &uaa_plugin::Raw) -> Reply<Self> {
        let pairs = pairs(&raw.query)?;
        let origin = field(&pairs, ORIGIN).filter(|origin| !origin.is_empty()).map(str::to_owned);
        Ok(Asked { raw: is_set(&pairs, RAW), active_only: is_set(&pairs, ACTIVE), origin })
    }
    fn reads() -> Reads {
        Reads::query([RAW, ACTIVE, ORIGIN])
    }
}

fn is_set(pairs: &[(String, String)], name: &str) -> bool {
    field(pairs, name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

const RAW: &str = "rawConfig";
const ACTIVE: &str = "active_only";
const ORIGIN: &str = "originKey";

impl ProviderBody {
    /// The origin key of a new provider.
    pub(super) fn new_origin(&self) -> Reply<&str> {
        let origin = self.origin_key.as_deref().unwrap_or_default();
        let plain = origin.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if origin.is_empty() || origin.len() > LONGEST_ORIGIN || !plain {
            return Err(invalid(
                "The originKey must have 1 to 36 letters, digits, hyphens, underscores and dots.",
            ));
        }
        // Whoever has these for other people would get somebody else's.
        if OF_OTHERS.contains(&origin) {
            return Err(invalid("The originKey is that of another kind of identity provider."));
        }
        Ok(origin)
    }

    /// Whether it speaks of that provider: neither origin nor type ever change, as people hang on them.
    pub(super) fn is_of(&self, origin: &str, kind: &str) -> Reply<()> {
        if self.origin_key.as_deref().is_some_and(|given| given != origin) {
            return Err(invalid("The originKey of an identity provider cannot be changed."));
        }
        if self.kind.as_deref().is_some_and(|given| given != kind) {
            return Err(invalid("The type of an identity provider cannot be changed."));
        }
        self.no_alias()
    }

    /// Whether providers of its type are served.
    pub(super) fn is_served(&self) -> Reply<()> {
        match self.kind.as_deref() {
            Some(OIDC) => self.no_alias(),
            Some("oauth2.0" | "saml" | "ldap" | "keystone") => {
                Err(invalid("Identity providers of that type are not served yet; oidc1.0 is."))
            }
            Some(OWN_ORIGIN) => {
                Err(invalid("A zone has one identity provider of the type uaa, and it is there."))
            }
            Some(_) | None => Err(invalid("The type must be oidc1.0.")),
        }
    }

    fn no_alias(&self) -> Reply<()> {
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        match said(&self.alias_id) || said(&self.alias_zid) {
            true => Err(invalid("Aliases of identity providers are not served.")),
            false => Ok(()),
        }
    }

    /// The name.
    pub(super) fn name(&self) -> Reply<&str> {
        let name = self.name.as_deref().unwrap_or_default();
        if name.trim().is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
            return Err(invalid("The identity provider must be given a name of at most 255 characters."));
        }
        Ok(name)
    }

    /// Whether its people may sign in; as in UAA, they may when nothing is said.
    pub(super) fn active(&self) -> bool {
        self.active.unwrap_or(true)
    }

    /// The configuration: an object or, as UAA's clients send it, its text.
    pub(super) fn config(&self) -> Reply<Map<String, Value>> {
        let wrong =
            || invalid("Invalid provider configuration: it must be a JSON object, or the text of one.");
        let parsed = match &self.config {
            None | Some(Value::Null) => return Ok(Map::new()),
            Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| wrong())?,
            Some(other) => other.clone(),
        };
        match parsed {
            Value::Object(config) if parsed_size(&config) <= LONGEST_CONFIG => Ok(config),
            Value::Object(_) => Err(invalid("The configuration is too long.")),
            _ => Err(wrong()),
        }
    }
}

fn parsed_size(config: &Map<String, Value>) -> usize {
    serde_json::to_string(config).map_or(usize::MAX, |text| text.len())
}

const LONGEST_ORIGIN: usize = 36;
const LONGEST_CONFIG: usize = 100_000;
/// UAA's own names of origins.
const OF_OTHERS: &[&str] = &["ldap", "keystone", "login-server", "unknown"];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(value: Value) -> ProviderBody {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_origin_is_a_plain_name_of_its_own() {
        for good in ["okta", "Okta-1", "a.b_c", "uaa"] {
            assert_eq!(body(json!({"originKey": good})).new_origin().unwrap(), good);
        }
        for bad in ["", "a b", "a/b", "ä", "ldap", "login-server", &"x".repeat(37)] {
            assert!(body(json!({"originKey": bad})).new_origin().is_err(), "{bad}");
        }
        assert!(body(json!({})).new_origin().is_err());
    }

    #[test]
    fn a_configuration_is_an_object_or_its_text() {
        for good in [json!({"a": 1}), json!(r#"{"a": 1}"#)] {
            assert_eq!(body(json!({"config": good})).config().unwrap()["a"], 1);
        }
        assert!(body(json!({})).config().unwrap().is_empty());
        let long = json!({"a": "x".repeat(100_000)});
        for bad in [json!(7), json!("{"), json!("[]"), json!([]), json!("\"{}\""), long] {
            assert!(body(json!({"config": bad})).config().is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn only_what_is_served_is_taken() {
        assert!(body(json!({"type": "oidc1.0"})).is_served().is_ok());
        for bad in ["oauth2.0", "saml", "ldap", "keystone", "uaa", "", "x"] {
            assert!(body(json!({"type": bad})).is_served().is_err(), "{bad}");
        }
        assert!(body(json!({"type": "oidc1.0", "aliasZid": "x"})).is_served().is_err());
    }
}
