use serde_json::{Map, Value};
use uaa_token::{Algorithm, CertificateName};

/// What a client has said of how it wants to be dealt with. Checked when it was written (`uaa_directory::client_metadata`).
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// `require_pushed_authorization_requests` (RFC 9126 section 6): what a browser brings along is no request.
    pub(crate) pushed_only: bool,
    /// `dpop_bound_access_tokens` (RFC 9449 section 5.2): no token without a proof.
    pub(crate) dpop_only: bool,
    /// `tls_client_certificate_bound_access_tokens` (RFC 8705 section 3.4): no token without a certificate.
    pub(crate) certificate_only: bool,
    /// `require_dpop_nonce`, a name of our own: each proof carries a nonce of ours.
    pub(crate) dpop_nonce: bool,
    /// `fapi_profile`, a name of our own: what the other members say, and more, by one word.
    pub(crate) fapi: Option<Fapi>,
    /// `require_signed_request_object` (RFC 9101 section 10.5).
    pub(crate) signed_only: bool,
    /// `request_object_signing_alg` (OpenID Connect Dynamic Client Registration 1.0 section 2).
    pub(crate) object_algorithm: Option<Algorithm>,
    /// `authorization_signed_response_alg` (JWT Secured Authorization Response Mode section 3); `None`: as the zone signs.
    pub(crate) answer_algorithm: Option<Algorithm>,
    /// `request_uris` (OpenID Connect Dynamic Client Registration 1.0 section 2): where its signed requests may stand.
    pub(crate) request_uris: Vec<String>,
    /// `token_endpoint_auth_method` (RFC 7591 section 2).
    pub(crate) method: Option<Method>,
    /// The rest of that, where it is a certificate.
    pub(crate) certificate: Option<ByCertificate>,
    /// `token_endpoint_auth_signing_alg` (OpenID Connect Dynamic Client Registration 1.0 section 2).
    assertion_algorithm: Option<Algorithm>,
}

/// FAPI 2.0, with or without its Message Signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fapi {
    Security,
    MessageSigning,
}

/// How a client shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Secret,
    Assertion,
    Certificate,
    None,
}

/// Which certificate is the client's (RFC 8705 section 2).
#[derive(Debug)]
pub(crate) enum ByCertificate {
    /// One with that name, of an authority that the operator named (`tls_client_auth`).
    Named(CertificateName),
    /// One that it registered among its keys (`self_signed_tls_client_auth`).
    Registered,
}

impl Policy {
    pub(crate) fn new(members: &Map<String, Value>) -> Policy {
        let flag = |name: &str| members.get(name) == Some(&Value::Bool(true));
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let texts = |name: &str| -> Vec<String> {
            let texts = members.get(name).and_then(Value::as_array).into_iter().flatten();
            texts.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let fapi = match text("fapi_profile") {
            Some("fapi2_security") => Some(Fapi::Security),
            Some("fapi2_message_signing") => Some(Fapi::MessageSigning),
            Some(_) | None => None,
        };
        let algorithm = |name: &str| text(name).and_then(|name| name.parse().ok());
        // FAPI 2.0 Security Profile sections 5.3.2.1 and 5.3.2.2, Message Signing section 5.3.1.
        let strict = fapi.is_some();
        let certificate_only = flag("tls_client_certificate_bound_access_tokens");
        let named = |member: &&str| CertificateName::read(member, text(member)?);
        Policy {
            pushed_only: strict || flag("require_pushed_authorization_requests"),
            // Section 5.3.2.1, point 5: one of the two.
            dpop_only: (strict && !certificate_only) || flag("dpop_bound_access_tokens"),
            certificate_only,
            dpop_nonce: flag("require_dpop_nonce"),
            fapi,
            signed_only: fapi == Some(Fapi::MessageSigning) || flag("require_signed_request_object"),
            object_algorithm: algorithm("request_object_signing_alg"),
            assertion_algorithm: algorithm("token_endpoint_auth_signing_alg"),
            answer_algorithm: match text("authorization_signed_response_alg") {
                Some(name) => name.parse().ok(),
                // FAPI 2.0 Security Profile section 5.4 does without RS256.
                None => (fapi == Some(Fapi::MessageSigning)).then_some(Algorithm::Ps256),
            },
            request_uris: texts("request_uris"),
            certificate: match text("token_endpoint_auth_method") {
                Some("tls_client_auth") => {
                    CertificateName::MEMBERS.iter().find_map(named).map(ByCertificate::Named)
                }
                Some("self_signed_tls_client_auth") => Some(ByCertificate::Registered),
                Some(_) | None => None,
            },
            method: match text("token_endpoint_auth_method") {
                Some("client_secret_basic" | "client_secret_post") => Some(Method::Secret),
                Some("private_key_jwt") => Some(Method::Assertion),
                Some("tls_client_auth" | "self_signed_tls_client_auth") => Some(Method::Certificate),
                Some("none") => Some(Method::None),
                Some(_) | None if strict => Some(Method::Assertion),
                Some(_) | None => None,
            },
        }
    }

    /// Whether its answers are signed whether or not it says so (JWT Secured Authorization Response Mode).
    pub(crate) fn signed_answers(&self) -> bool {
        self.fapi == Some(Fapi::MessageSigning)
    }

    /// Whether it may show like this who it is. FAPI 2.0 Security Profile section 5.3.2.1: not by a secret.
    pub(crate) fn shows(&self, method: Method) -> bool {
        let strong = matches!(method, Method::Assertion | Method::Certificate);
        // Nobody is known by a certificate without having said so.
        self.method.map_or(method != Method::Certificate, |wanted| wanted == method)
            && (self.fapi.is_none() || strong)
    }

    /// Whether the client may sign like that who it is.
    pub(crate) fn takes_assertion(&self, algorithm: Algorithm) -> bool {
        self.takes(algorithm) && self.assertion_algorithm.is_none_or(|wanted| wanted == algorithm)
    }

    /// Whether what the client signs may be signed like that.
    pub(crate) fn takes(&self, algorithm: Algorithm) -> bool {
        // FAPI 2.0 Security Profile section 5.4.
        let strong = [Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa];
        self.fapi.is_none() || strong.contains(&algorithm)
    }
}
