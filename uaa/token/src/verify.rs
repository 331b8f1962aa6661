use crate::claims::{Marks, TokenKind};
use crate::header::Header;
use crate::{Algorithm, Claims, PublicKey, Registered, Rejected, epoch_seconds};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::signature::Verifier;
use uaa_model::Micros;

/// What a token must say to be good here and now.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    /// The request's time, in microseconds since the epoch.
    pub now: Micros,
    /// The one issuer, to the letter (`iss`).
    pub issuer: &'a str,
    /// One of these must be in `aud`. Empty: whom it is for does not matter, as with UAA's management paths.
    pub audience: &'a [&'a str],
    /// The identity zone (`zid`). `None` where tokens have none: another issuer's.
    pub zone: Option<&'a str>,
}

/// The longest token that is looked at, in bytes. Twice what the field's proxies let through in a header.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Whether `exp` counts.
#[derive(Clone, Copy)]
pub(crate) enum Age {
    Checked,
    Any,
}

/// Signature first, claims afterwards (RFC 8725 section 3): nothing of the payload is parsed before it is known who
/// wrote it. `find` gives the trusted key of a `kid`, of that algorithm where there are several.
pub(crate) fn verify<'k, T: Claims>(
    token: &str,
    expect: &Expect<'_>,
    age: Age,
    find: impl FnOnce(Option<&str>, Algorithm) -> Option<&'k PublicKey>,
) -> Result<T, Rejected> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Rejected::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Rejected::Malformed)?;
    let (head, payload) = signed.split_once('.').ok_or(Rejected::Malformed)?;
    // More parts are a JWE (RFC 7516 section 9) or nothing.
    if payload.contains('.') {
        return Err(Rejected::Malformed);
    }
    let head = object(head)?;
    let header = parse_header(&head)?;
    let algorithm: Algorithm = header.alg.parse().map_err(|()| Rejected::Algorithm)?;
    let key = find(header.kid.as_deref(), algorithm).ok_or(Rejected::UnknownKey)?;
    // RFC 8725 section 3.1: the key says which algorithm, the header may only agree.
    if key.algorithm() != algorithm {
        return Err(Rejected::Algorithm);
    }
    let signature = decode(signature)?;
    key.verify(signed.as_bytes(), &signature).map_err(|_| Rejected::Signature)?;
    let claims = parse_claims::<T>(&object(payload)?, header.typ.as_deref())?;
    check(claims.registered(), expect, age)?;
    Ok(claims)
}

/// Who a token says that it is from and that it speaks of, its `iss` and `sub`, before anything about it is known to be true: to find
/// out whose keys verify it.
pub fn claimed_parties(token: &str) -> Option<(String, String)> {
    #[derive(serde::Deserialize)]
    struct Claimed {
        iss: String,
        sub: String,
    }
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let payload = object(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Claimed>(&payload).ok().map(|claimed| (claimed.iss, claimed.sub))
}

/// With which algorithm a token says that it is signed. Of one that was verified it is the one.
pub fn claimed_algorithm(token: &str) -> Option<Algorithm> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let head = object(token.split('.').next()?).ok()?;
    parse_header(&head).ok()?.alg.parse().ok()
}

/// Whether `aud` of a token is one text and no list, which parsed claims do not tell apart.
pub fn names_one_audience(token: &str) -> bool {
    let payload = token.split('.').nth(1).and_then(|payload| object(payload).ok()).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&payload).is_ok_and(|claims| claims["aud"].is_string())
}

/// The header's members, or why not.
pub(crate) fn parse_header(json: &[u8]) -> Result<Header<'_>, Rejected> {
    let header: Header<'_> = serde_json::from_slice(json).map_err(|_| Rejected::Malformed)?;
    if header.crit.0 {
        return Err(Rejected::Malformed);
    }
    Ok(header)
}

/// The claims, if they are of the kind wanted. A token of another kind often lacks members: it is `Kind` all the same.
pub(crate) fn parse_claims<T: Claims>(json: &[u8], typ: Option<&str>) -> Result<T, Rejected> {
    let other = |marks: &Marks<'_>| !T::KIND.takes(TokenKind::of(typ, marks));
    match serde_json::from_slice::<T>(json) {
        Ok(claims) if other(&claims.marks()) => Err(Rejected::Kind),
        Ok(claims) => Ok(claims),
        Err(_) => match serde_json::from_slice::<Marks<'_>>(json) {
            Ok(marks) if other(&marks) => Err(Rejected::Kind),
            Ok(_) | Err(_) => Err(Rejected::Malformed),
        },
    }
}

/// Issuer, times, zone, audience: UAA's order.
pub(crate) fn check(claims: Registered<'_>, expect: &Expect<'_>, age: Age) -> Result<(), Rejected> {
    let now = epoch_seconds(expect.now);
    if claims.iss != expect.issuer {
        return Err(Rejected::Issuer);
    }
    match age {
        // RFC 7519 section 4.1.4: not on or after.
        Age::Checked if now >= claims.exp => return Err(Rejected::Expired),
        Age::Checked | Age::Any => {}
    }
    let latest = now.saturating_add(SKEW_SECONDS);
    if claims.nbf.is_some_and(|nbf| nbf > latest) || claims.iat.is_some_and(|iat| iat > latest) {
        return Err(Rejected::NotYet);
    }
    if expect.zone.is_some_and(|zone| claims.zid != Some(zone)) {
        return Err(Rejected::Zone);
    }
    let wanted = |name: &str| claims.aud.iter().any(|aud| aud == name);
    if !expect.audience.is_empty() && !expect.audience.iter().any(|name| wanted(name)) {
        return Err(Rejected::Audience);
    }
    Ok(())
}

/// How far another machine's clock may be ahead of ours. `exp` gets no such grace.
const SKEW_SECONDS: i64 = 60;

/// A part that is a JSON object: the decoder would take an array for a struct.
pub(crate) fn object(part: &str) -> Result<Vec<u8>, Rejected> {
    let json = decode(part)?;
    match json.first() {
        Some(b'{') => Ok(json),
        Some(_) | None => Err(Rejected::Malformed),
    }
}

/// base64url without padding, of one spelling only: bits left over must be zero.
pub(crate) fn decode(part: &str) -> Result<Vec<u8>, Rejected> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Rejected::Malformed)
}

#[cfg(test)]
mod tests;
