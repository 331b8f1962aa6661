//! RFC 6749 section 4.3, as the cf CLI signs in.

use super::{Asked, refresh_token, stored};
use crate::answer::{Person, covers, narrowed, token};
use crate::engine::Engine;
use crate::fault::{bad_credentials, invalid_request, locked};
use crate::noted::Failed;
use uaa_authz::Subject;
use uaa_directory::{Attempt, Tried, User};
use uaa_model::{Reply, Secret};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Raw, Want};
use uaa_token::epoch_seconds;
use uuid::Uuid;

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let person = sign_in(engine, asked, cx).await?;
    let scopes = scopes(asked, person.id, cx).await?;
    let mut claims = engine.claims(&asked.client, Some(&person), "password", &scopes);
    let access = match asked.opaque() {
        true => stored::access(engine, &mut claims, person.id, cx).await?,
        false => engine.issue(&claims, &asked.client, Some(&person), "password", cx)?,
    };
    if !asked.client.may("refresh_token") {
        return token(&access, &claims, None);
    }
    cx.step(Want::Write).await?;
    let refresh = refresh_token::first(engine, &asked.client, &claims, &person, cx).await?;
    token(&access, &claims, Some(&refresh))
}

/// Name and password, with the same answer in the same time for whatever is wrong with them.
async fn sign_in(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Person> {
    let username = asked.need("username")?.to_lowercase();
    let password = Secret::new(asked.need("password")?.to_owned());
    let origin = origin(asked)?;
    let seen = cx.tx().visible::<User>().await?;
    let name = Cond::In(Field::Folded("username_key"), vec![username.clone()]);
    let there = Cond::In(Field::Text("origin"), vec![origin.clone()]);
    let user = cx.tx().find(&seen, Cond::All(vec![name, there])).await?;
    // No connection is held while Argon2 works.
    cx.step(Want::Read).await?;
    let now = cx.now();
    let user = user.filter(|user| user.own.active);
    let stored = user.as_ref().and_then(|user| user.own.password.as_deref());
    let address = cx.caller.address.clone();
    let tried = Tried { zone: cx.zone(), origin: &origin, username: &username, address: &address };
    let whose = user.as_ref().map(|user| (Subject::User(user.guid), user.own.username.as_str()));
    match engine.credentials.password(tried, &password, stored, now).await? {
        Attempt::Right => {}
        Attempt::Wrong => {
            engine.failed(Failed::Password, whose, &asked.client.client_id, cx);
            return Err(bad_credentials());
        }
        Attempt::Locked => {
            engine.failed(Failed::Locked, whose, &asked.client.client_id, cx);
            return Err(locked());
        }
    }
    let user = user.ok_or_else(bad_credentials)?;
    Ok(Person {
        id: user.guid,
        username: user.own.username,
        email: user.own.email,
        origin: user.own.origin,
        generation: user.own.generation,
        auth_time: epoch_seconds(now),
    })
}

/// `login_hint={"origin":"x"}`; `uaa` without one.
fn origin(asked: &Asked) -> Reply<String> {
    let Some(hint) = asked.field("login_hint") else { return Ok("uaa".into()) };
    let hint: serde_json::Value = serde_json::from_str(hint)
        .map_err(|_| invalid_request("login_hint is not a JSON object with `origin`"))?;
    Ok(hint.get("origin").and_then(|o| o.as_str()).unwrap_or("uaa").to_owned())
}

/// What the client may be given, the person has as groups, and was asked for.
pub(super) async fn scopes(asked: &Asked, user: Uuid, cx: &mut Ctx) -> Reply<Vec<String>> {
    let zone = cx.zone();
    let seen = cx.tx().visible::<User>().await?;
    let rows = cx.tx().raw(&seen, &GROUPS_OF, vec![user.into(), zone.into()]).await?;
    let groups: Vec<String> = rows.iter().map(|row| row.get(0)).collect::<Reply<_>>()?;
    let client = &asked.client.scope;
    let may: Vec<String> = groups.into_iter().filter(|g| client.iter().any(|c| covers(c, g))).collect();
    narrowed(asked.field("scope"), &may)
}

static GROUPS_OF: Raw = Raw {
    name: "groups_of_user",
    text: "WITH RECURSIVE g(id) AS (SELECT guid FROM subject WHERE guid IN (?, ?) \
           UNION SELECT m.grp FROM member m JOIN g ON m.member = g.id) \
           SELECT t.name FROM g JOIN grp t ON t.guid = g.id ORDER BY t.name",
    why: "the scopes of a token are the user's groups, also those above them and those of everybody in the zone: one \
          recursive statement instead of one a group",
};
