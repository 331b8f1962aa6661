//! A client as its keepers send it, and what UAA has against one.

use super::loose::{flag, seconds};
use serde::Deserialize;
use serde_json::{Map, Value};
use uaa_authz::Zone;
use uaa_directory::client_metadata::{
    self, Wrong, checked, fit_together, fits_redirects, of_one_sector, unknown,
};
use uaa_directory::{Client, ClientOwn};
use uaa_model::{Code, Fault, Id, Reply, Secret};
use uaa_plugin::Within;
use uaa_store::Set;

/// The body of POST and PUT. A list may be one text with commas, as UAA reads it.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub(crate) struct ClientBody {
    client_id: Option<String>,
    #[schemars(with = "Option<String>")]
    client_secret: Option<Secret>,
    /// A second one, for a new client: good beside the first.
    #[schemars(with = "Option<String>")]
    secondary_client_secret: Option<Secret>,
    name: Option<String>,
    scope: Option<Texts>,
    authorities: Option<Texts>,
    authorized_grant_types: Option<Texts>,
    redirect_uri: Option<Texts>,
    autoapprove: Option<Autoapprove>,
    #[serde(deserialize_with = "seconds")]
    #[schemars(with = "Option<i64>")]
    access_token_validity: Given<i64>,
    #[serde(deserialize_with = "seconds")]
    #[schemars(with = "Option<i64>")]
    refresh_token_validity: Given<i64>,
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "Option<bool>")]
    allowpublic: Option<bool>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// A member that may be left out, which is another thing than `null`.
pub(super) type Given<T> = Option<Option<T>>;

#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum Texts {
    Many(Vec<String>),
    One(String),
}

