//! What is configured of a provider that speaks OpenID Connect, under UAA's names and with UAA's defaults.

use crate::client_metadata::{Wrong, is_over_tls};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uaa_model::Secret;
use uaa_token::PublicKeys;

/// The configuration, without the secret. Members that UAA does not know are passed over, as it does.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OidcConfig {
    email_domain: Option<Vec<String>>,
    provider_description: Option<String>,
    additional_configuration: Option<Map<String, Value>>,
    external_groups_whitelist: Vec<String>,
    attribute_mappings: Map<String, Value>,
    /// Whether people are made who come for the first time.
    pub add_shadow_user_on_login: bool,
    store_custom_attributes: bool,
    auth_url: Option<String>,
    token_url: Option<String>,
    token_key_url: Option<String>,
    token_key: Option<String>,
    user_info_url: Option<String>,
    logout_url: Option<String>,
    link_text: Option<String>,
    show_link_text: bool,
    client_auth_in_body: bool,
    skip_ssl_validation: bool,
    relying_party_id: Option<String>,
    scopes: Option<Vec<String>>,
    /// Whose tokens speak of its people, where its own document does not say it.
    pub issuer: Option<String>,
    response_type: String,
    user_propagation_parameter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_mapping_mode: Option<GroupMapping>,
    pkce: bool,
    perform_rp_initiated_logout: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_method: Option<AuthMethod>,
    cache_jwks: bool,
    discovery_url: Option<String>,
    password_grant_enabled: bool,
    set_forward_header: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompts: Option<Vec<Prompt>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwt_client_authentication: Option<KeyedAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_authz_parameters: Option<BTreeMap<String, String>>,
}

/// How the provider's groups become ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum GroupMapping {
    ExplicitlyMapped,
    AsScopes,
}

/// How this server shows the provider who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// By the secret, in the header.
    ClientSecretBasic,
    /// By the secret, in the form.
    ClientSecretPost,
    /// By what it signs with its own key.
    PrivateKeyJwt,
    /// Not at all.
    None,
}

impl AuthMethod {
    /// Whether it takes the secret.
    pub fn takes_secret(self) -> bool {
        match self {
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => true,
            AuthMethod::PrivateKeyJwt | AuthMethod::None => false,
        }
    }
}

/// That this server signs who it is, and what it says then.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum KeyedAuth {
    Whether(bool),
    With(BTreeMap<String, String>),
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Prompt {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    text: String,
}

