//! Requests that are put down: their client handed them in (RFC 9126), or they came signed (RFC 9101). From then on the browser
//! carries a name, and what is behind it is answered once.

use super::request::Stop;
use crate::client::Known;
use crate::engine::Engine;
use crate::stored::again;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uaa_authz::{Actor, Duty, Update};
use uaa_directory::{Keep, Token, TokenOwn, hex, keep_in};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Fields, Set, Want};
use uaa_token::digest;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

/// What the authorization endpoint was asked, wherever the words stood.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) form: Vec<(String, String)>,
    pub(crate) way: Way,
}

/// How the words came.
#[derive(Debug)]
pub(crate) enum Way {
    /// With the browser.
    Browser,
    /// With the client, which hands them in now.
    Client {
        /// Whether it has signed them.
        signed: bool,
    },
    /// By the name under which they were put down.
    Name(Pushed),
}

/// A request that was put down.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    guid: Uuid,
    name: String,
    client_id: String,
    kept: Kept,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    form: Vec<(String, String)>,
    /// Of the client, when it was put down: a new secret ends it.
    generation: i64,
    /// When a person was first asked for something because of it.
    #[serde(default)]
    opened: Option<Micros>,
}

/// Puts a request down, in a transaction of its own. `jti`: under what it cannot be put down twice; `None`: it was.
pub(super) async fn put_down(
    engine: &Engine,
    client: &Known,
    form: Vec<(String, String)>,
    (jti, text): (&str, &str),
    cx: &Ctx,
) -> Reply<Option<Pushed>> {
    let zone = client.here.guid;
    let actor = Arc::new(Actor::system(engine.access.registry(), Duty::SignIn, zone));
    let tx = engine.access.begin(actor, zone, Want::Write, "pushed_request_create", "".into());
    let mut tx = tx.counted_in(cx.ran());
    let kept = Kept { form, generation: client.generation, opened: None };
    let row = Keep {
        jti,
        text,
        kind: KIND,
        client_id: &client.client_id,
        subject: client.id,
        family: client.id,
        claims: kept.text()?,
        expires: tx.now() + SECONDS * 1_000_000,
        session: None,
    };
    let made = match keep_in(&mut tx, row).await {
        Ok(made) => {
            // The answer is an entry; one that never comes leaves nothing behind.
            tx.unsaid();
            tx.commit().await.map(|_| made)
        }
        Err(fault) => Err(fault),
    };
    let guid = match made {
        Ok(made) => made.id().uuid(),
        Err(Fault::Unique(_)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    Ok(Some(Pushed { guid, name: format!("{URN}{text}"), client_id: client.client_id.clone(), kept }))
}

/// What this client put down under that name, if it may still be answered.
pub(super) async fn find(client: &Known, name: &str, cx: &mut Ctx) -> Reply<Option<Pushed>> {
    let Some(text) = name.strip_prefix(URN) else { return Ok(None) };
    let me = cx.tx().assume(Duty::SignIn);
    let row = row(text, cx).await;
    cx.tx().resume(me);
    let now = cx.now();
    let good = |row: &Fields<TokenOwn>| {
        let own = &row.own;
        own.kind == KIND && own.client_id == client.client_id && !own.used && now < own.expires
    };
    let Some(row) = row?.filter(good) else { return Ok(None) };
    let kept: Kept = serde_json::from_str(&row.own.claims).map_err(|e| Fault::Internal(e.to_string()))?;
    if kept.generation != client.generation {
        return Ok(None);
    }
    Ok(Some(Pushed { guid: row.guid, name: name.to_owned(), client_id: client.client_id.clone(), kept }))
}

async fn row(text: &str, cx: &mut Ctx) -> Reply<Option<Fields<TokenOwn>>> {
    let seen = cx.tx().visible::<Token>().await?;
    cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![hex(&digest(text))])).await
}

impl Pushed {
    /// The name of the request.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn form(&self) -> Vec<(String, String)> {
        self.kept.form.clone()
    }

    /// When a person was first asked for something because of it.
    pub(super) fn opened(&self) -> Option<Micros> {
        self.kept.opened
    }

    /// The query with which the browser comes back to it.
    fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("client_id", &self.client_id).append_pair("request_uri", &self.name);
        query.finish()
    }

    /// Now a person is asked for something: that takes longer than a redirect. What the sign-in has to be newer than is from here
    /// on.
    async fn open(&self, cx: &mut Ctx) -> Reply<()> {
        if self.kept.opened.is_some() {
            return Ok(());
        }
        cx.step(Want::Write).await?;
        let now = cx.now();
        let kept = Kept { opened: Some(now), ..self.kept.clone() };
        let me = cx.tx().assume(Duty::SignIn);
        let granted = cx.tx().grant::<Update, Token>(Id::new(self.guid)).await.map_err(again);
        cx.tx().resume(me);
        let set = Set::default().put(Token::claims, kept.text()?).put(Token::expires, now + PATIENCE);
        cx.tx().update(&granted?, set).await
    }

    /// Whether nobody has answered it before. The transaction must be one that writes.
    async fn spend(&self, cx: &mut Ctx) -> Reply<bool> {
        let me = cx.tx().assume(Duty::SignIn);
        let granted = cx.tx().grant::<Update, Token>(Id::new(self.guid)).await.map_err(again);
        let won = match granted {
            Ok(granted) => cx.tx().claim(&granted, Token::used).await,
            Err(fault) => Err(fault),
        };
        cx.tx().resume(me);
        won
    }
}

impl Request {
    /// The query with which the browser comes back after it was somewhere else: the same request, or its name.
    pub(super) fn query(&self, form: &[(String, String)]) -> String {
        match &self.way {
            Way::Name(pushed) => pushed.query(),
            Way::Browser | Way::Client { .. } => Serializer::new(String::new()).extend_pairs(form).finish(),
        }
    }

    /// A person is about to be asked for something.
    pub(super) async fn open(&self, cx: &mut Ctx) -> Reply<()> {
        match &self.way {
            Way::Name(pushed) => pushed.open(cx).await,
            Way::Browser | Way::Client { .. } => Ok(()),
        }
    }

    /// It is being answered: what was put down is answered once (RFC 9126 section 4), of many at once as well.
    pub(super) async fn spend(&self, cx: &mut Ctx) -> Result<(), Stop> {
        let Way::Name(pushed) = &self.way else { return Ok(()) };
        cx.step_to_write().await?;
        match pushed.spend(cx).await? {
            true => Ok(()),
            false => Err(Stop::Page { error: NOT_GOOD, client: None }),
        }
    }
}

impl Kept {
    fn text(&self) -> Reply<String> {
        serde_json::to_string(self).map_err(|e| Fault::Internal(e.to_string()))
    }
}

/// RFC 9126 section 2.2.
pub(super) const URN: &str = "urn:ietf:params:oauth:request_uri:";
/// RFC 9101 section 7.
pub(super) const NOT_GOOD: &str = "invalid_request_uri";
/// The column `kind` of its row.
const KIND: &str = "request";
/// From handing it in to the browser that brings its name along: one redirect.
pub(crate) const SECONDS: i64 = 60;
/// For the person to sign in and to read what is asked.
const PATIENCE: Micros = 1_800_000_000;
