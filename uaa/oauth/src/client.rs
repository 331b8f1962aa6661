mod authenticate;
mod certificate;
mod encryptions;
mod policy;
mod refusal;

pub(crate) use encryptions::Encryptions;
pub(crate) use policy::{Method, Policy};
pub(crate) use refusal::{Refusal, Why};

use crate::client_assertion::Voucher;
use crate::engine::Engine;
use crate::fault::{more_is_needed, wrong_provider};
use crate::person::Authentication;
use crate::scope::covers;
use crate::subject::sector;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use uaa_directory::{Assurance, Client, ClientOwn, allowed_providers};
use uaa_model::Reply;
use uaa_plugin::ZoneInfo;
use uaa_store::{Cond, Field, Fields};
use uaa_token::{Algorithm, PublicKeys};
use uuid::Uuid;

/// A client as tokens need it, decoded once.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) id: Uuid,
    pub(crate) client_id: String,
    pub(crate) scope: Vec<String>,
    pub(crate) authorities: Vec<String>,
    pub(crate) access_seconds: Option<i64>,
    pub(crate) refresh_seconds: Option<i64>,
    pub(crate) generation: i64,
    /// The origins whose people may use it; `None`: all (`allowedproviders`).
    providers: Option<Vec<String>>,
    /// Groups all of which a person must be in.
    pub(crate) required_groups: Vec<String>,
    /// For people; the client id when nobody gave it a name.
    pub(crate) name: String,
    /// Where it says what it does with what it learns of people (`policy_uri`).
    pub(crate) privacy: Option<String>,
    /// Where its terms of service are (`tos_uri`).
    pub(crate) terms: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    /// Further addresses to which a browser goes on after a sign-out (`post_logout_redirect_uris`).
    pub(crate) logout_uris: Vec<String>,
    /// How sure it must be who a person is before it gets any token of them (`require_mfa`).
    pub(crate) assurance: Assurance,
    /// What it asks for where a request does not say (`default_acr_values`).
    pub(crate) default_acr: Vec<String>,
    /// Whether its redirect URIs are patterns (`allow_unsafe_matching`).
    pub(crate) wildcards: bool,
    pub(crate) auto_approve: AutoApprove,
    /// With which algorithm its ID tokens are signed, where it is not the zone's (`id_token_signed_response_alg`).
    pub(crate) id_token_algorithm: Option<Algorithm>,
    /// With which algorithm what it learns of people is signed; `None`: it is not (`userinfo_signed_response_alg`).
    pub(crate) userinfo_algorithm: Option<Algorithm>,
    /// With which algorithm it is told of tokens, where it wants that signed and not as the zone does
    /// (`introspection_signed_response_alg`).
    pub(crate) introspection_algorithm: Option<Algorithm>,
    /// How old a sign-in may be where a request does not say, in seconds (`default_max_age`).
    pub(crate) default_max_age: Option<i64>,
    /// Whose names it calls people by; `None`: their own (`subject_type`).
    pub(crate) sector: Option<String>,
    /// Where it is told that a session has ended.
    pub(crate) backchannel_logout_uri: Option<String>,
    /// What a browser opens in a hidden frame when a session has ended.
    pub(crate) frontchannel_logout_uri: Option<String>,
    /// The response types that it is registered for; `None`: what its grant types allow.
    pub(crate) response_types: Option<Vec<String>>,
    /// Whether its access tokens are those of RFC 9068 (`access_token_format`).
    pub(crate) rfc9068: bool,
    grants: Vec<String>,
    /// By which it proves who it is, when not by a secret.
    pub(crate) keys: Keys,
    /// Who else may say that it is itself.
    pub(crate) vouchers: Vec<Voucher>,
    /// How it wants to be dealt with.
    pub(crate) policy: Policy,
    /// What it wants encrypted.
    pub(crate) encryptions: Encryptions,
    secrets: Vec<String>,
    public: bool,
    /// Its zone: issuer and name of the tokens that it gets.
    pub(crate) here: Arc<ZoneInfo>,
}

/// The keys of a client.
#[derive(Debug)]
pub(crate) enum Keys {
    /// It has none.
    None,
    /// Those.
    Known(Arc<PublicKeys>),
    /// Those that it publishes there.
    At(String),
}

impl Keys {
    fn new(jwks: Option<&Value>, uri: Option<&str>) -> Keys {
        match (jwks.and_then(|jwks| PublicKeys::from_jwks(jwks).ok()), uri) {
            (Some(keys), _) => Keys::Known(Arc::new(keys)),
            (None, Some(uri)) => Keys::At(uri.to_owned()),
            (None, None) => Keys::None,
        }
    }
}

