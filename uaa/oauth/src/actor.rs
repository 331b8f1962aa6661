use crate::client::Known;
use crate::ended::Unkept;
use crate::engine::Engine;
use crate::scope::{self, Groups};
use crate::verified::Good;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use uaa_authz::{Actor, Read, Subject};
use uaa_directory::{EndedUpTo, OWN_ORIGIN, Token, User, active_provider, as_name, hex, name_of_session};
use uaa_model::{Denied, Fault, Id, Micros, Reply};
use uaa_plugin::{Authenticator, Presented, ZoneInfo};
use uaa_store::{Cond, Field};
use uaa_token::{
    Accepted, AccessClaims, ContentEncryption, Expect, Generations, IdClaims, KeyManagement, Rejected, Shape,
    digest, is_encrypted,
};
use uuid::Uuid;

impl Engine {
    /// Whether an access token is good now, and what it says. The order of the checks is UAA's: signature, issuer, times,
    /// zone, then client, user and stored row.
    pub(crate) async fn verify(&self, token: &str, here: &Arc<ZoneInfo>, now: Micros) -> Reply<Arc<Good>> {
        let key = digest(token);
        if let Some(good) = self.verified.get(&key) {
            // What is good in one zone is nothing in another.
            return if now < good.until && good.actor.home == here.guid { Ok(good) } else { Err(bad()) };
        }
        let epoch = self.verified.epoch();
        let mut rests_on = vec![];
        let claims = match Shape::of(token) {
            Shape::Jwt => {
                let expect = Expect { now, issuer: &here.issuer, audience: &[], zone: Some(&here.id) };
                match self.keys(here).await?.set.verify::<AccessClaims<'static>>(token, &expect) {
                    Err(Rejected::UnknownKey) => {
                        let newer = self.newer_keys(here).await?.ok_or(Rejected::UnknownKey)?;
                        newer.set.verify::<AccessClaims<'static>>(token, &expect)?
                    }
                    other => other?,
                }
            }
            Shape::Access => self.stored(&key, here.guid, now, &mut rests_on).await?,
            Shape::Refresh | Shape::Unknown => return Err(bad()),
        };
        let actor = self.actor(&claims, (here.guid, now), &mut rests_on).await?;
        let good = Arc::new(Good::new(actor, &claims, rests_on)?);
        self.verified.keep(key, &good, epoch);
        Ok(good)
    }

    /// The claims of an opaque token, from its row.
    async fn stored(
        &self,
        key: &[u8; 32],
        zone: Uuid,
        now: Micros,
        rests_on: &mut Vec<Uuid>,
    ) -> Reply<AccessClaims<'static>> {
        let mut tx = self.begin("token_show", zone);
        let seen = tx.visible::<Token>().await?;
        let row = tx.find(&seen, Cond::In(Field::Text("digest"), vec![hex(key)])).await?.ok_or_else(bad)?;
        if row.own.kind != "access" || row.own.expires <= now {
            return Err(bad());
        }
        rests_on.push(row.guid);
        rests_on.extend(row.own.session);
        serde_json::from_str(&row.own.claims).map_err(|_| bad())
    }

    /// The holder, as the rows say now, and whether its client wants tokens of RFC 9068; `rests_on` takes down which rows.
    async fn actor(
        &self,
        claims: &AccessClaims<'static>,
        (zone, now): (Uuid, Micros),
        rests_on: &mut Vec<Uuid>,
    ) -> Reply<(Actor, bool)> {
        let client = self.client(zone, &claims.client_id).await?.ok_or_else(bad)?;
        rests_on.push(client.id);
        let registry = self.access.registry();
        let scopes: Vec<&str> = claims.scope.iter().map(|s| s.as_ref()).collect();
        let mut user = None;
        let (subject, name) = match &claims.user_id {
            None if scope::are_its_own(&client, &scopes) => {
                (Subject::Client(client.id), claims.client_id.to_string())
            }
            None => return Err(bad()),
            Some(name) => {
                let id = self.meant_by(&client, name.parse().map_err(|_| bad())?)?;
                let mut tx = self.begin("user_show", zone);
                let granted = tx.grant::<Read, User>(Id::new(id)).await.map_err(|_| bad())?;
                let row = tx.get(&granted).await?;
                if !row.own.active {
                    return Err(bad());
                }
                rests_on.push(id);
                if row.own.origin != OWN_ORIGIN {
                    // Whoever came in by a provider is out when it is shut.
                    rests_on.push(active_provider(&row.own.origin, &mut tx).await?.ok_or_else(bad)?);
                }
                let groups = Groups::of(id, &mut tx).await?;
                if !scope::are_left(&client, &groups, &scopes) {
                    return Err(bad());
                }
                let needed = client.required_groups.iter().map(String::as_str).chain(scopes.iter().copied());
                let ways = groups.ways(needed);
                self.everybodys.note(ways.everybodys);
                rests_on.extend(ways.own);
                user = Some((id.to_string(), row.own.generation));
                let name = claims.user_name.as_deref().map_or(row.own.username, str::to_owned);
                (Subject::User(id), name)
            }
        };
        let generations = Generations {
            client_id: &claims.client_id,
            client: client.generation,
            user: user.as_ref().map(|(id, generation)| (id.as_str(), *generation)),
        };
        // A changed password, secret or a revocation moves a generation, and with it this.
        if self.rev_sig.sign(&generations).as_str() != claims.rev_sig {
            return Err(bad());
        }
        if claims.revocable == Some(true) {
            rests_on.extend(self.still_stored(&claims.jti, zone).await?);
        } else {
            let name = as_name(&claims.jti);
            rests_on.extend(name);
            let session = self.ends_with(&client, claims)?;
            // The session is told of when it ends, and by then its name is among those that have ended.
            rests_on.extend(session);
            let session = session.map(name_of_session);
            rests_on.extend(session);
            let made = match subject {
                Subject::User(id) => Some(EndedUpTo::new(id, &claims.client_id, claims.iat)),
                Subject::Client(_) | Subject::System(_) | Subject::Nobody => None,
            };
            if self.has_ended(Unkept { name, made, session }, zone, now).await? {
                return Err(bad());
            }
        }
        let mut actor = Actor::with_scopes(registry, subject, zone, &name, &claims.client_id, scopes);
        actor.token = claims.jti.as_ref().into();
        Ok((actor, client.rfc9068))
    }

    /// The session that an access token ends with.
    fn ends_with(&self, client: &Known, claims: &AccessClaims<'_>) -> Reply<Option<Uuid>> {
        let Some(sid) = &claims.sid else { return Ok(None) };
        self.meant_by(client, sid.parse().map_err(|_| bad())?).map(Some)
    }

    /// Its row, and the session that it ends with.
    async fn still_stored(&self, jti: &str, zone: Uuid) -> Reply<Vec<Uuid>> {
        let mut tx = self.begin("token_show", zone);
        let seen = tx.visible::<Token>().await?;
        let row = tx.find(&seen, Cond::In(Field::Text("jti"), vec![jti.to_owned()])).await?;
        row.map(|row| [row.guid].into_iter().chain(row.own.session).collect()).ok_or_else(bad)
    }
}

