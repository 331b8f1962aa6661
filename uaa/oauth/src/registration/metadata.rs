//! What a registration asks for, held against the rules of RFC 7591 section 2, of OpenID Connect Dynamic Client Registration 1.0
//! section 2 and of the policy.

use super::RegistrationPolicy;
use super::policy::HOSTS;
use crate::engine::Engine;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use uaa_directory::client_metadata::{
    AUTH_METHODS, Wrong, checked, encryption, fit_together, fits_redirects, is_redirect, named_by_sector,
    of_one_sector,
};
use uaa_directory::{Client, ClientOwn};
use uaa_model::{Code, Fault, Reply};
use uaa_store::Set;
use url::{Host, Url};

/// A client that may be made.
#[derive(Debug)]
pub(super) struct Metadata {
    name: Option<String>,
    redirects: Vec<String>,
    grants: Vec<String>,
    scope: Vec<String>,
    method: String,
    more: Map<String, Value>,
    /// The only hosts of its addresses, where its initial access token said so.
    hosts: Vec<String>,
}

impl Metadata {
    /// Reads a request. Members that nobody knows are passed over (RFC 7591 section 2). A client that `had` scopes keeps them when
    /// the request names none.
    ///
    /// # Errors
    /// `invalid_redirect_uri`, `invalid_client_metadata` (RFC 7591 section 3.2.2).
    pub(super) fn read(
        asked: &Map<String, Value>,
        policy: &RegistrationPolicy,
        had: Option<&ClientOwn>,
    ) -> Reply<Metadata> {
        if asked.contains_key("software_statement") {
            let code = Code::new(400, "unapproved_software_statement");
            return Err(Fault::protocol(code, "software statements are not taken here"));
        }
        let mut more = Map::new();
        for (name, value) in asked.iter().filter(|(name, _)| !OWN_COLUMN.contains(&name.as_str())) {
            // What only an operator says is not heard from anybody else.
            if OPERATORS.contains(&name.as_str()) || value.is_null() {
                continue;
            }
            if let Some(value) = checked(name, value).map_err(wrong)? {
                more.insert(name.clone(), value);
            }
        }
        let method = text(asked, "token_endpoint_auth_method")?.unwrap_or("client_secret_basic").to_owned();
        if !AUTH_METHODS.contains(&method.as_str()) {
            let known = AUTH_METHODS.join(", ");
            return Err(refused(format!("`token_endpoint_auth_method` must be one of {known}")));
        }
        more.insert("token_endpoint_auth_method".into(), method.as_str().into());
        let responses = responses(asked)?;
        let grants = grants(asked, &responses, policy)?;
        more.insert("response_types".into(), json!(responses));
        fit_together(&more).map_err(wrong)?;
        encryption::complete(&mut more);
        let new = Metadata {
            name: text(asked, "client_name")?.map(str::to_owned),
            redirects: once(texts(asked, "redirect_uris")?.unwrap_or_default()),
            grants,
            scope: scope(asked, policy, had)?,
            method,
            more,
            hosts: vec![],
        };
        new.sound(policy)?;
        Ok(new)
    }

    /// The same, held to these hosts for ever: what it says now was held to them already.
    pub(super) fn within(self, hosts: Vec<String>) -> Metadata {
        Metadata { hosts, ..self }
    }

    pub(super) fn needs_secret(&self) -> bool {
        self.method.starts_with("client_secret_")
    }

    /// The members without a column, as they are kept.
    pub(super) fn more(&self) -> String {
        let mut all = self.more.clone();
        if !self.hosts.is_empty() {
            all.insert(HOSTS.into(), json!(self.hosts));
        }
        Value::Object(all).to_string()
    }

    /// The columns that a registration sets, of a client of that `client_id`.
    pub(super) fn set(&self, client_id: &str) -> Set<Client> {
        let list = |all: &[String]| serde_json::to_string(all).unwrap_or_default();
        Set::default()
            .put(Client::name, self.name.as_deref().unwrap_or(client_id))
            .put(Client::scope, list(&self.scope))
            .put(Client::grant_types, list(&self.grants))
            .put(Client::redirect_uri, list(&self.redirects))
            .put(Client::allow_public, self.method == "none")
            .put(Client::more, self.more())
    }