/// A client that has said or shown who it is.
pub(crate) struct Shown {
    pub(crate) client: Arc<Known>,
    pub(crate) by: ClientAuth,
}

/// How a client showed who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuth {
    /// By its secret.
    Secret,
    /// By an empty secret, as UAA's `cf` does: by no more than its name.
    Empty,
    /// By what it signed.
    Assertion,
    /// By a certificate of an authority that is trusted (RFC 8705 section 2.1).
    Certificate,
    /// By a certificate that it registered (RFC 8705 section 2.2).
    OwnCertificate,
    /// Not at all: it is a public one and has said its name.
    Name,
}

impl ClientAuth {
    /// Whether it has only said its name, as anybody can.
    pub(crate) fn is_by_name(self) -> bool {
        match self {
            ClientAuth::Name | ClientAuth::Empty => true,
            ClientAuth::Secret
            | ClientAuth::Assertion
            | ClientAuth::Certificate
            | ClientAuth::OwnCertificate => false,
        }
    }

    /// UAA's claim `client_auth_method`, which it writes when there was no secret.
    pub(crate) fn claim(self) -> Option<&'static str> {
        match self {
            ClientAuth::Secret | ClientAuth::Empty => None,
            ClientAuth::Assertion => Some("private_key_jwt"),
            ClientAuth::Certificate => Some("tls_client_auth"),
            ClientAuth::OwnCertificate => Some("self_signed_tls_client_auth"),
            ClientAuth::Name => Some("none"),
        }
    }
}

impl Known {
    fn new(row: &Fields<ClientOwn>, here: Arc<ZoneInfo>) -> Known {
        let list = |text: &str| serde_json::from_str::<Vec<String>>(text).unwrap_or_default();
        let (own, policy) = (&row.own, &here.config.token_policy);
        let others: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
        let more = |name: &str| -> Vec<String> {
            let texts = others.get(name).and_then(Value::as_array).into_iter().flatten();
            texts.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let text = |name: &str| others.get(name).and_then(Value::as_str);
        let algorithm = |name: &str| text(name).and_then(|name| name.parse().ok());
        let redirect_uris = list(&own.redirect_uri);
        let pairwise = text("subject_type") == Some("pairwise");
        let sector = pairwise.then(|| sector(text("sector_identifier_uri"), &redirect_uris, &own.client_id));
        Known {
            sector,
            id: row.guid,
            client_id: own.client_id.clone(),
            scope: list(&own.scope),
            authorities: list(&own.authorities),
            grants: list(&own.grant_types),
            access_seconds: own.access_validity.or(policy.access_seconds()),
            refresh_seconds: own.refresh_validity.or(policy.refresh_seconds()),
            generation: own.generation,
            providers: others.get("allowedproviders").and_then(allowed_providers),
            required_groups: more("required_user_groups"),
            keys: Keys::new(others.get("jwks"), others.get("jwks_uri").and_then(Value::as_str)),
            name: if own.name.is_empty() { own.client_id.clone() } else { own.name.clone() },
            privacy: text("policy_uri").map(str::to_owned),
            terms: text("tos_uri").map(str::to_owned),
            redirect_uris,
            logout_uris: more("post_logout_redirect_uris"),
            assurance: if others.get("require_mfa") == Some(&Value::Bool(true)) {
                Assurance::Two
            } else {
                Assurance::One
            },
            default_acr: more("default_acr_values"),
            wildcards: others.get("allow_unsafe_matching") == Some(&Value::Bool(true)),
            auto_approve: AutoApprove::read(&own.autoapprove),
            vouchers: others
                .get("jwt_creds")
                .cloned()
                .and_then(|all| serde_json::from_value(all).ok())
                .unwrap_or_default(),
            policy: Policy::new(&others),
            encryptions: Encryptions::new(&others),
            backchannel_logout_uri: text("backchannel_logout_uri").map(str::to_owned),
            frontchannel_logout_uri: text("frontchannel_logout_uri").map(str::to_owned),
            response_types: others.contains_key("response_types").then(|| more("response_types")),
            rfc9068: text("access_token_format") == Some("rfc9068"),
            id_token_algorithm: algorithm("id_token_signed_response_alg"),
            userinfo_algorithm: algorithm("userinfo_signed_response_alg"),
            introspection_algorithm: algorithm("introspection_signed_response_alg"),
            default_max_age: others.get("default_max_age").and_then(Value::as_i64),
            secrets: [&own.secret, &own.secret_two].into_iter().flatten().cloned().collect(),
            public: own.allow_public,
            here: here.clone(),
        }
    }

    /// Whether it may go without a secret.
    pub(crate) fn is_public(&self) -> bool {
        self.public
    }

    /// Whether somebody who proved who they are like this may be spoken of to it.
    ///
    /// # Errors
    /// `invalid_grant`, with what to do.
    pub(crate) fn is_content_with(&self, authentication: &Authentication) -> Reply<()> {
        if Assurance::of(&authentication.amr) < self.assurance {
            return Err(more_is_needed());
        }
        Ok(())
    }

    /// Whether people of that origin may use it.
    ///
    /// # Errors
    /// In UAA's words.
    pub(crate) fn is_open_to(&self, origin: &str) -> Reply<()> {
        match &self.providers {
            Some(providers) if !providers.iter().any(|provider| provider == origin) => Err(wrong_provider()),
            Some(_) | None => Ok(()),
        }
    }

    /// The algorithms that its zone must sign with for it.
    fn signed_for(&self) -> Vec<Algorithm> {
        let Known { id_token_algorithm, userinfo_algorithm, introspection_algorithm, policy, .. } = self;
        let all = [id_token_algorithm, userinfo_algorithm, introspection_algorithm, &policy.answer_algorithm];
        all.into_iter().flatten().copied().collect()
    }

    pub(crate) fn may(&self, grant: &str) -> bool {
        self.grants.iter().any(|g| g == grant)
    }
}

/// Scopes that the operator has approved for everybody.
#[derive(Debug)]
pub(crate) enum AutoApprove {
    All,
    /// These; `*` stands for one segment between dots.
    These(Vec<String>),
}

impl AutoApprove {
    fn read(text: &str) -> AutoApprove {
        match serde_json::from_str(text) {
            Ok(Value::Bool(true)) => AutoApprove::All,
            Ok(Value::Array(texts)) if texts.iter().any(|t| t == "true") => AutoApprove::All,
            Ok(Value::Array(texts)) => {
                AutoApprove::These(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            }
            Ok(_) | Err(_) => AutoApprove::These(vec![]),
        }
    }

    /// Whether a scope is among them.
    pub(crate) fn covers(&self, scope: &str) -> bool {
        match self {
            AutoApprove::All => true,
            AutoApprove::These(patterns) => patterns.iter().any(|p| covers(p, scope)),
        }
    }
}

/// Clients in memory, by zone and name, read when first needed and dropped with every change of any client.
#[derive(Default)]
pub(crate) struct Clients {
    known: RwLock<HashMap<Uuid, HashMap<String, Arc<Known>>>>,
    epoch: AtomicU64,
}

impl Clients {
    pub(crate) fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        if let Ok(mut known) = self.known.write() {
            known.clear();
        }
    }