impl Authenticator for Engine {
    fn authenticate<'a>(
        &'a self,
        presented: &'a Presented<'a>,
        here: &'a Arc<ZoneInfo>,
        now: Micros,
        audience: &'a [&'a str],
    ) -> BoxFuture<'a, Reply<Arc<Actor>>> {
        async move {
            let good = self.presented(presented, here, now).await?;
            if good.is_for_one_of(audience) { Ok(good.actor.clone()) } else { Err(bad()) }
        }
        .boxed()
    }
}

impl Engine {
    /// What an ID token of ours says, also when it has expired: a hint and no proof (OpenID Connect Core 1.0 section 3.1.2.1).
    pub(crate) async fn hint(&self, token: &str, here: &Arc<ZoneInfo>) -> Reply<Option<IdClaims<'static>>> {
        let now = self.clock.now();
        let expect = Expect { now, issuer: &here.issuer, audience: &[], zone: Some(&here.id) };
        // One that was encrypted for the client we cannot read; the client may encrypt it anew, to us (section 3.1.2.1).
        let accepted = Accepted { alg: &KeyManagement::AGREED, enc: &ContentEncryption::ALL };
        let opened = match is_encrypted(token) {
            true => self.decrypted(token, &accepted, here).await?,
            false => None,
        };
        let token = opened.as_deref().unwrap_or(token);
        Ok(self.keys(here).await?.set.verify_hint(token, &expect).ok())
    }
}

fn bad() -> Fault {
    Fault::Denied(Denied::Unauthenticated, "token")
}
