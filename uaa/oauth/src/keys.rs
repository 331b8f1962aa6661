//! What everybody may know: public keys and the discovery document.

mod looks;

use crate::engine::{Certificates, Engine};
use crate::grant::GRANTS;
use crate::keychain::ZoneKeys;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use bytes::Bytes;
use futures::future::BoxFuture;
use looks::{configuration_looks, key_looks, keys_look};
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_directory::{Assurance, hex};
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Dialect, Handler, Public, Route, Site, ZoneInfo};
use uaa_token::{Algorithm, ContentEncryption, KeyManagement, KeySet, digest};

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let at = |site, path, name, why, say, looks| {
        let below = site == Site::Api;
        let handler = Document { engine: engine.clone(), say, below };
        let lying = handler.clone();
        Route::public(site, Method::GET, path, name, Dialect::Oauth, why, handler)
            .answers(Answers::ok(looks).tagged())
            .answers(Answers::status(StatusCode::NOT_MODIFIED).tagged())
            .from_any_origin()
            .lying(Arc::new(move |here, headers| lying.in_memory(here, headers)))
    };
    let document = |path, name, why, say, looks| at(Site::Uaa, path, name, why, say, looks);
    let keys = "public keys are public";
    let discovery = "OpenID Connect Discovery 1.0 section 4";
    let metadata = "RFC 8414 section 3";
    let jwks = |keys: &ZoneKeys| keys.documents.jwks.clone();
    let all = |keys: &ZoneKeys| keys.documents.all.clone();
    let jwk = |keys: &ZoneKeys| keys.documents.jwk.clone();
    let configuration = |keys: &ZoneKeys| keys.documents.configuration.clone();
    vec![
        document("/token_keys", "token_keys_list", keys, jwks, keys_look),
        document("/token_key", "token_key_show", keys, jwk, key_looks),
        document("/oauth/jwks", "jwks_list", keys, all, keys_look),
        document(
            "/.well-known/openid-configuration",
            "discovery_show",
            discovery,
            configuration,
            configuration_looks,
        ),
        document(
            "/oauth/token/.well-known/openid-configuration",
            "discovery_of_issuer_show",
            discovery,
            configuration,
            configuration_looks,
        ),
        document(
            "/.well-known/oauth-authorization-server",
            "metadata_show",
            metadata,
            configuration,
            configuration_looks,
        ),
        // RFC 8414 section 3.1: the path of the issuer stands behind, on whatever host it is.
        document(
            "/.well-known/oauth-authorization-server/oauth/token",
            "metadata_of_issuer_show",
            metadata,
            configuration,
            configuration_looks,
        ),
        at(
            Site::Api,
            "/.well-known/oauth-authorization-server/uaa/oauth/token",
            "metadata_of_issuer_below_show",
            metadata,
            configuration,
            configuration_looks,
        ),
    ]
}

/// A document that is written once, and the name of what it says (RFC 9110 section 8.8.3).
#[derive(Clone)]
pub(crate) struct Written {
    text: Bytes,
    tag: HeaderValue,
}

impl Written {
    fn new(value: &Value) -> Written {
        let text = value.to_string();
        let tag = format!("\"{}\"", hex(&digest(&text)[..16]));
        // Hexadecimal digits are good in any header.
        let tag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Written { text: text.into(), tag }
    }

    /// The document, or that it is what the caller has already.
    fn answer(&self, headers: &HeaderMap) -> Reply<Answer> {
        let answer = match knows(headers, &self.tag) {
            true => Answer::status(StatusCode::NOT_MODIFIED),
            false => Answer::text(StatusCode::OK, "application/json", self.text.clone()),
        };
        Ok(answer?.with_value(header::ETAG, self.tag.clone()))
    }
}

/// `If-None-Match` (RFC 9110 section 13.1.2): weak comparison.
fn knows(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let all = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || tag == one.strip_prefix("W/").unwrap_or(one))
}

/// What everybody may read, written once a key set: clients fetch it over and over.
pub(crate) struct Documents {
    /// What UAA's own readers take: they want a PEM of each, and know of signatures alone.
    jwks: Written,
    jwk: Written,
    /// The same keys, and the one to encrypt to (RFC 7517 section 4.2).
    all: Written,
    configuration: Written,
}

impl Documents {
    /// `encryption`: the key that is encrypted to.
    pub(crate) fn new(
        keys: &KeySet,
        encryption: Option<&Value>,
        here: &ZoneInfo,
        certificates: Certificates,
    ) -> Documents {
        let mut all = keys.public_jwks();
        if let Some(Value::Array(all)) = all.get_mut("keys") {
            all.extend(encryption.cloned());
        }
        Documents {
            all: Written::new(&all),
            jwks: Written::new(&keys.public_jwks()),
            jwk: Written::new(&keys.public_jwk()),
            configuration: Written::new(&configuration(here, certificates)),
        }
    }
}

/// A JSON document that depends on the zone alone.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) engine: Arc<Engine>,
    pub(crate) say: fn(&ZoneKeys) -> Written,
    /// Whether it is served where UAA has no host of its own.
    below: bool,
}

impl<'c> Handler<'c, Public, ()> for Document {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, (): (), cx: &'c mut Ctx) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let here = cx.here();
            if !this.is_there(&here) {
                return Err(Fault::NotFound("no such issuer".into()));
            }
            (this.say)(&*this.engine.keys(&here).await?).answer(&cx.headers)
        })
    }
}

impl Document {
    /// Below a path of this host there is an issuer where the host has no name for it.
    fn is_there(&self, here: &ZoneInfo) -> bool {
        !self.below || here.issuer.ends_with("/uaa/oauth/token")
    }