    fn get(&self, zone: Uuid, client_id: &str) -> Option<Arc<Known>> {
        self.known.read().ok()?.get(&zone)?.get(client_id).cloned()
    }

    /// Keeps what was read, unless something changed meanwhile.
    fn keep(&self, client: &Arc<Known>, epoch: u64) {
        let Ok(mut known) = self.known.write() else { return };
        let known = known.entry(client.here.guid).or_default();
        if self.epoch.load(Ordering::SeqCst) == epoch && known.len() < MOST {
            known.insert(client.client_id.clone(), client.clone());
        }
    }
}

/// Clients of one zone that are kept.
const MOST: usize = 100_000;

impl Engine {
    /// The client of that name in that zone, from memory or the database.
    pub(crate) async fn client(&self, zone: Uuid, client_id: &str) -> Reply<Option<Arc<Known>>> {
        if let Some(known) = self.clients.get(zone, client_id) {
            return Ok(Some(known));
        }
        let epoch = self.clients.epoch.load(Ordering::SeqCst);
        let named = Cond::In(Field::Text("client_id"), vec![client_id.to_owned()]);
        let client = Box::pin(self.read_client(zone, named)).await?;
        if let Some(client) = &client {
            self.clients.keep(client, epoch);
        }
        Ok(client)
    }

    /// A client as the database has it, with what signs for it.
    pub(crate) async fn read_client(&self, zone: Uuid, which: Cond) -> Reply<Option<Arc<Known>>> {
        // As it is since that moment, not as it was when the request came.
        let Some(here) = self.zones.of(zone) else { return Ok(None) };
        self.keys(&here).await?;
        let mut tx = self.begin("client_show", zone);
        let seen = tx.visible::<Client>().await?;
        let row = tx.find(&seen, which).await?;
        drop(tx);
        let client = row.map(|row| Arc::new(Known::new(&row, here)));
        if let Some(client) = &client {
            self.able(&client.here, &client.signed_for()).await?;
        }
        Ok(client)
    }
}