/// Where a provider's keys are.
#[derive(Debug)]
pub enum KeysAt<'a> {
    /// In its configuration.
    Here(Box<PublicKeys>),
    /// At that address.
    Url(&'a str),
    /// Where the document at that address says.
    Document(&'a str),
    /// Nowhere.
    Nowhere,
}

impl Default for OidcConfig {
    fn default() -> Self {
        OidcConfig {
            email_domain: None,
            provider_description: None,
            additional_configuration: None,
            external_groups_whitelist: vec![],
            attribute_mappings: Map::new(),
            add_shadow_user_on_login: true,
            store_custom_attributes: true,
            auth_url: None,
            token_url: None,
            token_key_url: None,
            token_key: None,
            user_info_url: None,
            logout_url: None,
            link_text: None,
            show_link_text: true,
            client_auth_in_body: false,
            skip_ssl_validation: false,
            relying_party_id: None,
            scopes: None,
            issuer: None,
            response_type: "code".into(),
            user_propagation_parameter: None,
            group_mapping_mode: None,
            pkce: true,
            perform_rp_initiated_logout: true,
            auth_method: None,
            cache_jwks: true,
            discovery_url: None,
            password_grant_enabled: false,
            set_forward_header: false,
            prompts: None,
            jwt_client_authentication: None,
            additional_authz_parameters: None,
        }
    }
}

impl OidcConfig {
    /// Reads one as it is sent, and the secret beside it, if one is sent.
    ///
    /// # Errors
    /// A member of a wrong type.
    pub fn sent(mut config: Map<String, Value>) -> Result<(OidcConfig, Option<Secret>), Wrong> {
        config.retain(|_, value| !value.is_null());
        let secret = match config.remove("relyingPartySecret") {
            None => None,
            Some(Value::String(secret)) => Some(Secret::new(secret)).filter(|secret| !secret.is_empty()),
            Some(_) => return Err(Wrong::new("`relyingPartySecret` must be a text")),
        };
        let read = serde_json::from_value::<OidcConfig>(config.into());
        let mut read =
            read.map_err(|error| Wrong::new(format!("Invalid provider configuration: {error}")))?;
        // UAA's ways to say nothing.
        read.group_mapping_mode = read.group_mapping_mode.filter(|mode| *mode == GroupMapping::AsScopes);
        if let Some(KeyedAuth::Whether(false)) = read.jwt_client_authentication {
            read.jwt_client_authentication = None;
        }
        Ok((read, secret))
    }

    /// Reads one that was checked when it was stored.
    pub fn stored(text: &str) -> OidcConfig {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is stored.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As it is shown. `secret`: whether there is one.
    pub fn shown(&self, secret: bool) -> Value {
        let whole = OidcConfig { auth_method: Some(self.method(secret)), ..self.clone() };
        serde_json::to_value(whole).unwrap_or_default()
    }

    /// Whether it can be kept. `secret`: whether there is one with it.
    ///
    /// # Errors
    /// All that is wrong, in UAA's words where it has some.
    pub fn check(&self, secret: bool) -> Result<(), Wrong> {
        let wrong: Vec<String> =
            [self.wrong_addresses(), self.wrong_keys(), self.wrong_auth(secret), self.wrong_texts()].concat();
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(Wrong::new(format!("Invalid config for Identity Provider: {}", wrong.join("; ")))),
        }
    }

    /// How this server shows the provider who it is.
    fn method(&self, secret: bool) -> AuthMethod {
        match (secret, self.client_auth_in_body, &self.jwt_client_authentication) {
            (true, true, _) => AuthMethod::ClientSecretPost,
            (true, false, _) => AuthMethod::ClientSecretBasic,
            (false, _, Some(_)) => AuthMethod::PrivateKeyJwt,
            (false, _, None) => AuthMethod::None,
        }
    }

    /// The method that is named, if one is.
    pub fn named_method(&self) -> Option<AuthMethod> {
        self.auth_method
    }

    /// Where the secret goes: whoever leads it elsewhere must know it.
    pub fn secret_goes_to(&self) -> (Option<&str>, Option<&str>) {
        (self.discovery_url.as_deref(), self.token_url.as_deref())
    }

    /// What a sign-in by it asks for: name, type and label of each field.
    pub fn prompts(&self) -> Option<Vec<[String; 3]>> {
        let each = |one: &Prompt| [one.name.clone(), one.kind.clone(), one.text.clone()];
        self.prompts.as_ref().map(|all| all.iter().map(each).collect())
    }

    /// What this server is called there: the audience of ID tokens.
    pub fn relying_party_id(&self) -> &str {
        self.relying_party_id.as_deref().unwrap_or_default()
    }

    /// The document that says of the provider what the configuration does not.
    pub fn document(&self) -> Option<&str> {
        self.discovery_url.as_deref()
    }

    /// Where its keys are: what is configured goes before what its document says.
    pub fn keys(&self) -> KeysAt<'_> {
        let here = self.token_key.as_deref().and_then(|text| PublicKeys::from_text(text).ok());
        match (here, &self.token_key, &self.token_key_url, &self.discovery_url) {
            (Some(keys), ..) => KeysAt::Here(Box::new(keys)),
            // Pinned, and no key any more: nothing else takes its place.
            (None, Some(_), ..) => KeysAt::Nowhere,
            (None, None, Some(url), _) => KeysAt::Url(url),
            (None, None, None, Some(url)) => KeysAt::Document(url),
            (None, None, None, None) => KeysAt::Nowhere,
        }
    }

    /// The name of the claim that tells an attribute; `None`: the configuration does not say.
    pub fn claim(&self, attribute: &str) -> Option<&str> {
        self.attribute_mappings.get(attribute).and_then(Value::as_str).filter(|claim| !claim.is_empty())
    }

    fn wrong_addresses(&self) -> Vec<String> {
        let mut wrong = vec![];
        if self.discovery_url.is_none() {
            if self.auth_url.is_none() {
                wrong.push("Authorization URL must be a valid URL".to_owned());
            }
            if self.token_url.is_none() {
                wrong.push("Token URL must be a valid URL".to_owned());
            }
            if self.token_key.is_none() && self.token_key_url.is_none() {
                wrong.push("Either token key or token key URL must be specified".to_owned());
            }
            if self.issuer.is_none() {
                wrong.push("`issuer` must be there where there is no discoveryUrl that says it".to_owned());
            }
        }
        let all = [
            ("discoveryUrl", &self.discovery_url),
            ("authUrl", &self.auth_url),
            ("tokenUrl", &self.token_url),
            ("tokenKeyUrl", &self.token_key_url),
            ("userInfoUrl", &self.user_info_url),
            ("logoutUrl", &self.logout_url),
        ];
        for (name, url) in all {
            if url.as_deref().is_some_and(|url| url.len() > LONGEST_URL || !is_over_tls(url)) {
                wrong.push(format!("`{name}` must be an https address (http on this machine alone)"));
            }
        }
        if self.skip_ssl_validation {
            wrong.push("`skipSslValidation` is not taken: certificates are always looked at".to_owned());
        }
        wrong
    }

    fn wrong_keys(&self) -> Vec<String> {
        let no_key = |text: &str| PublicKeys::from_text(text).is_err();
        if self.token_key.as_deref().is_some_and(no_key) {
            let text =
                "`tokenKey` must be a public key as PEM, a JWK or a JWK set; a secret that both know is none";
            return vec![text.to_owned()];
        }
        vec![]
    }

    fn wrong_auth(&self, secret: bool) -> Vec<String> {
        let mut wrong = vec![];
        if self.relying_party_id().trim().is_empty() {
            let text =
                "Relying Party Id must be the client-id for the UAA that is registered with the external IDP";
            wrong.push(text.to_owned());
        }
        match &self.jwt_client_authentication {
            Some(KeyedAuth::With(members)) if members.contains_key("key") => {
                wrong.push("`jwtClientAuthentication` has a private key, which is not taken".to_owned());
            }
            Some(KeyedAuth::With(_) | KeyedAuth::Whether(_)) | None => {}
        }
        let keyed = self.jwt_client_authentication.is_some();
        let fits = match self.auth_method {
            Some(AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost) => secret && !keyed,
            Some(AuthMethod::PrivateKeyJwt) => keyed && !secret,
            Some(AuthMethod::None) => !keyed && !secret,
            None => !(keyed && secret),
        };
        if !fits {
            wrong.push("Relying Party Authentication has invalid requirements for the secret".to_owned());
        }
        let standard = |name: &String| OAUTH.contains(&name.as_str());
        if self.additional_authz_parameters.iter().flat_map(BTreeMap::keys).any(standard) {
            let text = "No OAuth standard parameters allowed in section additionalAuthzParameters";
            wrong.push(text.to_owned());
        }
        wrong
    }

    fn wrong_texts(&self) -> Vec<String> {
        let mut wrong = vec![];
        if self.show_link_text && self.link_text.as_deref().is_none_or(|text| text.trim().is_empty()) {
            wrong.push("Link Text must be specified because showLinkText is true".to_owned());
        }
        let odd = |text: &str| {
            text.is_empty() || text.len() > 255 || text.chars().any(|c| c.is_control() || c.is_whitespace())
        };
        if self.issuer.as_deref().is_some_and(odd) {
            wrong.push("`issuer` must be a text of at most 255 characters without spaces".to_owned());
        }
        for (name, claim) in &self.attribute_mappings {
            let texts = |all: &Vec<Value>| all.iter().all(Value::is_string);
            // A user's attribute has one source, groups may have several.
            let good = claim.is_string()
                || claim.is_null()
                || (!ONE_CLAIM.contains(&name.as_str()) && claim.as_array().is_some_and(texts));
            if !good {
                wrong.push(format!("`attributeMappings` must name the claim of `{name}`"));
            }
        }
        wrong
    }
}

const ONE_CLAIM: &[&str] =
    &["user_name", "given_name", "family_name", "email", "email_verified", "phone_number"];
const LONGEST_URL: usize = 2_000;
/// What an authorization or token request says itself.
const OAUTH: &[&str] = &[
    "redirect_uri",
    "code",
    "client_id",
    "client_secret",
    "response_type",
    "grant_type",
    "code_verifier",
    "client_assertion",
    "client_assertion_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "state",
    "scope",
    "assertion",
    "subject_token",
    "actor_token",
    "username",
    "password",
];

/// For the fuzzer: any configuration is read or refused without a panic; one that is kept reads as what it was, and shows no secret.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_provider(bytes: &[u8]) {
    let Ok(Value::Object(config)) = serde_json::from_slice(bytes) else { return };
    let Ok((read, secret)) = OidcConfig::sent(config) else { return };
    if read.check(secret.is_some()).is_err() {
        return;
    }
    let shown = read.shown(secret.is_some());
    assert_eq!(OidcConfig::stored(&read.text()).shown(secret.is_some()), shown, "it is kept otherwise");
    assert!(shown.get("relyingPartySecret").is_none(), "a secret is shown");
}

#[cfg(test)]
mod tests;