    fn in_memory(&self, here: &Arc<ZoneInfo>, headers: &HeaderMap) -> Option<Reply<Answer>> {
        let keys = self.engine.keys_in_memory(here).filter(|_| self.is_there(here))?;
        Some((self.say)(&keys).answer(headers))
    }
}

/// Only what is there: a document that promises an endpoint is a promise to every client library.
fn configuration(here: &ZoneInfo, certificates: Certificates) -> Value {
    // What a browser opens is where it keeps our cookies.
    let (uaa, login) = (&*here.uaa, &*here.login);
    let algorithms = Algorithm::ALL.map(Algorithm::name);
    let mut all = json!({
        "issuer": here.issuer,
        "authorization_endpoint": format!("{login}/oauth/authorize"),
        "device_authorization_endpoint": format!("{uaa}/oauth/device_authorization"),
        "token_endpoint": format!("{uaa}/oauth/token"),
        "registration_endpoint": format!("{uaa}/oauth/register"),
        "end_session_endpoint": format!("{login}/logout.do"),
        "check_session_iframe": format!("{login}{}", crate::check_session::PATH),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "userinfo_endpoint": format!("{uaa}/userinfo"),
        "revocation_endpoint": format!("{uaa}/oauth/revoke"),
        "introspection_endpoint": format!("{uaa}/introspect"),
        "jwks_uri": format!("{uaa}/oauth/jwks"),
        "response_types_supported": ["code", "code id_token", "code token", "code id_token token", "id_token", "token id_token", "token"],
        "response_modes_supported": ["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"],
        "authorization_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "acr_values_supported": Assurance::ALL.map(Assurance::name),
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["en", "ko"],
        "grant_types_supported": GRANTS.iter().chain(&["implicit"]).collect::<Vec<_>>(),
        // A key of whichever a client asks for is made when it is first needed.
        "id_token_signing_alg_values_supported": algorithms,
        "userinfo_signing_alg_values_supported": algorithms,
        "introspection_signing_alg_values_supported": algorithms,
        "subject_types_supported": ["public", "pairwise"],
        "scopes_supported": ["openid", "profile", "email", "phone", "offline_access"],
        "claims_supported": CLAIMS,
        "claim_types_supported": ["normal"],
        // Clients of UAA's need the member; a path is one of ours.
        "service_documentation": match here.config.documentation() {
            Some(path) if path.starts_with('/') => format!("{login}{path}"),
            Some(address) => address.to_owned(),
            None => format!("{login}/home"),
        },
    });
    for more in [requests(uaa), clients(certificates), encrypted()] {
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
    }
    all
}

/// What it says of how clients show who they are.
fn clients(certificates: Certificates) -> Value {
    let by_certificate: &[&str] = match certificates {
        Certificates::None => &[],
        Certificates::Shown => &["self_signed_tls_client_auth"],
        Certificates::Trusted => &["self_signed_tls_client_auth", "tls_client_auth"],
    };
    let methods =
        [&["client_secret_basic", "client_secret_post", "private_key_jwt"], by_certificate].concat();
    // A public one says its name (RFC 7591 section 2), and may give its tokens back like that; it learns nothing of tokens. Whoever asks
    // about them may show a token instead, which RFC 8414 section 2 writes by its type.
    let public = [methods.clone(), vec!["none"]].concat();
    let asking = [methods, vec!["Bearer", "DPoP"]].concat();
    let algorithms = Algorithm::ALL.map(Algorithm::name);
    json!({
        "token_endpoint_auth_methods_supported": public,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": public,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": asking,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "tls_client_certificate_bound_access_tokens": certificates != Certificates::None,
    })
}

/// What it says of what is encrypted: for clients, and by them (OpenID Connect Discovery 1.0 section 3, RFC 9701 section 7, JWT Secured
/// Authorization Response Mode section 4).
fn encrypted() -> Value {
    let all = KeyManagement::ALL.map(KeyManagement::name);
    let contents = ContentEncryption::ALL.map(ContentEncryption::name);
    json!({
        "id_token_encryption_alg_values_supported": all,
        "id_token_encryption_enc_values_supported": contents,
        "userinfo_encryption_alg_values_supported": all,
        "userinfo_encryption_enc_values_supported": contents,
        "authorization_encryption_alg_values_supported": all,
        "authorization_encryption_enc_values_supported": contents,
        "introspection_encryption_alg_values_supported": all,
        "introspection_encryption_enc_values_supported": contents,
        // Keys of ours are on a curve.
        "request_object_encryption_alg_values_supported": KeyManagement::AGREED.map(KeyManagement::name),
        "request_object_encryption_enc_values_supported": contents,
    })
}

/// What it says of requests that do not stand in an address as they are.
fn requests(uaa: &str) -> Value {
    json!({
        "pushed_authorization_request_endpoint": format!("{uaa}/oauth/par"),
        "require_pushed_authorization_requests": false,
        "dpop_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "request_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": true,
        "require_signed_request_object": false,
        "request_object_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "claims_parameter_supported": true,
    })
}

/// What may be said of a person and their sign-in.
const CLAIMS: &[&str] = &[
    "sub",
    "user_name",
    "origin",
    "iss",
    "auth_time",
    "amr",
    "acr",
    "client_id",
    "aud",
    "zid",
    "grant_type",
    "user_id",
    "azp",
    "scope",
    "exp",
    "iat",
    "jti",
    "rev_sig",
    "cid",
    "given_name",
    "family_name",
    "name",
    "preferred_username",
    "updated_at",
    "phone_number",
    "email",
    "email_verified",
    "nonce",
    "at_hash",
    "c_hash",
    "sid",
    "typ",
    "previous_logon_time",
];
