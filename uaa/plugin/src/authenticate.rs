use crate::certificate::ShownCertificate;
use crate::route::Site;
use crate::zone::ZoneInfo;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use uaa_authz::Actor;
use uaa_model::{Micros, Reply, Secret};

/// A token as a request brought it along.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// Its text.
    pub token: &'a str,
    /// How it was said to be one.
    pub scheme: Scheme,
    /// The request's method.
    pub method: &'a Method,
    /// The site of the request.
    pub site: Site,
    /// The path within the site, without the query.
    pub path: &'a str,
    /// The request's headers, among them the proof that the sender holds the token's key.
    pub headers: &'a HeaderMap,
    /// The sender's certificate.
    pub certificate: Option<&'a ShownCertificate>,
}

/// The scheme of an `Authorization` header with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RFC 6750.
    Bearer,
    /// RFC 9449: a proof comes with it.
    Dpop,
}

/// Port: turns a token into an actor. Implemented by `uaa-oauth`.
pub trait Authenticator: Send + Sync {
    /// Who sends this token, in a request to that zone, now. `audience`: one of these must be in the token's `aud`; none:
    /// whom it is for does not matter.
    ///
    /// # Errors
    /// `Denied::Unauthenticated` for whatever is not a good access token, `Unproved` for one in other hands than it is bound to.
    fn authenticate<'a>(
        &'a self,
        presented: &'a Presented<'a>,
        here: &'a Arc<ZoneInfo>,
        now: Micros,
        audience: &'a [&'a str],
    ) -> BoxFuture<'a, Reply<Arc<Actor>>>;
}

/// The token of a request's header (RFC 6750 section 2.1, RFC 9449 section 7.1). The scheme's name is case-insensitive.
pub(crate) fn token(headers: &HeaderMap) -> Option<(Scheme, &str)> {
    let value = authorization(headers)?;
    let (scheme, token) = value.split_once(' ')?;
    let scheme = match scheme {
        _ if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        _ if scheme.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return None,
    };
    Some((scheme, token.trim_start()))
}

/// Whether there are several `Authorization` headers. A proxy may look at one and we at another, so none of them counts.
pub(crate) fn contradictory(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).iter().nth(1).is_some()
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    if contradictory(headers) {
        return None;
    }
    headers.get(header::AUTHORIZATION)?.to_str().ok()
}

/// Name and secret of an `Authorization: Basic` header (RFC 7617).
#[derive(Clone, Debug)]
pub struct Basic {
    /// The client id, percent-decoded.
    pub id: String,
    /// The secret, percent-decoded; empty is a value.
    pub secret: Secret,
    /// What else the sender may have meant: a form's spelling, as RFC 6749 section 2.3.1 wants it, where `+` is a space; or no spelling at
    /// all, as UAA reads it and curl sends it. Nobody can tell by looking.
    pub or: Vec<Secret>,
}

impl Basic {
    /// Reads the header; `None` when there is none, or it is not one.
    pub fn read(headers: &HeaderMap) -> Option<Basic> {
        Basic::parse(authorization(headers)?)
    }

    /// Reads the value of the header.
    pub fn parse(value: &str) -> Option<Basic> {
        let (scheme, credentials) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let plain = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
        let (id, secret) = plain.split_once(':')?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|t| t.into_owned());
        let plain = decoded(secret)?;
        let others = [decoded(&secret.replace('+', " ")), Some(secret.to_owned())];
        let or = others.into_iter().flatten().filter(|other| *other != plain).map(Secret::new).collect();
        Some(Basic { id: decoded(id)?, secret: Secret::new(plain), or })
    }
}

/// For the fuzzer: any value of the header is read without a panic, and is at most one of the two schemes.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_basic(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, value.clone());
    let basic = Basic::read(&headers);
    assert!(basic.is_none() || token(&headers).is_none(), "a password and a token at once");
    headers.append(header::AUTHORIZATION, value);
    assert!(Basic::read(&headers).is_none() && token(&headers).is_none(), "one of two headers was taken");
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,60}") {
            fuzz_basic(&bytes);
            fuzz_basic(text.as_bytes());
            for scheme in ["Basic", "bearer", "DPoP"] {
                fuzz_basic(format!("{scheme} {text}").as_bytes());
                fuzz_basic(format!("{scheme} {}", STANDARD.encode(&bytes)).as_bytes());
            }
        }

        #[test]
        fn what_a_client_writes_is_read(id in "[^:]{0,20}", secret in ".{0,20}") {
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let basic = STANDARD.encode(format!("{}:{}", encode(&id), encode(&secret)));
            let read = Basic::parse(&format!("Basic {basic}")).unwrap();
            prop_assert_eq!((read.id, read.secret.expose().to_owned()), (id, secret));
        }
    }

    #[test]
    fn basic() {
        let cf = Basic::parse("Basic Y2Y6").unwrap();
        assert_eq!((cf.id.as_str(), cf.secret.expose()), ("cf", ""));
        let colon = Basic::parse(&format!("basic {}", STANDARD.encode("a%3Ab:c:d"))).unwrap();
        assert_eq!((colon.id.as_str(), colon.secret.expose()), ("a:b", "c:d"));
        for bad in ["Basic", "Basic !", "Bearer Y2Y6", "Basic Y2Y", "Basic /w=="] {
            assert!(Basic::parse(bad).is_none(), "{bad}");
        }
    }
}