    fn has(&self, grant: &str) -> bool {
        self.grants.iter().any(|one| one == grant)
    }

    fn sound(&self, policy: &RegistrationPolicy) -> Reply<()> {
        let long = |text: &String| text.len() > LONGEST || text.chars().any(char::is_control);
        if self.name.as_ref().is_some_and(long) {
            return Err(refused(format!("`client_name` is longer than {LONGEST} bytes, or no text")));
        }
        let redirected = self.has("authorization_code") || self.has("implicit");
        if redirected && self.redirects.is_empty() {
            return Err(bad_redirect("`redirect_uris` is missing"));
        }
        if self.redirects.len() > MOST_REDIRECTS {
            return Err(bad_redirect(format!("there are more than {MOST_REDIRECTS} `redirect_uris`")));
        }
        let native = self.more.get("application_type").and_then(Value::as_str) == Some("native");
        for uri in &self.redirects {
            if !is_redirect(uri) || uri.contains('*') || uri.len() > LONGEST {
                return Err(bad_redirect(format!("`{uri}` is no address to send a browser to")));
            }
            if !(if native { is_native(uri) } else { is_of_the_web(uri, self.has("implicit")) }) {
                return Err(bad_redirect(format!("`{uri}` is not an address of such an application")));
            }
            if !policy.takes_host_of(uri) {
                return Err(bad_redirect(format!("the host of `{uri}` is not allowed here")));
            }
        }
        for (name, uri) in self.leads_to() {
            if !policy.takes_host_of(uri) {
                return Err(refused(format!("the host of `{uri}` in `{name}` is not allowed here")));
            }
        }
        // RFC 6749 section 4.4.
        if self.has("client_credentials") && self.method == "none" {
            return Err(refused("`client_credentials` is not for a client without credentials"));
        }
        fits_redirects(&self.more, &self.redirects).map_err(wrong)?;
        of_one_sector(&self.more, &self.redirects).map_err(wrong)
    }

    /// The other addresses to which people come by this client: after a sign-out, and by links of our pages, in each language.
    fn leads_to(&self) -> impl Iterator<Item = (&str, &str)> {
        let leads = |name: &str| LEADS.contains(&name.split('#').next().unwrap_or_default());
        let all = self.more.iter().filter(move |(name, _)| leads(name));
        all.flat_map(|(name, value)| {
            let several = value.as_array().into_iter().flatten();
            several.chain(Some(value)).filter_map(Value::as_str).map(move |uri| (name.as_str(), uri))
        })
    }

    /// OpenID Connect Dynamic Client Registration 1.0 section 5: the document of the sector names every return address.
    pub(super) async fn of_one_sector(&self, engine: &Engine) -> Reply<()> {
        let Some(uri) = self.more.get("sector_identifier_uri").and_then(Value::as_str) else { return Ok(()) };
        let said = engine.published.document(uri).await.map_err(|fault| match fault {
            Fault::Unavailable(_) => refused("`sector_identifier_uri` cannot be read"),
            other => other,
        })?;
        named_by_sector(&said, &self.redirects).map_err(wrong)
    }
}

/// `response_types`, each spelled as the discovery document does.
fn responses(asked: &Map<String, Value>) -> Reply<Vec<&'static str>> {
    let Some(all) = texts(asked, "response_types")? else {
        let grants = texts(asked, "grant_types")?;
        let code = grants.is_none_or(|all| all.iter().any(|grant| grant == "authorization_code"));
        return Ok(if code { vec!["code"] } else { vec![] });
    };
    let spelled = |text: &String| {
        let parts: BTreeSet<&str> = text.split(' ').collect();
        RESPONSES.iter().copied().find(|known| known.split(' ').collect::<BTreeSet<_>>() == parts)
    };
    all.iter()
        .map(|text| spelled(text).ok_or_else(|| refused(format!("`{text}` is no response type"))))
        .collect()
}

