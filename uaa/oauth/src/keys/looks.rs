//! What the documents look like.

use uaa_plugin::shape::{FLAG, Shape, TEXT, list, object};

/// RFC 7517, with UAA's `value`.
pub(super) fn key_looks() -> Shape {
    // What is encrypted to a key has an algorithm of its own each time.
    let members = ["alg", "n", "e", "crv", "x", "y", "value"];
    object([("kty", TEXT), ("use", TEXT), ("kid", TEXT)])
        .perhaps(members.map(|name| (name, TEXT)))
        .named("key")
}

pub(super) fn keys_look() -> Shape {
    object([("keys", list(key_looks()))]).named("keys")
}

/// OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2, and what extends them.
pub(super) fn configuration_looks() -> Shape {
    object(TEXTS.map(|name| (name, TEXT)))
        .and(LISTS.map(|name| (name, list(TEXT))))
        .and(FLAGS.map(|name| (name, FLAG)))
        .named("configuration")
}

const TEXTS: [&str; 13] = [
    "issuer",
    "authorization_endpoint",
    "device_authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "end_session_endpoint",
    "check_session_iframe",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "jwks_uri",
    "pushed_authorization_request_endpoint",
    "service_documentation",
];

const LISTS: [&str; 33] = [
    "response_types_supported",
    "response_modes_supported",
    "authorization_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "prompt_values_supported",
    "acr_values_supported",
    "ui_locales_supported",
    "grant_types_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "introspection_signing_alg_values_supported",
    "subject_types_supported",
    "scopes_supported",
    "claims_supported",
    "claim_types_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "id_token_encryption_alg_values_supported",
    "id_token_encryption_enc_values_supported",
    "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported",
    "authorization_encryption_alg_values_supported",
    "authorization_encryption_enc_values_supported",
    "introspection_encryption_alg_values_supported",
    "introspection_encryption_enc_values_supported",
    "request_object_encryption_alg_values_supported",
    "request_object_encryption_enc_values_supported",
    "dpop_signing_alg_values_supported",
    "request_object_signing_alg_values_supported",
];

const FLAGS: [&str; 12] = [
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
    "authorization_response_iss_parameter_supported",
    "tls_client_certificate_bound_access_tokens",
    "require_pushed_authorization_requests",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "require_signed_request_object",
    "claims_parameter_supported",
];
