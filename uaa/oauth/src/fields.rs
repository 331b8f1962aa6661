//! What the endpoints of OAuth 2.0 and OpenID Connect read, by name, for `openapi.json`.

/// How a client shows in a form who it is (RFC 6749 section 2.3.1, RFC 7521 section 4.2).
pub(crate) const CLIENT: &[&str] =
    &["client_id", "client_secret", "client_assertion_type", "client_assertion"];

/// An authorization request: at `/oauth/authorize`, or handed in beforehand at `/oauth/par` (RFC 9126).
pub(crate) const AUTHORIZATION: &[&str] = &[
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "response_mode",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "acr_values",
    "ui_locales",
    "claims",
    "request",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "token_format",
];

/// Whose request it is, and which one of those that were handed in.
pub(crate) const BY_NAME: &[&str] = &["client_id", "request_uri"];

/// `/oauth/token`, of all grants.
pub(crate) const TOKEN: &[&str] = &[
    "grant_type",
    "scope",
    "token_format",
    "authorities",
    "code",
    "redirect_uri",
    "code_verifier",
    "username",
    "password",
    "passcode",
    "login_hint",
    "refresh_token",
    "device_code",
    "assertion",
    "subject_token",
    "subject_token_type",
    "actor_token",
    "actor_token_type",
    "requested_token_type",
    "audience",
    "resource",
];

/// `/oauth/device_authorization` (RFC 8628).
pub(crate) const DEVICE: &[&str] = &["scope"];

/// `/oauth/revoke` (RFC 7009) and `/introspect` (RFC 7662).
pub(crate) const ONE_TOKEN: &[&str] = &["token", "token_type_hint"];

/// `/check_token`, UAA's.
pub(crate) const CHECKED: &[&str] = &["token", "scopes"];

/// `/userinfo`: the token may come in the form (RFC 6750 section 2.2).
pub(crate) const BEARER: &[&str] = &["access_token"];

/// `/logout.do`, as RP-Initiated Logout 1.0 and as UAA.
pub(crate) const LOGOUT: &[&str] =
    &["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales", "redirect"];

/// `/device`: the link of the device (RFC 8628 section 3.3.1).
pub(crate) const USER_CODE: &[&str] = &["user_code"];

/// `/authenticate`, UAA's.
pub(crate) const PASSWORD: &[&str] = &["username", "password"];

/// `/oauth/register`: what most applications say (RFC 7591 section 2, OpenID Connect Dynamic Client Registration 1.0 section 2).
pub(crate) const METADATA: &[&str] = &[
    "redirect_uris",
    "token_endpoint_auth_method",
    "grant_types",
    "response_types",
    "client_name",
    "client_uri",
    "logo_uri",
    "scope",
    "contacts",
    "tos_uri",
    "policy_uri",
    "jwks_uri",
    "jwks",
    "subject_type",
    "sector_identifier_uri",
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "request_object_signing_alg",
    "default_max_age",
    "default_acr_values",
    "initiate_login_uri",
    "post_logout_redirect_uris",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
];
