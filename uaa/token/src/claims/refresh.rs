use super::{Acr, Claims, Marks, Members, Registered, Text, Texts, TokenKind};
use serde::{Deserialize, Serialize};

/// What a refresh token says when it is a JWT, and what is stored with an opaque one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RefreshClaims<'a> {
    /// The token's own name. Always ends in `-r`.
    pub jti: Text<'a>,
    /// The user's identifier.
    pub sub: Text<'a>,
    /// What was granted: a refreshed access token has these scopes at most.
    pub granted_scopes: Texts<'a>,
    /// The client.
    pub client_id: Text<'a>,
    /// The client again.
    pub cid: Text<'a>,
    /// How the first access token was got.
    pub grant_type: Text<'a>,
    /// The user's identifier.
    pub user_id: Text<'a>,
    /// What the user signs in with.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub user_name: Text<'a>,
    /// The key of the identity provider that knows the user.
    pub origin: Text<'a>,
    /// When the user proved who they are; kept through every refresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// By what means; kept likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Texts<'a>,
    /// The context class of that proof; kept likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<Acr<'a>>,
    /// The change detector.
    pub rev_sig: Text<'a>,
    /// When it was made.
    pub iat: i64,
    /// From when on it is not good.
    pub exp: i64,
    /// `<base>/oauth/token` of the zone.
    pub iss: Text<'a>,
    /// The identity zone.
    pub zid: Text<'a>,
    /// Whom access tokens made with it are for.
    pub aud: Texts<'a>,
    /// `Some(true)`: a row is stored, and the token ends with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocable: Option<bool>,
    /// The value that came with the authorization request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Text<'a>>,
    /// Additional attributes that the client asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub az_attr: Option<Members>,
}

impl Claims for RefreshClaims<'static> {
    const KIND: TokenKind = TokenKind::Refresh;

    fn registered(&self) -> Registered<'_> {
        let RefreshClaims { iss, aud, zid, iat, exp, .. } = self;
        Registered { iss, aud, zid: Some(zid), iat: Some(*iat), nbf: None, exp: *exp }
    }

    fn marks(&self) -> Marks<'_> {
        Marks::new(&self.jti, None)
    }
}
