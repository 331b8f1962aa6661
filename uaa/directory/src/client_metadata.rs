//! What a client is registered with beyond the columns of its row: one list of names for whoever writes clients, be it UAA's
//! API or dynamic registration.
//!
//! The names are those of RFC 7591 and OpenID Connect Dynamic Client Registration 1.0, of the specifications that extend them,
//! and UAA's own. What is not in the list is [`unknown`].

pub mod encryption;
pub mod keys;
pub mod unknown;
pub mod vouchers;

use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;
use uaa_plugin::shape::{ANY, FLAG, NUMBER, Shape, TEXT, list, map, object};
use uaa_token::{Algorithm, CertificateName};
use url::Url;

/// Why a value cannot be kept, in words for whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub Cow<'static, str>);

impl Wrong {
    pub(crate) fn new(text: impl Into<Cow<'static, str>>) -> Wrong {
        Wrong(text.into())
    }
}

/// Whether a member of that name is kept. `client_name#fr` and the like are (RFC 7591 section 2.2).
pub fn is_known(name: &str) -> bool {
    rule(name).is_some()
}

/// A member as it is kept; `None` when none of that name is.
///
/// # Errors
/// What is wrong with the value.
pub fn checked(name: &str, value: &Value) -> Result<Option<Value>, Wrong> {
    rule(name).map(|rule| rule.check(name, value)).transpose()
}

/// An object of which all of them may be members.
pub fn looks(of: Shape) -> Shape {
    let members = MEMBERS.iter().map(|(name, rule)| (*name, rule.looks()));
    of.perhaps(members).starting(LOCALIZED.iter().map(|name| (format!("{name}#"), TEXT)))
}

/// What can only be seen in all of them together.
///
/// # Errors
/// Which members do not go together.
pub fn fit_together(all: &Map<String, Value>) -> Result<(), Wrong> {
    let text = |name: &str| all.get(name).and_then(Value::as_str);
    let signs = all.contains_key("jwks_uri") || all.get("jwks").is_some_and(keys::verify_something);
    let method = text("token_endpoint_auth_method");
    if method == Some("private_key_jwt") && !signs && !all.contains_key("jwt_creds") {
        return Err(Wrong::new(
            "`private_key_jwt` needs a key in `jwks` or `jwks_uri`, or an issuer in `jwt_creds`; a client that is there gets them at `/oauth/clients/{id}/clientjwt`",
        ));
    }
    by_certificate(all)?;
    encryption::fits_keys(all)?;
    // RFC 7591 section 2.
    if all.contains_key("jwks") && all.contains_key("jwks_uri") {
        return Err(Wrong::new("`jwks` and `jwks_uri` exclude each other"));
    }
    let by_secret = matches!(method, Some("client_secret_basic" | "client_secret_post" | "none"));
    if all.contains_key("fapi_profile") && (by_secret || (method != Some("tls_client_auth") && !signs)) {
        return Err(Wrong::new(
            "`fapi_profile` needs a key in `jwks` or `jwks_uri`, or `tls_client_auth`, and no secret",
        ));
    }
    Ok(())
}

/// Whether two sets of members say differently how the client shows who it is: whoever writes the second can be that client.
pub fn known_otherwise(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    KNOWN_BY.iter().chain(&CertificateName::MEMBERS).any(|name| one.get(*name) != other.get(*name))
}

/// RFC 8705 section 2: a certificate is known by one name, or because it was registered.
fn by_certificate(all: &Map<String, Value>) -> Result<(), Wrong> {
    let names = CertificateName::MEMBERS.iter().filter(|name| all.contains_key(**name)).count();
    let keys = all.contains_key("jwks") || all.contains_key("jwks_uri");
    match all.get("token_endpoint_auth_method").and_then(Value::as_str) {
        Some("tls_client_auth") if names != 1 => {
            let known = CertificateName::MEMBERS.join(", ");
            Err(Wrong::new(format!("`tls_client_auth` needs exactly one of {known}")))
        }
        Some("self_signed_tls_client_auth") if !keys => {
            let text = "`self_signed_tls_client_auth` needs a certificate (`x5c`) in `jwks` or `jwks_uri`";
            Err(Wrong::new(text))
        }
        Some("tls_client_auth") => Ok(()),
        Some(_) | None if names > 0 => {
            Err(Wrong::new("the name in a certificate counts with the method `tls_client_auth` alone"))
        }
        Some(_) | None => Ok(()),
    }
}

