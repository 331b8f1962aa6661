//! RFC 6749 section 4.3, as the cf CLI signs in.

use super::{Asked, passcode};
use crate::engine::Engine;
use crate::fault::{bad_credentials, locked, more_is_needed, stale, unverified};
use crate::issue::{Order, Renewal};
use crate::person::{Authentication, Person};
use crate::scope;
use percent_encoding::percent_decode_str;
use uaa_directory::{Claimed, Proved, by_password, succeeded};
use uaa_model::{Reply, Secret};
use uaa_plugin::{Answer, Ctx};

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    if asked.field("passcode").is_some() {
        return passcode::grant(engine, asked, cx).await;
    }
    let person = sign_in(engine, asked, cx).await?;
    cx.logged_on(person.id);
    succeeded(person.whom(), &asked.client.client_id, "pwd", cx);
    let scopes = scope::of_person(&asked.client, asked.field("scope"), person.id, cx).await?;
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &asked.with_attributes(Authentication {
            nonce: asked.text("nonce"),
            ..Authentication::by_password(cx.now())
        }),
        scopes: &scopes,
        grant: "password",
        client_auth: asked.by.claim(),
        bound: &asked.bound,
        opaque: asked.opaque(),
        code: None,
        envelope: &asked.envelope,
        renewal: Some(Renewal::First { family: engine.ids.uuid() }),
    };
    engine.issue_to_person(&order, cx).await?.answer()
}

async fn sign_in(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Person> {
    let password = Secret::new(asked.need("password")?.to_owned());
    let (username, origin) = (asked.need("username")?, origin(asked));
    let claimed = Claimed { origin: &origin, username, client: &asked.client.client_id };
    match by_password(&engine.credentials, &claimed, &password, cx).await? {
        Proved::Right(user) => Ok(Person::new(*user)),
        Proved::Stale(..) => Err(stale()),
        Proved::Unverified(_) => Err(unverified()),
        Proved::Half(..) => Err(more_is_needed()),
        Proved::Wrong => Err(bad_credentials()),
        Proved::Locked(_) => Err(locked()),
    }
}

/// `login_hint={"origin":"x"}`, maybe encoded once more; `uaa` without one that can be read, as in UAA: the Java client sends
/// an empty one.
fn origin(asked: &Asked) -> String {
    let hint = asked.field("login_hint").map(|hint| percent_decode_str(hint).decode_utf8_lossy());
    let hint = hint.and_then(|hint| serde_json::from_str::<serde_json::Value>(&hint).ok());
    hint.as_ref().and_then(|hint| hint.get("origin")?.as_str()).unwrap_or("uaa").to_owned()
}
