//! What everybody may know: public keys and the discovery document.

use crate::engine::Engine;
use crate::grant::GRANTS;
use crate::keychain::ZoneKeys;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Dialect, Handler, Public, Route, Site, ZoneInfo};
use uaa_token::{Algorithm, KeySet};

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let document = |path, name, why, say| {
        let handler = Document { engine: engine.clone(), say };
        Route::public(Site::Uaa, Method::GET, path, name, Dialect::Oauth, why, handler)
    };
    let keys = "public keys are public";
    let discovery = "OpenID Connect Discovery 1.0 section 4";
    let jwks = |_: &Engine, _: &ZoneInfo, keys: &ZoneKeys| keys.documents.jwks.clone();
    let jwk = |_: &Engine, _: &ZoneInfo, keys: &ZoneKeys| keys.documents.jwk.clone();
    let configuration = |_: &Engine, _: &ZoneInfo, keys: &ZoneKeys| keys.documents.configuration.clone();
    vec![
        document("/token_keys", "token_keys_list", keys, jwks),
        document("/token_key", "token_key_show", keys, jwk),
        document("/.well-known/openid-configuration", "discovery_show", discovery, configuration),
        document(
            "/oauth/token/.well-known/openid-configuration",
            "discovery_of_issuer_show",
            discovery,
            configuration,
        ),
    ]
}

/// What everybody may read, written once a key set: clients fetch it over and over.
pub(crate) struct Documents {
    jwks: Bytes,
    jwk: Bytes,
    configuration: Bytes,
}

impl Documents {
    pub(crate) fn new(keys: &KeySet, here: &ZoneInfo) -> Documents {
        let text = |value: Value| Bytes::from(value.to_string());
        Documents {
            jwks: text(keys.public_jwks()),
            jwk: text(keys.public_jwk()),
            configuration: text(configuration(keys, here)),
        }
    }
}

/// A JSON document that depends on the zone alone.
pub(crate) struct Document {
    pub(crate) engine: Arc<Engine>,
    pub(crate) say: fn(&Engine, &ZoneInfo, &ZoneKeys) -> Bytes,
}

impl<'c> Handler<'c, Public, ()> for Document {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, (): (), cx: &'c mut Ctx) -> Self::Future {
        let (engine, say, here) = (self.engine.clone(), self.say, cx.here());
        Box::pin(async move {
            let keys = engine.keys(&here).await?;
            Answer::text(StatusCode::OK, "application/json", say(&engine, &here, &keys))
        })
    }
}

/// Only what is there: a document that promises an endpoint is a promise to every client library.
fn configuration(keys: &KeySet, here: &ZoneInfo) -> Value {
    let uaa = &*here.uaa;
    let algorithms: Vec<String> = keys.states().iter().map(|k| k.algorithm.to_string()).collect();
    json!({
        "issuer": here.issuer,
        "authorization_endpoint": format!("{uaa}/oauth/authorize"),
        "pushed_authorization_request_endpoint": format!("{uaa}/oauth/par"),
        "require_pushed_authorization_requests": false,
        "device_authorization_endpoint": format!("{uaa}/oauth/device_authorization"),
        "token_endpoint": format!("{uaa}/oauth/token"),
        "end_session_endpoint": format!("{uaa}/logout.do"),
        "userinfo_endpoint": format!("{uaa}/userinfo"),
        "revocation_endpoint": format!("{uaa}/oauth/revoke"),
        "introspection_endpoint": format!("{uaa}/introspect"),
        "jwks_uri": format!("{uaa}/token_keys"),
        "response_types_supported": ["code", "code id_token", "code token", "code id_token token", "id_token", "token id_token", "token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": false,
        "ui_locales_supported": ["en", "ko"],
        "grant_types_supported": GRANTS.iter().chain(&["implicit"]).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "id_token_signing_alg_values_supported": algorithms,
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "email", "phone"],
        "claims_supported": ["sub", "user_name", "origin", "iss", "auth_time", "amr", "acr", "client_id", "aud", "zid",
            "grant_type", "user_id", "azp", "scope", "exp", "iat", "jti", "rev_sig", "cid", "given_name", "family_name",
            "name", "phone_number", "email", "email_verified", "nonce", "at_hash"],
        "service_documentation": format!("{uaa}/info"),
    })
}