/// OpenID Connect Front-Channel Logout 1.0 section 2: what opens in a frame is of the same origin as a return address. A pattern is
/// none.
///
/// # Errors
/// When it is of no such origin.
pub fn fits_redirects(all: &Map<String, Value>, redirects: &[String]) -> Result<(), Wrong> {
    let name = "frontchannel_logout_uri";
    let Some(uri) = all.get(name).and_then(Value::as_str) else { return Ok(()) };
    let origin = |uri: &str| Url::parse(uri).map(|url| url.origin()).ok();
    let of_one = redirects.iter().any(|redirect| !redirect.contains('*') && origin(redirect) == origin(uri));
    if of_one { Ok(()) } else { Err(Wrong::new(format!("`{name}` is not of the origin of a redirect URI"))) }
}

/// OpenID Connect Core 1.0 section 8.1: addresses of several hosts need a document that says that they are of one sector.
///
/// # Errors
/// When there is none.
pub fn of_one_sector(all: &Map<String, Value>, redirects: &[String]) -> Result<(), Wrong> {
    let text = |name: &str| all.get(name).and_then(Value::as_str);
    if text("subject_type") != Some("pairwise") || text("sector_identifier_uri").is_some() {
        return Ok(());
    }
    let host = |uri: &String| Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    let hosts: BTreeSet<_> = redirects.iter().map(host).collect();
    let one = hosts.len() <= 1 && !hosts.iter().flatten().any(|host| host.contains('*'));
    if one && !hosts.contains(&None) {
        return Ok(());
    }
    Err(Wrong::new("`subject_type` pairwise needs `sector_identifier_uri` for several hosts"))
}

/// OpenID Connect Dynamic Client Registration 1.0 section 5: the document of a sector is a list of every address that its clients have.
///
/// # Errors
/// Which address it lacks.
pub fn named_by_sector(document: &Value, redirects: &[String]) -> Result<(), Wrong> {
    let all: Vec<&str> = document.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match redirects.iter().find(|uri| !all.contains(&uri.as_str())) {
        None => Ok(()),
        Some(uri) => Err(Wrong::new(format!("the document at `sector_identifier_uri` lacks `{uri}`"))),
    }
}

/// Addresses that a browser is sent to: absolute, without a fragment, and of no scheme that runs something.
pub fn is_redirect(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let runs = ["javascript", "data", "vbscript", "file", "blob", "about"].contains(&url.scheme());
    let odd = uri.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\' || c == '#');
    !odd && !runs && url.username().is_empty() && url.password().is_none()
}

/// What a member takes.
#[derive(Clone, Copy)]
enum Rule {
    /// UAA keeps it as it comes.
    Any,
    Flag,
    Text,
    Texts,
    /// A whole number from 0 on.
    Seconds,
    /// A page for people.
    Link,
    /// What this server opens, or what opens in a hidden frame: TLS, and `http` on this machine alone.
    Tls,
    /// Several of these, each with a fragment or without.
    RequestUris,
    /// Addresses that a browser may be sent to.
    Redirects,
    OneOf(&'static [&'static str]),
    Signing,
    Jwks,
    JwksUri,
    Vouchers,
    CertificateName,
}

