//! What tokens say. One file a kind; what all have in common is here.

mod access;
mod assertion;
mod id;
mod person;
mod refresh;
mod request;

pub use access::AccessClaims;
pub use assertion::Assertion;
pub use id::{IdClaims, IdTyp};
pub use person::{PersonAssertion, Said};
pub use refresh::RefreshClaims;
pub use request::RequestObject;

use crate::opaque::is_refresh_jti;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use uaa_model::Micros;

type Text<'a> = Cow<'a, str>;
type Texts<'a> = Vec<Cow<'a, str>>;
type Members = Map<String, Value>;

/// Claims that can be verified. Implemented here for each kind of token and not meant for others.
pub trait Claims: DeserializeOwned {
    /// Which kind of token they are of; [`TokenKind::Foreign`] takes any.
    const KIND: TokenKind;

    /// The members that decide whether the token is good.
    fn registered(&self) -> Registered<'_>;

    /// The members that tell the kind.
    fn marks(&self) -> Marks<'_>;
}

/// The kinds of tokens that share keys and must not be taken for each other (RFC 8725 section 2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Opens doors.
    Access,
    /// Makes access tokens: `jti` ends in `-r`.
    Refresh,
    /// Tells a client who signed in: `typ` among the claims is `ID`.
    Id,
    /// Of another issuer, about a person who signed in there.
    Person,
    /// Anything else: another `typ` in the header, or another issuer's.
    Foreign,
}

impl TokenKind {
    /// `typ` is the header's, which may be missing and is `JWT` or, for an access token of that form, `at+jwt` otherwise.
    pub(crate) fn of(typ: Option<&str>, marks: &Marks<'_>) -> TokenKind {
        match typ {
            // RFC 9068 section 4: with the prefix of a media type or without.
            Some(typ) if [AT_JWT, "application/at+jwt"].iter().any(|at| typ.eq_ignore_ascii_case(at)) => {
                let plain = marks.typ.as_deref().is_none_or(str::is_empty) && !is_refresh_jti(&marks.jti);
                return if plain { TokenKind::Access } else { TokenKind::Foreign };
            }
            Some(typ) if !typ.eq_ignore_ascii_case("JWT") => return TokenKind::Foreign,
            Some(_) | None => {}
        }
        match marks.typ.as_deref() {
            Some(ID_TYP) => TokenKind::Id,
            Some("") | None if is_refresh_jti(&marks.jti) => TokenKind::Refresh,
            Some("") | None => TokenKind::Access,
            Some(_) => TokenKind::Foreign,
        }
    }

    /// Whether a token of the other kind is good where this one is wanted.
    pub(crate) fn takes(self, other: TokenKind) -> bool {
        match self {
            TokenKind::Foreign => true,
            TokenKind::Person => matches!(other, TokenKind::Access | TokenKind::Id),
            TokenKind::Access | TokenKind::Refresh | TokenKind::Id => self == other,
        }
    }
}

/// The members of a token that tell its kind.
#[derive(Clone, Debug, Deserialize)]
pub struct Marks<'a> {
    #[serde(borrow, default)]
    jti: Text<'a>,
    #[serde(borrow, default)]
    typ: Option<Text<'a>>,
}

impl<'a> Marks<'a> {
    fn new(jti: &'a str, typ: Option<&'a str>) -> Self {
        Marks { jti: Cow::Borrowed(jti), typ: typ.map(Cow::Borrowed) }
    }
}

/// The registered claims (RFC 7519 section 4.1) and UAA's `zid`. Times are seconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub struct Registered<'a> {
    /// Who made it.
    pub iss: &'a str,
    /// Whom it is for.
    pub aud: &'a [Cow<'a, str>],
    /// The identity zone, where the kind of token has one.
    pub zid: Option<&'a str>,
    /// When it was made.
    pub iat: Option<i64>,
    /// From when on it is good.
    pub nbf: Option<i64>,
    /// From when on it is not good.
    pub exp: i64,
}

/// The `acr` member. One class is written as a text (OpenID Connect Core 1.0 section 2, RFC 9068 section 2.2.1), several as UAA's
/// object `{"values": […]}`; both are read.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "AcrForm<'a>")]
pub struct Acr<'a> {
    /// The context classes.
    pub values: Texts<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum AcrForm<'a> {
    One(Text<'a>),
    Many { values: Texts<'a> },
}

impl<'a> From<AcrForm<'a>> for Acr<'a> {
    fn from(form: AcrForm<'a>) -> Self {
        match form {
            AcrForm::One(class) => Acr { values: vec![class] },
            AcrForm::Many { values } => Acr { values },
        }
    }
}

impl Serialize for Acr<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |class: &Text<'_>| Cow::Owned(class.as_ref().to_owned());
        match self.values.as_slice() {
            [class] => AcrForm::One(text(class)).serialize(serializer),
            several => AcrForm::Many { values: several.iter().map(text).collect() }.serialize(serializer),
        }
    }
}

/// Whom an access token is for: the client, and for each scope what stands before its last dot (`openid` for `openid`).
/// Each once, in that order. The Cloud Controller refuses a token without `cloud_controller`.
pub fn audience<'a>(client_id: &'a str, scopes: impl IntoIterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let mut audience = vec![Cow::Borrowed(client_id)];
    for scope in scopes {
        let resource = scope.rsplit_once('.').map_or(scope, |(resource, _)| resource);
        if !audience.iter().any(|known| known == resource) {
            audience.push(Cow::Borrowed(resource));
        }
    }
    audience
}

/// The whole seconds of a time, for `iat`, `exp` and `auth_time`.
pub const fn epoch_seconds(at: Micros) -> i64 {
    at.div_euclid(1_000_000)
}

const ID_TYP: &str = "ID";
/// `typ` in the header of an access token of RFC 9068.
pub const AT_JWT: &str = "at+jwt";

#[cfg(test)]
mod tests;