impl Texts {
    fn list(&self) -> Vec<String> {
        let mut all: Vec<String> = match self {
            Texts::Many(texts) => texts.clone(),
            Texts::One(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        };
        let mut seen = std::collections::HashSet::new();
        all.retain(|text| !text.is_empty() && seen.insert(text.clone()));
        all
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum Autoapprove {
    All(bool),
    Some(Texts),
}

impl Autoapprove {
    /// As it is kept. UAA reads a list that holds `true` as all of them, and its own command line sends the word as text.
    fn kept(&self) -> String {
        match self {
            Autoapprove::All(all) => all.to_string(),
            Autoapprove::Some(texts) => match texts.list() {
                all if all.iter().any(|scope| scope == "true") => true.to_string(),
                some => json(&some.into_iter().filter(|scope| scope != "false").collect::<Vec<_>>()),
            },
        }
    }
}

impl Within<Client> for ClientBody {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

/// A client that UAA would take.
#[derive(Debug, PartialEq)]
pub(crate) struct Whole {
    pub(crate) client_id: String,
    pub(crate) authorities: Vec<String>,
    pub(crate) scope: Vec<String>,
    name: String,
    grants: Vec<String>,
    pub(super) redirects: Vec<String>,
    autoapprove: String,
    access: Option<i64>,
    refresh: Option<i64>,
    public: bool,
    more: String,
}

impl ClientBody {
    /// A new client.
    ///
    /// # Errors
    /// `invalid_client` in UAA's words.
    pub(crate) fn new_client(&self) -> Reply<Whole> {
        let id = self.client_id.as_deref().unwrap_or_default();
        if id.trim().is_empty() || id.chars().count() > LONGEST || id.chars().any(char::is_control) {
            return Err(refused("The client_id is empty, too long or holds control characters"));
        }
        if id == "uaa" {
            return Err(refused(format!("Not allowed: {id} is a reserved client_id")));
        }
        if id.contains(['/', '\\']) {
            return Err(refused(format!("Not allowed characters: {id} must not contain any of [/, \\]")));
        }
        let whole = self.over(id, None)?;
        if self.second_secret().is_some() && self.secret().is_none_or(|s| s.expose().trim().is_empty()) {
            return Err(refused("secondary_client_secret is given without client_secret"));
        }
        // Who signs who it is needs none.
        let signs = self
            .given("token_endpoint_auth_method")
            .is_some_and(|method| SIGNING.iter().any(|one| method == one))
            || self.given("fapi_profile").is_some_and(Value::is_string)
            || self.given("jwt_creds").is_some_and(|creds| !creds.is_null());
        let without = !signs && self.secret().is_none_or(|s| s.expose().trim().is_empty());
        if whole.has("client_credentials") && without {
            return Err(refused("Client secret is required for client_credentials grant type"));
        }
        if whole.has(JWT_BEARER) && without {
            return Err(refused(format!("Client secret is required for grant type {JWT_BEARER}")));
        }
        Ok(whole)
    }

    /// A client as it will be: what the request leaves out, or leaves empty, stays. `null` takes a validity away, as it does members
    /// without a column; UAA cannot take one away at all.
    ///
    /// # Errors
    /// `invalid_client` in UAA's words; another `client_id` than the path's.
    pub(super) fn changed(&self, before: &ClientOwn) -> Reply<Whole> {
        let id = self.client_id.as_deref().unwrap_or(&before.client_id);
        if id != before.client_id {
            let path = &before.client_id;
            return Err(refused(format!("The client id ({id}) does not match the URL ({path})")));
        }
        self.over(id, Some(before))
    }

    /// Which client is meant.
    ///
    /// # Errors
    /// `invalid_client` when it is not said.
    pub(super) fn client_id(&self) -> Reply<&str> {
        self.client_id.as_deref().ok_or_else(|| refused("The client_id is missing"))
    }

    /// Scopes and authorities that the request names.
    pub(super) fn asked_for(&self) -> (Vec<String>, Vec<String>) {
        let list = |texts: &Option<Texts>| texts.as_ref().map(Texts::list).unwrap_or_default();
        (list(&self.scope), list(&self.authorities))
    }

    /// The secret, when one is given.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        self.client_secret.as_ref()
    }

    /// The second secret of a new client, when one is given.
    pub(crate) fn second_secret(&self) -> Option<&Secret> {
        self.secondary_client_secret.as_ref().filter(|secret| !secret.expose().trim().is_empty())
    }

    /// A field without a column, as it came.
    pub(crate) fn given(&self, name: &str) -> Option<&Value> {
        self.more.get(name)
    }

    /// The same with one more field without a column.
    pub(crate) fn with(mut self, name: &str, value: &str) -> ClientBody {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    fn over(&self, id: &str, before: Option<&ClientOwn>) -> Reply<Whole> {
        let list = |given: &Option<Texts>, had: fn(&ClientOwn) -> &str| -> Vec<String> {
            let given = given.as_ref().map(Texts::list).unwrap_or_default();
            match before {
                Some(before) if given.is_empty() => serde_json::from_str(had(before)).unwrap_or_default(),
                Some(_) | None => given,
            }
        };
        let or_none = |list: Vec<String>| if list.is_empty() { vec!["uaa.none".to_owned()] } else { list };
        let mut whole = Whole {
            client_id: id.to_owned(),
            name: self.name.clone().or(before.map(|b| b.name.clone())).unwrap_or_else(|| id.to_owned()),
            scope: list(&self.scope, |b| &b.scope),
            authorities: or_none(list(&self.authorities, |b| &b.authorities)),
            grants: list(&self.authorized_grant_types, |b| &b.grant_types),
            redirects: list(&self.redirect_uri, |b| &b.redirect_uri),
            autoapprove: match &self.autoapprove {
                Some(given) => given.kept(),
                None => before.map_or_else(|| "[]".into(), |b| b.autoapprove.clone()),
            },
            access: self.access_token_validity.unwrap_or(before.and_then(|b| b.access_validity)),
            refresh: self.refresh_token_validity.unwrap_or(before.and_then(|b| b.refresh_validity)),
            public: self.allowpublic.unwrap_or(before.is_some_and(|b| b.allow_public)),
            more: String::new(),
        };
        let more = self.more(before)?;
        fits_redirects(&more, &whole.redirects).map_err(wrong)?;
        of_one_sector(&more, &whole.redirects).map_err(wrong)?;
        whole.more = Value::Object(more).to_string();
        whole.sound(self.secret())?;
        whole.scope = or_none(whole.scope);
        Ok(whole)
    }

    /// Fields without a column; `null` takes one away. Keys are set with a new client: after that they have a path of their own, as
    /// secrets have.
    fn more(&self, before: Option<&ClientOwn>) -> Reply<Map<String, Value>> {
        let mut all: Map<String, Value> =
            before.and_then(|b| serde_json::from_str(&b.more).ok()).unwrap_or_default();
        for (name, value) in self.more.iter().filter(|(name, _)| unknown::is_shown(name)) {
            if before.is_some() && ["jwks", "jwks_uri", "jwt_creds"].contains(&name.as_str()) {
                continue;
            }
            let value = match value {
                Value::Null => None,
                value if client_metadata::is_known(name) => checked(name, value).map_err(wrong)?,
                value => unknown::unknown(name, value).map_err(wrong)?,
            };
            match value {
                Some(value) => all.insert(name.clone(), value),
                None => all.remove(name),
            };
        }
        unknown::not_too_many(&all).map_err(wrong)?;
        fit_together(&all).map_err(wrong)?;
        Ok(all)
    }
}

impl Whole {
    /// Everything that is set by POST and PUT alike.
    pub(super) fn set(&self) -> Set<Client> {
        Set::default()
            .put(Client::name, self.name.as_str())
            .put(Client::scope, json(&self.scope))
            .put(Client::authorities, json(&self.authorities))
            .put(Client::grant_types, json(&self.grants))
            .put(Client::redirect_uri, json(&self.redirects))
            .put(Client::autoapprove, self.autoapprove.as_str())
            .put(Client::access_validity, self.access)
            .put(Client::refresh_validity, self.refresh)
            .put(Client::allow_public, self.public)
            .put(Client::more, self.more.as_str())
    }

    /// Whether it shows otherwise than before who it is.
    pub(super) fn is_known_otherwise(&self, before: &ClientOwn) -> bool {
        let members = |text: &str| serde_json::from_str(text).unwrap_or_default();
        client_metadata::known_otherwise(&members(&before.more), &members(&self.more))
    }

    /// Whether its name alone is enough from now on.
    pub(super) fn becomes_public(&self, before: &ClientOwn) -> bool {
        self.public && !before.allow_public
    }

    /// Where the document of its sector is.
    pub(super) fn sector_document(&self) -> Option<String> {
        Whole::sector_document_of(&self.more)
    }

    /// The same of a row.
    pub(super) fn sector_document_of(more: &str) -> Option<String> {
        let all: Map<String, Value> = serde_json::from_str(more).ok()?;
        all.get("sector_identifier_uri")?.as_str().map(str::to_owned)
    }

    /// Whether that grant type is one of its own.
    pub(super) fn has(&self, grant: &str) -> bool {
        self.grants.iter().any(|g| g == grant)
    }

    /// UAA's checks, in its order; adds the refresh token that goes with a grant of a person.
    fn sound(&mut self, secret: Option<&Secret>) -> Reply<()> {
        for grant in ["authorization_code", "implicit"] {
            if self.has(grant) && self.redirects.is_empty() {
                return Err(refused(format!("{grant} grant type requires at least one redirect URL.")));
            }
        }
        if let Some(uri) = self.redirects.iter().find(|uri| !registrable(uri)) {
            return Err(refused(format!("One of the redirect_uri is invalid: {uri}")));
        }
        let grants = GRANTS.join(", ");
        if self.grants.is_empty() {
            let text = format!("An authorized grant type must be provided. Must be one of: [{grants}]");
            return Err(refused(text));
        }
        if let Some(grant) = self.grants.iter().find(|g| !GRANTS.contains(&g.as_str())) {
            return Err(refused(format!("{grant} is not an allowed grant type. Must be one of: [{grants}]")));
        }
        if (self.has("authorization_code") || self.has("password")) && !self.has("refresh_token") {
            self.grants.push("refresh_token".into());
        }
        if self.has(JWT_BEARER) && self.scope.is_empty() {
            return Err(refused(format!("Scope cannot be empty for grant_type {JWT_BEARER}")));
        }
        // UAA refuses it beside any grant; OpenID Connect's hybrid flow is both at once.
        let redeems = self.has("authorization_code") || self.has("client_credentials");
        if self.has("implicit") && !redeems && secret.is_some_and(|s| !s.expose().trim().is_empty()) {
            return Err(refused("Implicit grant should not have a client_secret"));
        }
        // RFC 6749 section 4.4: for confidential clients alone. Whoever names a public one would be it.
        if self.public && self.has("client_credentials") {
            return Err(refused("client_credentials is not an allowed grant type for a public client"));
        }
        let names = self.scope.iter().chain(&self.authorities);
        if let Some(name) = names.into_iter().find(|n| n.chars().any(|c| c.is_whitespace() || c.is_control()))
        {
            return Err(refused(format!("{name} is no scope: it holds white space")));
        }
        for (name, seconds) in [("access", self.access), ("refresh", self.refresh)] {
            if seconds.is_some_and(|s| !(1..=i64::from(i32::MAX)).contains(&s)) {
                return Err(refused(format!(
                    "{name}_token_validity must be a number of seconds from 1 to 2147483647"
                )));
            }
        }
        Ok(())
    }
}

/// What UAA takes as a redirect URI to be registered: a scheme, a host that may begin with wildcards, no commas.
fn registrable(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else { return false };
    let (authority, _) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    let labels: Vec<&str> = host.split('.').collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let (last, before) = labels.split_last().map_or(("", &[][..]), |(last, before)| (*last, before));
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+*-.".contains(c))
        && !last.is_empty()
        && last.chars().all(plain)
        && before.iter().all(|l| !l.is_empty() && l.chars().all(|c| plain(c) || "*_".contains(c)))
        && before.last().is_none_or(|l| !l.contains('*'))
        && port.is_none_or(|p| p == "*" || (!p.is_empty() && p.chars().all(|c| c.is_ascii_digit())))
        && !uri.contains(',')
        && !uri.chars().any(char::is_control)
}

fn json(texts: &[String]) -> String {
    serde_json::to_string(texts).unwrap_or_default()
}

/// What is wrong with a member, as UAA says it.
pub(super) fn wrong(Wrong(text): Wrong) -> Fault {
    refused(text)
}

/// UAA's error about a client.
pub(super) fn refused(text: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_client"), text)
}

/// Methods by which a client holds a key instead of a secret.
const SIGNING: [&str; 3] = ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"];
const LONGEST: usize = 255;
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The grant types that a client may have, in the field's order.
const GRANTS: &[&str] = &[
    "implicit",
    "password",
    "client_credentials",
    "authorization_code",
    "refresh_token",
    "user_token",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    JWT_BEARER,
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:device_code",
];