/// `grant_types`, which must go with the response types (RFC 7591 section 2.1); those that go with them, when none are named.
fn grants(asked: &Map<String, Value>, responses: &[&str], policy: &RegistrationPolicy) -> Reply<Vec<String>> {
    let mut needed = vec![];
    for response in responses {
        let parts: Vec<&str> = response.split(' ').collect();
        if parts.contains(&"code") && !needed.contains(&"authorization_code") {
            needed.push("authorization_code");
        }
        if *response != "code" && !needed.contains(&"implicit") {
            needed.push("implicit");
        }
    }
    let grants = match texts(asked, "grant_types")? {
        None => needed.iter().map(|grant| (*grant).to_owned()).collect(),
        Some(all) => {
            if let Some(lacking) = needed.iter().find(|grant| !all.iter().any(|one| one == *grant)) {
                return Err(refused(format!("`response_types` need the grant type `{lacking}`")));
            }
            once(all)
        }
    };
    match grants.iter().find(|grant| !policy.takes_grant(grant)) {
        None => Ok(grants),
        Some(grant) => Err(refused(format!("the grant type `{grant}` is not allowed here"))),
    }
}

/// `scope`; when none is asked for, what the client has, and for a new one everything that the policy names.
fn scope(
    asked: &Map<String, Value>,
    policy: &RegistrationPolicy,
    had: Option<&ClientOwn>,
) -> Reply<Vec<String>> {
    let Some(text) = text(asked, "scope")? else {
        let named = || policy.scopes.iter().filter(|scope| !scope.contains('*')).cloned().collect();
        let has = had.map(|own| serde_json::from_str(&own.scope).unwrap_or_default());
        return Ok(once(has.unwrap_or_else(named)));
    };
    let all: BTreeSet<&str> = text.split_whitespace().collect();
    match all.iter().find(|scope| !policy.takes_scope(scope)) {
        None => Ok(all.into_iter().map(str::to_owned).collect()),
        Some(scope) => Err(refused(format!("the scope `{scope}` is not allowed here"))),
    }
}

/// OpenID Connect Dynamic Client Registration 1.0 section 2, `application_type`: TLS; with the code alone also this machine, for
/// whoever is still writing the application.
fn is_of_the_web(uri: &str, implicit: bool) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    match url.scheme() {
        "https" => url.host_str().is_some() && !(implicit && is_here(&url)),
        "http" => !implicit && is_here(&url),
        _ => false,
    }
}

/// RFC 8252 section 7: a scheme of the application's own, which has a dot, an address claimed from the web, or this machine.
fn is_native(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => is_here(&url),
        own => own.contains('.'),
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn text<'a>(asked: &'a Map<String, Value>, name: &str) -> Reply<Option<&'a str>> {
    match asked.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(refused(format!("`{name}` must be a text"))),
    }
}

fn texts(asked: &Map<String, Value>, name: &str) -> Reply<Option<Vec<String>>> {
    match asked.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(all) => serde_json::from_value(all.clone())
            .map(Some)
            .map_err(|_| refused(format!("`{name}` must be a list of texts"))),
    }
}

/// Each once, in the order in which they came.
fn once(all: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    all.into_iter().filter(|one| seen.insert(one.clone())).collect()
}

fn wrong(Wrong(text): Wrong) -> Fault {
    refused(text)
}

pub(super) fn refused(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_client_metadata"), text)
}

fn bad_redirect(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_redirect_uri"), text)
}

/// Members with a column or a meaning of their own.
const OWN_COLUMN: &[&str] = &[
    "client_id",
    "client_secret",
    "client_name",
    "redirect_uris",
    "grant_types",
    "response_types",
    "scope",
    "token_endpoint_auth_method",
];

/// Members with addresses that a browser opens, beside the redirect URIs. Those of the front channel are of the same origins.
const LEADS: &[&str] =
    &["post_logout_redirect_uris", "initiate_login_uri", "client_uri", "logo_uri", "tos_uri", "policy_uri"];

/// UAA's members that decide about more than the client itself.
const OPERATORS: &[&str] = &[
    "allowedproviders",
    "required_user_groups",
    "allow_unsafe_matching",
    "createdwith",
    "jwt_creds",
    "signup_redirect_url",
    "change_email_redirect_url",
];

