//! Between the steps of a sign-in: a right password that is not enough.
//!
//! It is no session and of another type: no page but those of the second step takes it. What the browser holds has a name of its
//! own, so that nothing that looks for a session finds it. It ends after ten minutes, or once used.

use super::{Assurance, joined};
use crate::session::cookie;
use crate::{Keep, Sessions, SignedIn, Token, User, UserOwn, Whom, hex, keep};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uaa_authz::{Duty, Read, Update};
use uaa_model::{Fault, Id, Reply, Secret};
use uaa_plugin::Ctx;
use uaa_store::{Annotation, Cond, Field, Fields, Set};
use uaa_token::digest;
use uuid::Uuid;

/// A sign-in that has not come to its end.
#[derive(Debug)]
pub struct Half {
    row: Uuid,
    /// The person, if they prove the rest.
    pub user: Fields<UserOwn>,
    kept: Kept,
}

/// What is kept of it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    amr: Vec<String>,
    remember: bool,
    generation: i64,
    /// The client that the person signs in for.
    #[serde(default)]
    client: String,
}

impl Half {
    /// Begins one in the transaction at hand, which must write, and gives the header that tells the browser.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin(new: &SignedIn<'_>, cx: &mut Ctx) -> Reply<String> {
        let user = new.user;
        let ids = cx.tx().ids().clone();
        let held = Secret::new(ids.hex32() + &ids.hex32());
        let kept = Kept {
            amr: new.amr.iter().map(|proof| (*proof).to_owned()).collect(),
            remember: new.remember,
            client: new.client.to_owned(),
            generation: user.own.generation,
        };
        let row = Keep {
            jti: &ids.hex32(),
            text: held.expose(),
            kind: KIND,
            client_id: "",
            subject: user.guid,
            family: ids.uuid(),
            claims: kept.text()?,
            expires: cx.now() + SECONDS * 1_000_000,
            session: None,
        };
        let before = cx.tx().assume(Duty::SignIn);
        let done = keep(cx, row).await;
        let whom = Whom::of(user);
        let data = json!({"origin": whom.origin, "amr": new.amr.join(" "), "client": new.client, "lacks": "second_factor"});
        cx.tx().annotate(Annotation { target_name: whom.username.to_owned(), data, ..Annotation::default() });
        let actor = whom.actor(new.client, cx);
        cx.tx().in_the_name_of(actor);
        cx.tx().resume(before);
        done.map(|_| cookie::set_half(cx, &held, SECONDS))
    }

    /// The one of the request's cookie, if it is good.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn current(cx: &mut Ctx) -> Reply<Option<Half>> {
        let Some(held) = cookie::half(cx) else { return Ok(None) };
        let before = cx.tx().assume(Duty::SignIn);
        let found = read(&held, cx).await;
        cx.tx().resume(before);
        found
    }

    /// How the person has proved who they are so far.
    pub fn amr(&self) -> &[String] {
        &self.kept.amr
    }

    /// Whether that is enough.
    pub fn is_whole(&self) -> bool {
        Assurance::of(&self.kept.amr) >= Assurance::Two
    }

    /// Adds a proof, in the transaction at hand, which must write: the sign-in goes on a page later.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn add(&self, proofs: &[&str], cx: &mut Ctx) -> Reply<()> {
        let amr = joined(&self.kept.amr, proofs);
        let Kept { remember, generation, ref client, .. } = self.kept;
        let text = Kept { amr, remember, generation, client: client.clone() }.text()?;
        let actor = Whom::of(&self.user).actor(client, cx);
        cx.tx().in_the_name_of(actor);
        let before = cx.tx().assume(Duty::SignIn);
        let done = match cx.tx().grant::<Update, Token>(Id::new(self.row)).await {
            Ok(row) => cx.tx().update(&row, Set::default().put(Token::claims, text)).await,
            Err(fault) => Err(fault),
        };
        cx.tx().resume(before);
        done
    }

    /// Makes a session of it, once, in the transaction at hand, which must write. Gives the headers for the browser; `None` when
    /// it was used at the same moment.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn finish(
        self,
        proofs: &[&str],
        sessions: &Sessions,
        cx: &mut Ctx,
    ) -> Reply<Option<Vec<String>>> {
        let before = cx.tx().assume(Duty::SignIn);
        let won = match cx.tx().grant::<Update, Token>(Id::new(self.row)).await {
            Ok(row) => cx.tx().claim(&row, Token::used).await,
            Err(Fault::Denied(..)) => Ok(false),
            Err(fault) => Err(fault),
        };
        cx.tx().resume(before);
        if !won? {
            return Ok(None);
        }
        let amr = joined(&self.kept.amr, proofs);
        let amr: Vec<&str> = amr.iter().map(String::as_str).collect();
        let Kept { remember, ref client, .. } = self.kept;
        let new = SignedIn { user: &self.user, amr: &amr, second_at: cx.now(), remember, client };
        let mut set = sessions.begin(&new, cx).await?;
        set.push(cookie::forget_half(cx));
        Ok(Some(set))
    }
}

impl Kept {
    fn text(&self) -> Reply<String> {
        serde_json::to_string(self).map_err(|e| Fault::Internal(e.to_string()))
    }
}

async fn read(held: &Secret, cx: &mut Ctx) -> Reply<Option<Half>> {
    let seen = cx.tx().visible::<Token>().await?;
    let key = hex(&digest(held.expose()));
    let row = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![key])).await?;
    let now = cx.now();
    let row = row.filter(|row| row.own.kind == KIND && !row.own.used && now < row.own.expires);
    let Some(row) = row else { return Ok(None) };
    let kept: Kept = serde_json::from_str(&row.own.claims).map_err(|e| Fault::Internal(e.to_string()))?;
    let user = match cx.tx().grant::<Read, User>(Id::new(row.own.subject)).await {
        Ok(user) => cx.tx().get(&user).await?,
        Err(Fault::Denied(..)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let same = user.own.active && user.own.generation == kept.generation;
    Ok(same.then_some(Half { row: row.guid, user, kept }))
}

/// The column `kind` of its row.
const KIND: &str = "half";
/// How long the steps of a sign-in may be apart.
const SECONDS: i64 = 600;
