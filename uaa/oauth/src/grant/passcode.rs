//! UAA's password grant with a passcode: what `cf login --sso` gets from the browser. It stands for the sign-in there, once.

use super::Asked;
use crate::engine::Engine;
use crate::fault::bad_passcode;
use crate::issue::{Order, Renewal};
use crate::person::{Authentication, Person};
use crate::scope;
use crate::stored::again;
use serde_json::json;
use uaa_authz::Update;
use uaa_directory::{Passcode, Token, hex};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Annotation, Cond, Field, Want};
use uaa_token::{digest, epoch_seconds};

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let passcode = Passcode::plain(asked.need("passcode")?);
    cx.step(Want::Write).await?;
    let seen = cx.tx().visible::<Token>().await?;
    let key = hex(&digest(&passcode));
    let row = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![key])).await?;
    let now = cx.now();
    let row = row.filter(|row| row.own.kind == Passcode::KIND && !row.own.used && now < row.own.expires);
    let row = row.ok_or_else(bad_passcode)?;
    let granted = cx.tx().grant::<Update, Token>(Id::new(row.guid)).await.map_err(again)?;
    if !cx.tx().claim(&granted, Token::used).await? {
        return Err(bad_passcode());
    }
    let kept = Passcode::read(&row.own.claims)?;
    let person = Person::find(row.own.subject, "", cx).await.map_err(|fault| match fault {
        Fault::Protocol(..) => bad_passcode(),
        other => other,
    })?;
    if person.generation != kept.generation {
        return Err(bad_passcode());
    }
    let (amr, client) = (kept.amr.join(" "), &asked.client.client_id);
    let data = json!({"by": "passcode", "origin": person.origin, "amr": amr, "client": client});
    let (event, target_name) = ("UserAuthenticationSuccess".to_owned(), person.username.clone());
    cx.tx().annotate(Annotation { event, target_name, data, ..Annotation::default() });
    let scopes = scope::of_person(&asked.client, asked.field("scope"), person.id, cx).await?;
    let authentication = Authentication {
        auth_time: epoch_seconds(kept.auth_time),
        amr: kept.amr,
        nonce: asked.text("nonce"),
        ..Authentication::default()
    };
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &asked.with_attributes(authentication),
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