/// Every name that is kept.
const MEMBERS: &[(&str, Rule)] = &[
    // UAA.
    ("allowedproviders", Rule::Any),
    ("required_user_groups", Rule::Any),
    ("signup_redirect_url", Rule::Link),
    ("change_email_redirect_url", Rule::Link),
    ("createdwith", Rule::Any),
    ("allow_unsafe_matching", Rule::Flag),
    ("jwt_creds", Rule::Vouchers),
    // RFC 7591 section 2.
    ("token_endpoint_auth_method", Rule::OneOf(AUTH_METHODS)),
    ("response_types", Rule::Texts),
    ("client_uri", Rule::Link),
    ("logo_uri", Rule::Link),
    ("tos_uri", Rule::Link),
    ("policy_uri", Rule::Link),
    ("contacts", Rule::Texts),
    ("jwks", Rule::Jwks),
    ("jwks_uri", Rule::JwksUri),
    ("software_id", Rule::Text),
    ("software_version", Rule::Text),
    // OpenID Connect Dynamic Client Registration 1.0 section 2.
    ("application_type", Rule::OneOf(&["web", "native"])),
    ("sector_identifier_uri", Rule::Tls),
    ("subject_type", Rule::OneOf(&["public", "pairwise"])),
    ("id_token_signed_response_alg", Rule::Signing),
    ("id_token_encrypted_response_alg", Rule::OneOf(encryption::ALGORITHMS)),
    ("id_token_encrypted_response_enc", Rule::OneOf(encryption::CONTENTS)),
    ("userinfo_signed_response_alg", Rule::Signing),
    ("userinfo_encrypted_response_alg", Rule::OneOf(encryption::ALGORITHMS)),
    ("userinfo_encrypted_response_enc", Rule::OneOf(encryption::CONTENTS)),
    ("request_object_encryption_alg", Rule::OneOf(encryption::TO_US)),
    ("request_object_encryption_enc", Rule::OneOf(encryption::CONTENTS)),
    ("token_endpoint_auth_signing_alg", Rule::Signing),
    ("default_max_age", Rule::Seconds),
    ("require_auth_time", Rule::Flag),
    ("default_acr_values", Rule::Texts),
    ("initiate_login_uri", Rule::Tls),
    // RP-Initiated, back-channel and front-channel logout, each section 2 or 3.1.
    ("post_logout_redirect_uris", Rule::Redirects),
    ("backchannel_logout_uri", Rule::Tls),
    ("backchannel_logout_session_required", Rule::Flag),
    ("frontchannel_logout_uri", Rule::Tls),
    ("frontchannel_logout_session_required", Rule::Flag),
    // Ours: no token of a person without a second factor.
    ("require_mfa", Rule::Flag),
    // RFC 9126 section 6.
    ("require_pushed_authorization_requests", Rule::Flag),
    // RFC 9101 section 10.5, and OpenID Connect Dynamic Client Registration 1.0 section 2.
    ("require_signed_request_object", Rule::Flag),
    ("request_object_signing_alg", Rule::Signing),
    ("request_uris", Rule::RequestUris),
    // JWT Secured Authorization Response Mode section 3.
    ("authorization_signed_response_alg", Rule::Signing),
    ("authorization_encrypted_response_alg", Rule::OneOf(encryption::ALGORITHMS)),
    ("authorization_encrypted_response_enc", Rule::OneOf(encryption::CONTENTS)),
    // RFC 9701 section 6.
    ("introspection_signed_response_alg", Rule::Signing),
    ("introspection_encrypted_response_alg", Rule::OneOf(encryption::ALGORITHMS)),
    ("introspection_encrypted_response_enc", Rule::OneOf(encryption::CONTENTS)),
    // FAPI 2.0 by one word: a name of our own.
    ("fapi_profile", Rule::OneOf(&["fapi2_security", "fapi2_message_signing"])),
    // RFC 8705 sections 2.1.2 and 3.4.
    ("tls_client_auth_subject_dn", Rule::CertificateName),
    ("tls_client_auth_san_dns", Rule::CertificateName),
    ("tls_client_auth_san_uri", Rule::CertificateName),
    ("tls_client_auth_san_ip", Rule::CertificateName),
    ("tls_client_auth_san_email", Rule::CertificateName),
    ("tls_client_certificate_bound_access_tokens", Rule::Flag),
    // RFC 9449 section 5.2; the second is a name of our own.
    ("dpop_bound_access_tokens", Rule::Flag),
    ("require_dpop_nonce", Rule::Flag),
    // `rfc9068` for access tokens of that form; the others are UAA's.
    ("access_token_format", Rule::OneOf(&["uaa", "rfc9068"])),
];

/// By what a client is known, beside its secrets and the names in a certificate.
const KNOWN_BY: &[&str] = &["token_endpoint_auth_method", "fapi_profile", "jwks", "jwks_uri", "jwt_creds"];

/// How a client shows who it is at the token endpoint.
pub const AUTH_METHODS: &[&str] = &[
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
];

fn rule(name: &str) -> Option<Rule> {
    let plain = name.split_once('#').map(|(plain, _)| plain);
    if plain.is_some_and(|plain| LOCALIZED.contains(&plain)) {
        return (name.len() <= LONGEST_NAME).then_some(Rule::Text);
    }
    MEMBERS.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule)
}

/// RFC 7591 section 2.2: these come in several languages.
const LOCALIZED: &[&str] = &["client_name", "client_uri", "logo_uri", "tos_uri", "policy_uri"];

