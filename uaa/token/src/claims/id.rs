use super::{Acr, Claims, ID_TYP, Marks, Members, Registered, Text, Texts, TokenKind};
use serde::{Deserialize, Serialize};

/// What an ID token says (OpenID Connect Core 1.0 section 2, with UAA's members).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IdClaims<'a> {
    /// Always the default. UAA's ID tokens look like access tokens with the scope `openid`; this member keeps ours from
    /// being taken for one.
    #[serde(default = "IdTyp::absent")]
    pub typ: IdTyp<'a>,
    /// The token's own name.
    pub jti: Text<'a>,
    /// The user's identifier.
    pub sub: Text<'a>,
    /// The client, alone.
    pub aud: Texts<'a>,
    /// `<base>/oauth/token` of the zone.
    pub iss: Text<'a>,
    /// When it was made.
    pub iat: i64,
    /// From when on it is not good.
    pub exp: i64,
    /// When the user proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The client.
    pub azp: Text<'a>,
    /// The client again.
    pub cid: Text<'a>,
    /// The client again.
    pub client_id: Text<'a>,
    /// The identity zone.
    pub zid: Text<'a>,
    /// The key of the identity provider that knows the user.
    pub origin: Text<'a>,
    /// How the token was got.
    pub grant_type: Text<'a>,
    /// The user's identifier.
    pub user_id: Text<'a>,
    /// What the user signs in with; empty and absent where the client is not to know.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub user_name: Text<'a>,
    /// The user's primary address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Text<'a>>,
    /// Whether somebody proved to receive mail there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// The value that came with the authorization request, to be compared by the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Text<'a>>,
    /// By what means the user proved who they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Texts<'a>,
    /// The context class of that proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<Acr<'a>>,
    /// The change detector.
    pub rev_sig: Text<'a>,
    /// Where it was asked for by this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<'a>>,
    /// With scope `profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<Text<'a>>,
    /// With scope `profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<Text<'a>>,
    /// With scope `profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Text<'a>>,
    /// With scope `roles`: the groups that came from the identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Texts<'a>>,
    /// With scope `user_attributes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_attributes: Option<Members>,
    /// Milliseconds since the epoch, as UAA has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_logon_time: Option<i64>,
    /// `["openid"]`.
    pub scope: Texts<'a>,
    /// Half of the SHA-256 of the access token (OpenID Connect Core 1.0 section 3.1.3.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<Text<'a>>,
    /// Half of the SHA-256 of the code (OpenID Connect Core 1.0 section 3.3.2.11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_hash: Option<Text<'a>>,
    /// The session, for logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Text<'a>>,
}

impl Claims for IdClaims<'static> {
    const KIND: TokenKind = TokenKind::Id;

    fn registered(&self) -> Registered<'_> {
        let IdClaims { iss, aud, zid, iat, exp, .. } = self;
        Registered { iss, aud, zid: Some(zid), iat: Some(*iat), nbf: None, exp: *exp }
    }

    fn marks(&self) -> Marks<'_> {
        Marks::new(&self.jti, Some(&self.typ.0))
    }
}

/// The member `typ` of an ID token, `ID`: there is no other to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdTyp<'a>(Text<'a>);

impl IdTyp<'_> {
    fn absent() -> Self {
        IdTyp(Text::default())
    }
}

impl Default for IdTyp<'_> {
    fn default() -> Self {
        IdTyp(ID_TYP.into())
    }
}
