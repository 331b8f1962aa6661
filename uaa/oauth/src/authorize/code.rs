//! What the authorization endpoint gives out: a code that is kept as a row until it is redeemed, and what goes through the
//! browser beside it or instead of it (implicit and hybrid flows).

use super::Who;
use super::request::{Asked, Stop};
use crate::engine::Engine;
use crate::issue::Order;
use crate::person::{Authentication, Person};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uaa_authz::Duty;
use uaa_directory::{Keep, keep as keep_token};
use uaa_model::{Fault, Reply};
use uaa_plugin::{Ctx, field};
use uaa_store::Annotation;
use uaa_token::Confirmation;

/// What is kept with a code.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// `redirect_uri` as the authorization request sent it; `None`: it sent none.
    pub(crate) redirect_sent: Option<String>,
    /// Where the code went.
    pub(crate) redirect: String,
    pub(crate) scopes: Vec<String>,
    #[serde(flatten)]
    pub(crate) authentication: Authentication,
    /// For the first ID token; [`Authentication`] does not keep it.
    pub(crate) for_id_token: Option<String>,
    /// RFC 7636: the challenge with its method, as `oxide-auth` writes it.
    pub(crate) challenge: Option<String>,
    /// Of the user and the client, when the code was made.
    pub(crate) generations: (i64, i64),
    /// The key that must be shown to redeem it (RFC 9449 section 10).
    #[serde(default)]
    pub(crate) dpop_jkt: Option<String>,
}

/// Makes a code. The transaction must be one that writes.
pub(super) async fn keep(
    engine: &Engine,
    asked: &Asked,
    scopes: &[String],
    who: &Who,
    cx: &mut Ctx,
) -> Result<String, Stop> {
    let me = cx.tx().assume(Duty::SignIn);
    let person = person(asked, who, cx).await?;
    // Twice as long as it need be: OpenID's suite takes the entropy of the very text, of which one in 9,000 would be too regular.
    let text = engine.ids.hex32() + &engine.ids.hex32();
    let kept = Kept {
        redirect_sent: asked.redirect_sent.clone(),
        redirect: asked.back.uri.clone(),
        scopes: scopes.to_vec(),
        for_id_token: asked.nonce.clone(),
        authentication: who.authentication.clone(),
        challenge: asked.challenge.clone(),
        generations: (person.generation, asked.client.generation),
        dpop_jkt: asked.dpop_jkt.clone(),
    };
    let row = Keep {
        jti: &engine.ids.hex32(),
        text: &text,
        kind: "code",
        client_id: &asked.client.client_id,
        subject: person.id,
        // Whatever comes of the code is of one family: it ends when the code comes a second time.
        family: engine.ids.uuid(),
        claims: serde_json::to_string(&kept).map_err(|e| Fault::Internal(e.to_string()))?,
        expires: cx.now() + SECONDS * 1_000_000,
        session: who.authentication.session()?,
    };
    engine.in_name_of(Some(&person), &asked.client, cx);
    let done = keep_token(cx, row).await;
    let data = json!({"token": "code", "client": asked.client.client_id, "scope": scopes.join(" ")});
    cx.tx().annotate(Annotation { target_name: person.username.clone(), data, ..Annotation::default() });
    cx.tx().resume(me);
    done?;
    Ok(text)
}

/// The tokens that go through the browser, as parameters of the answer.
pub(super) async fn front_channel(
    engine: &Engine,
    asked: &Asked,
    scopes: &[String],
    who: &Who,
    code: Option<&str>,
    cx: &mut Ctx,
) -> Result<Vec<(&'static str, String)>, Stop> {
    if !asked.wanted.token && !asked.wanted.id_token {
        return Ok(vec![]);
    }
    let me = cx.tx().assume(Duty::SignIn);
    let made = tokens(engine, asked, scopes, who, code, cx).await;
    cx.tx().resume(me);
    made
}

async fn tokens(
    engine: &Engine,
    asked: &Asked,
    scopes: &[String],
    who: &Who,
    code: Option<&str>,
    cx: &mut Ctx,
) -> Result<Vec<(&'static str, String)>, Stop> {
    let person = person(asked, who, cx).await?;
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &who.authentication,
        scopes,
        grant: "implicit",
        client_auth: None,
        bound: &Confirmation::default(),
        opaque: field(&asked.request.form, "token_format") == Some("opaque"),
        code,
        envelope: &asked.envelope,
        renewal: None,
    };
    let mut out = vec![];
    let mut access = None;
    if asked.wanted.token {
        let issued = engine.issue_to_person(&order, cx).await?;
        let members = issued.members()?;
        for name in ["access_token", "token_type", "expires_in", "scope", "jti"] {
            match members.get(name) {
                Some(Value::String(text)) => out.push((name, text.clone())),
                Some(other) => out.push((name, other.to_string())),
                None => {}
            }
        }
        access = Some(issued.access_token);
    }
    if asked.wanted.id_token && scopes.iter().any(|scope| scope == "openid") {
        out.push(("id_token", engine.id_token(&order, access.as_deref(), cx).await?));
    }
    Ok(out)
}

/// Who it is for, if it may be for them: nothing is made that the token endpoint would refuse.
async fn person(asked: &Asked, who: &Who, cx: &mut Ctx) -> Result<Person, Stop> {
    let person = Person::find(who.user, "the person may not sign in any more", cx).await;
    let person = person.and_then(|person| asked.client.is_open_to(&person.origin).map(|()| person));
    person.map_err(|fault| match fault {
        Fault::Protocol(_, text, _) => Stop::Back(Box::new(asked.back.clone()), "access_denied", text),
        other => Stop::Fault(other),
    })
}

/// RFC 6749 section 4.1.2 allows ten minutes; UAA has five. It goes from a redirect to a back channel at once: one is enough
/// (FAPI 2.0 Security Profile section 5.3.2.1).
const SECONDS: i64 = 60;

impl Kept {
    pub(crate) fn read(text: &str) -> Reply<Kept> {
        let mut kept: Kept = serde_json::from_str(text).map_err(|e| Fault::Internal(e.to_string()))?;
        kept.authentication.nonce = kept.for_id_token.take();
        Ok(kept)
    }
}
