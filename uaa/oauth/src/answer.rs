use crate::client::Known;
use crate::engine::Engine;
use crate::fault::invalid_scope;
use axum::http::{StatusCode, header};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use uaa_model::Reply;
use uaa_plugin::Answer;
use uaa_token::{AccessClaims, Generations, audience, epoch_seconds};
use uuid::Uuid;

/// The person that a token speaks for.
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) origin: String,
    pub(crate) generation: i64,
    /// When the person proved who they are, in whole seconds.
    pub(crate) auth_time: i64,
}

impl Engine {
    /// The claims of an access token.
    pub(crate) fn claims<'a>(
        &'a self,
        client: &'a Known,
        person: Option<&'a Person>,
        grant: &'a str,
        scopes: &'a [String],
    ) -> AccessClaims<'a> {
        let now = self.clock.now();
        let seconds = client.access_seconds.unwrap_or(self.settings.access_seconds);
        let user_id = person.map(|p| p.id.to_string());
        let generations = Generations {
            client_id: &client.client_id,
            client: client.generation,
            user: user_id.as_deref().zip(person).map(|(id, p)| (id, p.generation)),
        };
        let rev_sig = self.rev_sig.sign(&generations).as_str().to_owned();
        let texts = || scopes.iter().map(|s| Cow::Borrowed(s.as_str())).collect::<Vec<_>>();
        let id = Cow::Borrowed(client.client_id.as_str());
        let iat = epoch_seconds(now);
        AccessClaims {
            jti: self.ids.hex32().into(),
            sub: user_id.clone().map_or(id.clone(), Cow::Owned),
            scope: texts(),
            authorities: if person.is_none() { texts() } else { vec![] },
            client_id: id.clone(),
            cid: id.clone(),
            azp: id,
            grant_type: grant.into(),
            user_id: user_id.map(Cow::Owned),
            origin: person.map(|p| p.origin.as_str().into()),
            user_name: person.map(|p| p.username.as_str().into()),
            email: person.map(|p| p.email.as_str().into()),
            auth_time: person.map(|p| p.auth_time),
            rev_sig: rev_sig.into(),
            iat,
            exp: iat + seconds,
            iss: self.settings.issuer.as_str().into(),
            zid: self.settings.zone_id.as_str().into(),
            aud: audience(&client.client_id, scopes.iter().map(String::as_str)),
            ..AccessClaims::default()
        }
    }
}

/// The answer of the token endpoint (RFC 6749 section 5.1), with UAA's `jti`.
pub(crate) fn token(access: &str, claims: &AccessClaims<'_>, refresh: Option<&str>) -> Reply<Answer> {
    let mut body = Map::new();
    body.insert("access_token".into(), access.into());
    body.insert("token_type".into(), "bearer".into());
    body.insert("expires_in".into(), json!((claims.exp - claims.iat - 1).max(0)));
    body.insert("scope".into(), claims.scope.join(" ").into());
    body.insert("jti".into(), claims.jti.as_ref().into());
    if let Some(refresh) = refresh {
        body.insert("refresh_token".into(), refresh.into());
    }
    Answer::json(StatusCode::OK, &Value::Object(body))?
        .with(header::CACHE_CONTROL, "no-store")?
        .with(header::PRAGMA, "no-cache")
}

/// What was asked for, within what may be had. Nothing asked for means everything; nothing left is refused.
pub(crate) fn narrowed(asked: Option<&str>, may: &[String]) -> Reply<Vec<String>> {
    let Some(asked) = asked.filter(|a| !a.trim().is_empty()) else { return Ok(may.to_vec()) };
    let asked: Vec<&str> = asked.split_whitespace().collect();
    let left: Vec<String> = may.iter().filter(|m| asked.contains(&m.as_str())).cloned().collect();
    if left.is_empty() {
        return Err(invalid_scope("The requested scopes are not among those that the client may have here."));
    }
    Ok(left)
}

/// Whether a client's scope, with `*` for one segment between dots, covers a scope.
pub(crate) fn covers(pattern: &str, scope: &str) -> bool {
    let (mut p, mut s) = (pattern.split('.'), scope.split('.'));
    loop {
        match (p.next(), s.next()) {
            (None, None) => return true,
            (Some(want), Some(have)) if want == have || (want == "*" && !have.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_narrow_and_never_widen() {
        let may = ["a".to_owned(), "b.c".to_owned()];
        assert_eq!(narrowed(None, &may).unwrap(), may);
        assert_eq!(narrowed(Some("b.c x"), &may).unwrap(), ["b.c"]);
        assert!(narrowed(Some("x"), &may).is_err());
    }

    #[test]
    fn one_star_one_segment() {
        assert!(covers("cloud_controller.*", "cloud_controller.read"));
        assert!(!covers("cloud_controller.*", "cloud_controller.read.more"));
        assert!(!covers("cloud_controller.*", "cloud_controller"));
        assert!(!covers("*", "a.b"));
        assert!(covers("openid", "openid"));
    }
}