impl Rule {
    fn looks(self) -> Shape {
        match self {
            Rule::Any => ANY,
            Rule::Flag => FLAG,
            Rule::Seconds => NUMBER,
            Rule::Text | Rule::Link | Rule::Tls | Rule::Signing | Rule::JwksUri | Rule::CertificateName => {
                TEXT
            }
            Rule::Texts | Rule::RequestUris | Rule::Redirects => list(TEXT),
            Rule::OneOf(known) => Shape::Word(known),
            Rule::Jwks => object([("keys", list(map(ANY)))]),
            Rule::Vouchers => list(object([("iss", TEXT), ("sub", TEXT)]).perhaps([("aud", TEXT)])),
        }
    }

    fn check(self, name: &str, value: &Value) -> Result<Value, Wrong> {
        let text = || {
            let text = value.as_str().filter(|text| text.len() <= LONGEST && !text.contains('\0'));
            text.ok_or_else(|| Wrong::new(format!("`{name}` must be a text of at most {LONGEST} bytes")))
        };
        let texts = || {
            let all = value.as_array().filter(|all| all.len() <= MOST);
            let fits = |text: &Value| text.as_str().is_some_and(|text| text.len() <= LONGEST);
            all.filter(|all| all.iter().all(fits))
                .ok_or_else(|| Wrong::new(format!("`{name}` must be a list of at most {MOST} texts")))
        };
        let good = match self {
            Rule::Any => true,
            Rule::Flag => match value {
                Value::Bool(_) => true,
                _ => return Err(Wrong::new(format!("`{name}` must be true or false"))),
            },
            Rule::Text => text().map(|_| true)?,
            Rule::Texts => texts().map(|_| true)?,
            Rule::Seconds => match value.as_i64() {
                Some(seconds) if (0..=i64::from(i32::MAX)).contains(&seconds) => true,
                _ => return Err(Wrong::new(format!("`{name}` must be a number of seconds"))),
            },
            Rule::Link => is_web(text()?, &["https", "http"]),
            Rule::Tls => is_over_tls(text()?),
            Rule::RequestUris => {
                // What stands there may be named in the fragment (OpenID Connect Core 1.0 section 6.2).
                let place = |uri: &str| {
                    uri.split_once('#').map_or_else(|| uri.to_owned(), |(place, _)| place.to_owned())
                };
                texts()?.iter().filter_map(Value::as_str).all(|uri| is_over_tls(&place(uri)))
            }
            Rule::Redirects => texts()?.iter().filter_map(Value::as_str).all(is_redirect),
            Rule::OneOf(known) => {
                let given = text()?;
                if !known.contains(&given) {
                    return Err(Wrong::new(format!("`{name}` must be one of {}", known.join(", "))));
                }
                true
            }
            Rule::Signing => {
                if text()?.parse::<Algorithm>().is_err() {
                    let known = Algorithm::ALL.map(Algorithm::name).join(", ");
                    return Err(Wrong::new(format!("`{name}` must be one of {known}")));
                }
                true
            }
            Rule::Jwks => return keys::jwks(value),
            Rule::CertificateName => {
                if CertificateName::read(name, text()?).is_none() {
                    return Err(Wrong::new(format!("`{name}` is no name of that kind")));
                }
                true
            }
            Rule::Vouchers => return vouchers::vouchers(value),
            Rule::JwksUri => {
                let Value::String(uri) = value else {
                    return Err(Wrong::new("Client jwt configuration cannot be parsed"));
                };
                return keys::jwks_uri(uri).map(Value::from);
            }
        };
        if good { Ok(value.clone()) } else { Err(Wrong::new(format!("`{name}` is no address of that kind"))) }
    }
}

fn is_web(uri: &str, schemes: &[&str]) -> bool {
    is_redirect(uri)
        && Url::parse(uri).is_ok_and(|url| schemes.contains(&url.scheme()) && url.host_str().is_some())
}

pub(crate) fn is_over_tls(uri: &str) -> bool {
    let here = |url: Url| {
        let name = url.host_str().unwrap_or_default().to_owned();
        name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" || name == "[::1]"
    };
    is_web(uri, &["https"]) || (is_web(uri, &["http"]) && Url::parse(uri).is_ok_and(here))
}

