use super::{Assertion, Claims, Marks, Registered, TokenKind};
use serde::Deserialize;
use serde_json::Value;

/// What another issuer says of a person: its ID token, or an access token of theirs. What it makes for other purposes under the same
/// key says nothing of a sign-in (RFC 8725 section 3.11): refresh tokens, logout tokens, security events.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct PersonAssertion(pub Assertion);

impl PersonAssertion {
    /// What it says under that name; the registered members but `sub` have no name here.
    pub fn said(&self, name: &str) -> Option<Said<'_>> {
        match name {
            "sub" => Some(Said::Subject(&self.0.sub)),
            other => self.0.others.get(other).filter(|value| !value.is_null()).map(Said::Other),
        }
    }
}

/// A claim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said<'a> {
    /// `sub`
    Subject(&'a str),
    /// Any other.
    Other(&'a Value),
}

impl Claims for PersonAssertion {
    const KIND: TokenKind = TokenKind::Person;

    fn registered(&self) -> Registered<'_> {
        self.0.registered()
    }

    fn marks(&self) -> Marks<'_> {
        let typ = match self.0.others.get("typ").map(|typ| typ.as_str().unwrap_or(OTHER)) {
            // OpenID Connect Back-Channel Logout 1.0 section 2.4.
            _ if self.0.others.contains_key("events") => Some(OTHER),
            // Keycloak's access tokens.
            Some("Bearer") | None => None,
            Some(typ) => Some(typ),
        };
        Marks::new(self.0.jti.as_deref().unwrap_or_default(), typ)
    }
}

/// No kind that is known.
const OTHER: &str = "?";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kind(header: Option<&str>, more: &Value) -> TokenKind {
        let mut all = json!({"iss": "https://a.example", "sub": "s", "aud": "b", "exp": 1});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let said: PersonAssertion = serde_json::from_value(all).unwrap();
        TokenKind::of(header, &said.marks())
    }

    #[test]
    fn id_and_access_tokens_and_nothing_else() {
        for (header, more) in [
            (None, json!({})),
            (Some("JWT"), json!({"typ": "ID"})),
            (Some("JWT"), json!({"typ": "Bearer"})),
            (Some("at+jwt"), json!({"jti": "a"})),
        ] {
            assert!(TokenKind::Person.takes(kind(header, &more)), "{header:?} {more}");
        }
        for (header, more) in [
            (Some("logout+jwt"), json!({})),
            (Some("JWT"), json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}})),
            (Some("JWT"), json!({"typ": "Logout"})),
            (Some("JWT"), json!({"typ": "Refresh"})),
            (Some("JWT"), json!({"typ": 7})),
            (None, json!({"jti": "0123-r"})),
            (Some("token-introspection+jwt"), json!({})),
        ] {
            assert!(!TokenKind::Person.takes(kind(header, &more)), "{header:?} {more}");
        }
    }
}
