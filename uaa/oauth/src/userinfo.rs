//! `/userinfo` (OpenID Connect Core 1.0 section 5.3), in UAA's form: who the holder of a token with the scope `openid` is.

use crate::client::Known;
use crate::engine::Engine;
use crate::fault::{insufficient_scope, invalid_request};
use crate::fields;
use crate::grant::form;
use crate::person::Person;
use crate::verified::Good;
use axum::http::{Method, StatusCode, header};
use futures::future::BoxFuture;
use serde_json::{Map, Value};
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_directory::User;
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{FLAG, NUMBER, Shape, TEXT, object};
use uaa_plugin::{
    Answer, Answers, Body, Ctx, Dialect, Handler, Presented, Proof, Public, Route, Scheme, Site,
};
use uaa_store::Cond;
use uaa_token::epoch_seconds;
use uuid::Uuid;

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let why = "the token may come in the form (RFC 6750 section 2.2): it is asked for inside";
    let route = |method, name| {
        Route::public(Site::Uaa, method, "/userinfo", name, Dialect::Oauth, why, UserInfo(engine.clone()))
            .proofs(&[Proof::Bearer, Proof::Otherwise])
            .answers(Answers::ok(looks))
            .answers(Answers::media(StatusCode::OK, "application/jwt"))
            .from_any_origin()
    };
    let posted = route(Method::POST, "userinfo_show_by_form").fields(&[fields::BEARER]);
    vec![route(Method::GET, "userinfo_show"), posted]
}

struct UserInfo(Arc<Engine>);

impl<'c> Handler<'c, Public, Body> for UserInfo {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, body: Body, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            let good = holder(&engine, &body, cx).await?;
            let Some(user) = good.user().filter(|_| good.has_scope("openid")) else {
                return Err(lacking());
            };
            let client = engine.client(cx.zone(), &good.actor.client).await?;
            let mut all = members(user, good.has_scope("profile"), cx).await?;
            if let Some(client) = client.as_ref().filter(|client| client.sector.is_some()) {
                let name = engine.called_by(client, user)?.to_string();
                for_sector(&mut all, &name, |scope| good.has_scope(scope));
            }
            cx.tx().release();
            let said = match client {
                None => None,
                Some(client) => for_client(&engine, &client, &mut all).await?,
            };
            let answer = match said {
                None => Answer::ok(&Value::Object(all)),
                Some(text) => Answer::text(StatusCode::OK, "application/jwt", text),
            };
            answer?.with(header::CACHE_CONTROL, "no-store")
        })
    }
}

/// The answer as that client wants it: signed, encrypted, or both (OpenID Connect Core 1.0 section 5.3.2). `None`: neither.
async fn for_client(engine: &Engine, client: &Known, all: &mut Map<String, Value>) -> Reply<Option<String>> {
    let envelope = engine.envelope(client, client.encryptions.userinfo).await?;
    let Some(algorithm) = client.userinfo_algorithm else {
        return envelope.around_claims(&Value::Object(all.clone()).to_string());
    };
    all.insert("iss".into(), client.here.issuer.as_str().into());
    all.insert("aud".into(), client.client_id.as_str().into());
    let token = engine.keys_of(client)?.encoder_with(Some(algorithm)).encode(all)?;
    envelope.around(token).map(Some)
}

/// The token of the header, or of the form when there is none; one of both at once is no request (RFC 6750 section 2).
async fn holder(engine: &Engine, body: &Body, cx: &Ctx) -> Reply<Arc<Good>> {
    // What stands in an address ends up in logs: UAA takes a token there as well, this does not (RFC 9700 section 4.3.2).
    let form = form(body, "")?;
    let in_form = form.iter().find(|(name, _)| name == "access_token").map(|(_, value)| value.as_str());
    let presented = match (cx.presented(), in_form) {
        (Some(_), Some(_)) => {
            return Err(invalid_request("the token came twice: in the header and in the form"));
        }
        (Some(presented), None) => presented,
        (None, Some(token)) => {
            let (method, site, path) = (&cx.method, Site::Uaa, &*cx.path);
            Presented {
                token,
                scheme: Scheme::Bearer,
                method,
                site,
                path,
                headers: &cx.headers,
                certificate: cx.caller.certificate.as_deref(),
            }
        }
        (None, None) => return Err(Fault::Denied(Denied::Anonymous, "user")),
    };
    engine.presented(&presented, &cx.here(), cx.now()).await
}

async fn members(user: Uuid, profile: bool, cx: &mut Ctx) -> Reply<Map<String, Value>> {
    cx.tx().assume(Duty::SignIn);
    let seen = cx.tx().visible::<User>().await?;
    let row = cx.tx().find(&seen, Cond::Ids("guid", vec![user])).await?;
    let row = row.ok_or(Fault::Denied(Denied::Unauthenticated, "user"))?;
    let logon = cx.tx().logons(&seen, &[user]).await?.remove(&user).unwrap_or_default();
    let updated = epoch_seconds(row.updated_at);
    let person = Person::new(row);
    let id = person.id.to_string();
    let mut all = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            all.insert(name.to_owned(), value.into());
        }
    };
    put("user_id", Some(&id));
    put("sub", Some(&id));
    put("user_name", Some(&person.username));
    put("given_name", person.given_name.as_deref());
    put("family_name", person.family_name.as_deref());
    // Section 5.3.2: what is empty is left out. UAA has an empty text there.
    put("name", person.name().as_deref());
    put("email", Some(&person.email));
    put("phone_number", person.phone.as_deref());
    if profile {
        // OpenID Connect Core 1.0 section 5.1; UAA has neither.
        put("preferred_username", Some(&person.username));
        all.insert("updated_at".into(), updated.into());
    }
    all.insert("email_verified".into(), person.verified.into());
    // In milliseconds. UAA has the member always, and `null` in it for who has signed in once.
    if let Some(previous) = logon.previous() {
        all.insert("previous_logon_time".into(), previous.into());
    }
    Ok(all)
}

/// What [`members`] look like: for a sector, fewer.
fn looks() -> Shape {
    let texts =
        ["user_name", "given_name", "family_name", "name", "email", "phone_number", "preferred_username"];
    object([("user_id", TEXT), ("sub", TEXT)])
        .perhaps(texts.map(|name| (name, TEXT)))
        .perhaps([("updated_at", NUMBER), ("previous_logon_time", NUMBER), ("email_verified", FLAG)])
        .named("userinfo")
}

/// OpenID Connect Core 1.0 section 8.1: under the sector's name, and nothing else that tells who it is but what a scope was given for.
fn for_sector(all: &mut Map<String, Value>, name: &str, has_scope: impl Fn(&str) -> bool) {
    for (scope, members) in [
        (
            "profile",
            &["user_name", "given_name", "family_name", "name", "preferred_username", "updated_at"][..],
        ),
        ("email", &["email", "email_verified"]),
        ("phone", &["phone_number"]),
    ] {
        if !has_scope(scope) {
            all.retain(|member, _| !members.contains(&member.as_str()));
        }
    }
    // To the millisecond it is the same in every sector, and nearly nobody else's.
    all.remove("previous_logon_time");
    for member in ["sub", "user_id"] {
        all.insert(member.into(), name.into());
    }
}

/// A client's own token, or one without `openid` (RFC 6750 section 3.1).
fn lacking() -> Fault {
    insufficient_scope("openid", "Insufficient scope for this resource")
}
