use super::assertion::{one_or_many, some_numeric_date};
use super::{Claims, Marks, Members, Registered, Texts, TokenKind};
use serde::{Deserialize, Serialize};

/// An authorization request that its client has signed (RFC 9101 section 4).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestObject {
    /// The client.
    pub iss: String,
    /// Whom it is for. On the wire one text or a list of them.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Texts<'static>,
    /// From when on it is not good. OpenID Connect Core 1.0 section 6.1 does not ask for it.
    #[serde(default, deserialize_with = "some_numeric_date")]
    pub exp: Option<i64>,
    /// From when on it is good.
    #[serde(default, deserialize_with = "some_numeric_date")]
    pub nbf: Option<i64>,
    /// When it was made.
    #[serde(default, deserialize_with = "some_numeric_date")]
    pub iat: Option<i64>,
    /// Its own name, to refuse it the second time.
    #[serde(default)]
    pub jti: Option<String>,
    /// The parameters.
    #[serde(flatten)]
    pub parameters: Members,
}

impl Claims for RequestObject {
    const KIND: TokenKind = TokenKind::Foreign;

    fn registered(&self) -> Registered<'_> {
        let RequestObject { iss, aud, iat, nbf, exp, .. } = self;
        Registered { iss, aud, zid: None, iat: *iat, nbf: *nbf, exp: exp.unwrap_or(i64::MAX) }
    }

    fn marks(&self) -> Marks<'_> {
        Marks::new(self.jti.as_deref().unwrap_or_default(), None)
    }
}