/// The response types of the discovery document.
const RESPONSES: &[&str] =
    &["code", "code id_token", "code token", "code id_token token", "id_token", "token id_token", "token"];

const LONGEST: usize = 255;
const MOST_REDIRECTS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(asked: Value) -> Result<Metadata, String> {
        let policy = RegistrationPolicy {
            grants: ["authorization_code", "refresh_token", "implicit", "client_credentials"]
                .map(str::to_owned)
                .to_vec(),
            ..RegistrationPolicy::default()
        };
        Metadata::read(asked.as_object().unwrap(), &policy, None).map_err(|fault| match fault {
            Fault::Protocol(code, text, _) => format!("{}: {text}", code.name),
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn what_is_left_out_has_the_defaults_of_the_rfc() {
        let new = read(json!({"redirect_uris": ["https://a.example/cb"]})).unwrap();
        assert_eq!(
            (new.grants.as_slice(), new.method.as_str()),
            (&["authorization_code".to_owned()][..], "client_secret_basic")
        );
        assert!(new.scope.contains(&"openid".to_owned()) && new.needs_secret());
        assert_eq!(new.more["response_types"], json!(["code"]));
        let hybrid =
            json!({"redirect_uris": ["https://a.example/cb"], "response_types": ["token code id_token"]});
        let hybrid = read(hybrid).unwrap();
        assert_eq!(hybrid.grants, ["authorization_code", "implicit"]);
        assert_eq!(hybrid.more["response_types"], json!(["code id_token token"]));
    }

    #[test]
    fn addresses_fit_the_kind_of_application() {
        for (kind, uri, good) in [
            ("web", "https://a.example/cb?x=1", true),
            ("web", "http://localhost:8080/cb", true),
            ("web", "http://a.example/cb", false),
            ("web", "com.example.app:/cb", false),
            ("web", "https://a.example/cb#f", false),
            ("web", "https://*.example/cb", false),
            ("native", "com.example.app:/cb", true),
            ("native", "http://127.0.0.1/cb", true),
            ("native", "http://a.example/cb", false),
            ("native", "app:/cb", false),
            ("native", "javascript:alert(1)", false),
        ] {
            let said = read(json!({"application_type": kind, "redirect_uris": [uri]}));
            assert_eq!(said.is_ok(), good, "{kind} {uri} {said:?}");
            assert!(good || said.unwrap_err().starts_with("invalid_redirect_uri"));
        }
        let implicit = json!({"redirect_uris": ["https://localhost/cb"], "response_types": ["id_token"]});
        assert!(read(implicit).is_err());
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for (name, value) in [
            ("scope", json!("openid uaa.admin")),
            ("scope", json!(["openid"])),
            ("grant_types", json!(["password"])),
            ("grant_types", json!(["refresh_token"])),
            ("response_types", json!(["code magic"])),
            ("token_endpoint_auth_method", json!("client_secret_jwt")),
            ("token_endpoint_auth_method", json!("private_key_jwt")),
            ("id_token_signed_response_alg", json!("none")),
            ("software_statement", json!("x.y.z")),
            ("redirect_uris", json!([])),
            ("redirect_uris", json!("https://a.example/cb")),
        ] {
            let mut asked = json!({"redirect_uris": ["https://a.example/cb"], "response_types": ["code"]});
            asked[name] = value.clone();
            assert!(read(asked).is_err(), "{name} {value}");
        }
        let two = json!({"subject_type": "pairwise", "redirect_uris": ["https://a.example/", "https://b.example/"]});
        assert!(read(two).unwrap_err().contains("sector_identifier_uri"));
        let machine = json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"});
        assert!(read(machine).is_err());
    }

    #[test]
    fn nobody_gives_himself_what_an_operator_gives() {
        let asked = json!({"redirect_uris": ["https://a.example/cb"], "allow_unsafe_matching": true,
            "authorities": ["uaa.admin"], "autoapprove": true, "something_else": 1});
        let new = read(asked).unwrap();
        assert!(
            new.more
                .keys()
                .all(|name| ["response_types", "token_endpoint_auth_method"].contains(&name.as_str()))
        );
    }
}
