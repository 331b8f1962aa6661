//! `/oauth/clients/…/meta`: how a client shows on people's home page.

use super::body::refused;
use super::note;
use axum::http::StatusCode;
use uaa_authz::{Duty, Resource, Subject, Update};
use uaa_directory::{ByName, Client, ClientTile};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{FLAG, Shape, TEXT, object};
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo};
use uaa_store::{Cond, Field};

/// Any good token: tiles are for everybody who has signed in.
pub(super) struct Anybody;

impl<I: Sync> Need<I> for Anybody {
    const INFO: NeedInfo = NeedInfo::Own("home page");

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        match cx.tx().actor().subject.id() {
            Some(_) => Ok(Anybody),
            None => Err(Fault::Denied(Denied::Unauthenticated, Client::KIND.name)),
        }
    }
}

/// The tiles that there are.
pub(super) async fn list(_: Anybody, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let tiles: Vec<ClientTile> = ClientTile::all(cx).await?.into_iter().map(|(_, _, tile)| tile).collect();
    Answer::json(StatusCode::OK, &tiles)
}

/// That of a client; one that was never described is not shown.
pub(super) async fn show(_: Anybody, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let name = cx.params.text(0).to_owned();
    cx.tx().assume(Duty::SignIn);
    let seen = cx.tx().visible::<Client>().await?;
    let row = cx.tx().find(&seen, Cond::In(Field::Text("client_id"), vec![name])).await?;
    let row = row.ok_or(Fault::Denied(Denied::Hidden, Client::KIND.name))?;
    Answer::json(StatusCode::OK, &ClientTile::of(&row.own))
}

pub(super) async fn replace(
    ByName(client): ByName<Update, Client>,
    Json(tile): Json<ClientTile>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let own = cx.tx().get(&client).await?.own;
    let id = own.client_id.as_str();
    if let Some(other) = tile.client_id.as_deref().filter(|other| !other.trim().is_empty() && *other != id) {
        let text = format!("Client ID in body {{{other}}} does not match URL path {{{id}}}");
        return Err(refused(text));
    }
    if let Some(url) = &tile.app_launch_url {
        // It becomes a link on a page: nothing that a browser would run.
        let web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
        if !web || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(refused("appLaunchUrl must be an address of the web"));
        }
    }
    let base64 = |c: char| c.is_ascii_alphanumeric() || "+/=\r\n".contains(c);
    if tile.app_icon.as_ref().is_some_and(|icon| !icon.chars().all(base64)) {
        return Err(refused("appIcon must be base64"));
    }
    let actor = cx.tx().actor().clone();
    let by = match actor.subject {
        Subject::User(id) => id.to_string(),
        Subject::Client(_) | Subject::System(_) | Subject::Nobody => actor.client.to_string(),
    };
    let tile = tile.told(&own, &by);
    cx.tx().update(&client, tile.set(&own)?).await?;
    note(cx.tx(), "ClientUpdateSuccess", id);
    Answer::json(StatusCode::OK, &tile)
}

pub(super) fn looks() -> Shape {
    object([("clientId", TEXT), ("showOnHomePage", FLAG)])
        .perhaps([("clientName", TEXT), ("appLaunchUrl", TEXT), ("appIcon", TEXT), ("createdBy", TEXT)])
        .named("client_tile")
}
