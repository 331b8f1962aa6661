//! RFC 6749 section 4.3, as the cf CLI signs in.

use super::Asked;
use crate::engine::Engine;
use crate::fault::{bad_credentials, invalid_request, locked};
use crate::issue::{Order, Renewal};
use crate::noted::Failed;
use crate::person::{Authentication, Person};
use crate::scope;
use uaa_authz::Subject;
use uaa_directory::{Attempt, Tried, User};
use uaa_model::{Reply, Secret};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Want};

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let person = sign_in(engine, asked, cx).await?;
    let scopes = scope::of_person(&asked.client, asked.field("scope"), person.id, cx).await?;
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &Authentication {
            nonce: asked.text("nonce"),
            ..Authentication::by_password(cx.now())
        },
        scopes: &scopes,
        grant: "password",
        client_auth: asked.by.claim(),
        opaque: asked.opaque(),
        code: None,
        renewal: Some(Renewal::First),
    };
    engine.issue_to_person(&order, cx).await?.answer()
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
    user.map(Person::new).ok_or_else(bad_credentials)
}

/// `login_hint={"origin":"x"}`; `uaa` without one.
fn origin(asked: &Asked) -> Reply<String> {
    let Some(hint) = asked.field("login_hint") else { return Ok("uaa".into()) };
    let hint: serde_json::Value = serde_json::from_str(hint)
        .map_err(|_| invalid_request("login_hint is not a JSON object with `origin`"))?;
    Ok(hint.get("origin").and_then(|o| o.as_str()).unwrap_or("uaa").to_owned())
}
