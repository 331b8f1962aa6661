use super::{Acr, Claims, Marks, Members, Registered, Text, Texts, TokenKind};
use crate::Confirmation;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// What an access token says, with UAA's names. A user's token has the `user_…` members, a client's own `authorities`.
///
/// Texts may be borrowed, so that making a token copies nothing; verified claims own theirs (`AccessClaims<'static>`).
/// Times are whole seconds since the epoch: [`crate::epoch_seconds`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccessClaims<'a> {
    /// The token's own name. Never ends in `-r`.
    pub jti: Text<'a>,
    /// The user's identifier, or the client's in its own token.
    pub sub: Text<'a>,
    /// What the token allows.
    #[serde(deserialize_with = "listed")]
    pub scope: Texts<'a>,
    /// The same list, in a client's own token only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Texts<'a>,
    /// The client.
    pub client_id: Text<'a>,
    /// The client again.
    pub cid: Text<'a>,
    /// The client again, as the authorized party.
    pub azp: Text<'a>,
    /// How the token was got.
    pub grant_type: Text<'a>,
    /// The user's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Text<'a>>,
    /// The key of the identity provider that knows the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Text<'a>>,
    /// What the user signs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<Text<'a>>,
    /// The user's primary address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Text<'a>>,
    /// When the user proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The change detector, [`crate::RevSigKey::sign`].
    pub rev_sig: Text<'a>,
    /// When it was made.
    pub iat: i64,
    /// From when on it is good; UAA never says, and it is obeyed when somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// From when on it is not good.
    pub exp: i64,
    /// `<base>/oauth/token` of the zone.
    pub iss: Text<'a>,
    /// The identity zone.
    pub zid: Text<'a>,
    /// Whom it is for: [`crate::audience`].
    pub aud: Texts<'a>,
    /// `Some(true)`: a row is stored, and the token ends with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocable: Option<bool>,
    /// Additional attributes that the client asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub az_attr: Option<Members>,
    /// The value that came with the authorization request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Text<'a>>,
    /// How the client showed who it is, where that was not a secret: UAA's `none` and `private_key_jwt`, and the methods of RFC 8705.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_auth_method: Option<Text<'a>>,
    /// By what means the user proved who they are (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Texts<'a>,
    /// The context class of that proof.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "classes")]
    pub acr: Option<Acr<'a>>,
    /// The browser's session that it ends with, as its client calls that: as in the ID token beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Text<'a>>,
    /// What whoever presents it must hold (RFC 7800).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Who acts for the user, in a token that was got by exchange (RFC 8693 section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Members>,
    /// Present in ID tokens only, see [`crate::IdClaims::typ`]; to be left `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<Text<'a>>,
}

impl AccessClaims<'_> {
    /// The same in the form of RFC 9068 section 2.2: `scope` is one text (RFC 8693 section 4.2), `acr` the first class alone.
    /// UAA's own members stay beside them.
    ///
    /// # Errors
    /// When they cannot be written, which no claims cause.
    pub fn rfc9068(&self) -> Result<Members, serde_json::Error> {
        let mut all = match serde_json::to_value(self)? {
            Value::Object(all) => all,
            _ => Members::new(),
        };
        all.insert("scope".into(), self.scope.join(" ").into());
        if let Some(class) = self.acr.as_ref().and_then(|acr| acr.values.first()) {
            all.insert("acr".into(), class.as_ref().into());
        }
        Ok(all)
    }
}

/// UAA writes a list, RFC 9068 one text with spaces.
fn listed<'de, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Texts<'a>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Many(Vec<String>),
        One(String),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Many(all) => all.into_iter().map(Cow::Owned).collect(),
        Either::One(all) => all.split_whitespace().map(|one| Cow::Owned(one.to_owned())).collect(),
    })
}

/// UAA writes an object with a list, RFC 9068 one text.
fn classes<'de, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Acr<'a>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Many { values: Vec<String> },
        One(String),
    }
    Ok(Option::<Either>::deserialize(deserializer)?.map(|either| match either {
        Either::Many { values } => Acr { values: values.into_iter().map(Cow::Owned).collect() },
        Either::One(one) => Acr { values: vec![Cow::Owned(one)] },
    }))
}

impl Claims for AccessClaims<'static> {
    const KIND: TokenKind = TokenKind::Access;

    fn registered(&self) -> Registered<'_> {
        let AccessClaims { iss, aud, zid, iat, nbf, exp, .. } = self;
        Registered { iss, aud, zid: Some(zid), iat: Some(*iat), nbf: *nbf, exp: *exp }
    }

    fn marks(&self) -> Marks<'_> {
        Marks::new(&self.jti, self.typ.as_deref())
    }
}