const LONGEST: usize = 2_000;
const LONGEST_NAME: usize = 80;
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_member_takes_its_own_kind_and_unknown_ones_are_not_kept() {
        assert_eq!(checked("grant_of_everything", &json!(true)), Ok(None));
        for (name, good) in [
            ("application_type", json!("native")),
            ("contacts", json!(["a@example.com"])),
            ("default_max_age", json!(0)),
            ("id_token_signed_response_alg", json!("ES512")),
            ("id_token_encrypted_response_alg", json!("RSA-OAEP-256")),
            ("authorization_encrypted_response_enc", json!("A256CBC-HS512")),
            ("request_object_encryption_alg", json!("ECDH-ES+A256KW")),
            ("backchannel_logout_uri", json!("https://a.example/out?x=1")),
            ("frontchannel_logout_uri", json!("http://localhost:8080/out")),
            ("post_logout_redirect_uris", json!(["https://a.example/", "com.example:/bye"])),
            ("tos_uri#ko", json!("https://a.example/ko")),
            ("request_uris", json!(["https://a.example/object#2jmj7l5rSw0yVb", "https://a.example/object"])),
        ] {
            assert_eq!(checked(name, &good), Ok(Some(good.clone())), "{name}");
        }
        for (name, bad) in [
            ("application_type", json!("toaster")),
            ("contacts", json!("a@example.com")),
            ("default_max_age", json!(-1)),
            ("default_max_age", json!("1")),
            ("id_token_signed_response_alg", json!("none")),
            ("id_token_signed_response_alg", json!("HS256")),
            ("backchannel_logout_uri", json!("http://a.example/out")),
            ("backchannel_logout_uri", json!("https://a.example/out#x")),
            ("logo_uri", json!("javascript:alert(1)")),
            ("post_logout_redirect_uris", json!(["javascript:alert(1)"])),
            ("require_auth_time", json!("yes")),
            ("jwks_uri", json!(7)),
            ("tls_client_auth_subject_dn", json!("shop")),
            ("tls_client_auth_san_ip", json!("shop")),
            ("id_token_encrypted_response_alg", json!("RSA1_5")),
            ("userinfo_encrypted_response_alg", json!("dir")),
            ("introspection_encrypted_response_enc", json!("A192GCM")),
            ("request_object_encryption_alg", json!("RSA-OAEP-256")),
            ("software_id", json!("x".repeat(2_001))),
        ] {
            assert!(checked(name, &bad).is_err(), "{name} {bad}");
        }
    }

    #[test]
    fn a_frame_is_of_the_origin_of_a_return_address() {
        let redirects = ["https://a.example:8443/cb".to_owned(), "https://*.b.example/cb".to_owned()];
        let fits = |uri: &str| {
            let all = json!({"frontchannel_logout_uri": uri});
            fits_redirects(all.as_object().unwrap(), &redirects).is_ok()
        };
        assert!(fits("https://a.example:8443/out?x=1"));
        for bad in [
            "https://a.example/out",
            "http://a.example:8443/",
            "https://x.b.example/",
            "https://*.b.example/",
        ] {
            assert!(!fits(bad), "{bad}");
        }
        assert!(fits_redirects(&Map::new(), &[]).is_ok());
    }

    #[test]
    fn pairwise_names_are_of_one_sector() {
        let fits = |more: Value, redirects: &[&str]| {
            let redirects: Vec<String> = redirects.iter().map(|uri| (*uri).to_owned()).collect();
            of_one_sector(more.as_object().unwrap(), &redirects).is_ok()
        };
        let pairwise = json!({"subject_type": "pairwise"});
        assert!(fits(pairwise.clone(), &["https://a.example/1", "https://a.example:8443/2"]));
        assert!(fits(pairwise.clone(), &[]));
        for bad in
            [&["https://a.example/", "https://b.example/"][..], &["https://*.a.example/"], &["com.a:/cb"]]
        {
            assert!(!fits(pairwise.clone(), bad), "{bad:?}");
            assert!(fits(json!({"subject_type": "public"}), bad));
            let document = json!({"subject_type": "pairwise", "sector_identifier_uri": "https://s.example/"});
            assert!(fits(document, bad));
        }
    }

    #[test]
    fn what_goes_together_does_and_nothing_else() {
        let map = |value: Value| value.as_object().unwrap().clone();
        assert!(fit_together(&map(json!({}))).is_ok());
        for bad in [
            json!({"jwks": {"keys": []}, "jwks_uri": "https://a/"}),
            json!({"token_endpoint_auth_method": "private_key_jwt"}),
            json!({"token_endpoint_auth_method": "tls_client_auth"}),
            json!({"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "a", "tls_client_auth_san_ip": "::1"}),
            json!({"token_endpoint_auth_method": "self_signed_tls_client_auth"}),
            json!({"tls_client_auth_san_dns": "a"}),
        ] {
            assert!(fit_together(&map(bad.clone())).is_err(), "{bad}");
        }
    }
}
