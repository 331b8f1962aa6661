//! `/identity-providers`: who else knows a zone's people, as UAA shows and takes it.

mod body;
mod own;
mod view;
mod write;

use crate::route;
use axum::http::Method;
use body::{Asked, Raw};
use uaa_authz::Read;
use uaa_directory::{IdentityProvider, ProviderSecrets};
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Route, shape, with};
use uaa_store::{Cond, Field, Granted, Query, Visible};

/// What the handlers work with.
#[derive(Clone)]
pub(crate) struct Keeper {
    /// Seals what is secret of a provider.
    pub(crate) secrets: ProviderSecrets,
}

/// The routes.
pub(crate) fn routes(keeper: &Keeper) -> Vec<Route> {
    let (all, one) = ("/identity-providers", "/identity-providers/{id}");
    let k = || keeper.clone();
    vec![
        route(Method::GET, all, "identity_provider_list", list)
            .answers(Answers::ok(|| shape::list(view::looks()))),
        route(Method::POST, all, "identity_provider_create", with(k(), write::create))
            .answers(Answers::created(view::looks)),
        route(Method::GET, one, "identity_provider_show", show).answers(Answers::ok(view::looks)),
        route(Method::PUT, one, "identity_provider_replace", with(k(), write::replace))
            .answers(Answers::ok(view::looks)),
        route(Method::DELETE, one, "identity_provider_delete", write::delete)
            .answers(Answers::ok(view::looks)),
    ]
}

/// All of the zone in one answer, as in UAA. Of an origin that none has there is nothing to list.
async fn list(seen: Visible<IdentityProvider>, asked: Asked, cx: &mut Ctx) -> Reply<Answer> {
    let mut query = Query::first(i64::from(u32::MAX));
    if asked.active_only {
        query = query.when(Cond::Is("active", true));
    }
    if let Some(origin) = &asked.origin {
        query = query.when(Cond::In(Field::Text("origin"), vec![origin.clone()]));
    }
    let rows = cx.tx().list(&seen, &query).await?.rows;
    if rows.is_empty() && asked.origin.is_some() {
        return Err(Fault::NotFound("Provider not found.".into()));
    }
    let here = cx.here();
    Answer::ok(&rows.iter().map(|row| view::provider(row, asked.raw, &here)).collect())
}

async fn show(provider: Granted<Read, IdentityProvider>, Raw(raw): Raw, cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&provider).await?;
    Answer::ok(&view::provider(&row, raw, &cx.here()))
}

/// Understood and wrong.
fn invalid(text: impl Into<String>) -> Fault {
    Fault::protocol(Code::new(422, "invalid_identity_provider"), text.into())
}
