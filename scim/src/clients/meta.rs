//! `/oauth/clients/…/meta`: how a client shows on people's home page.

use super::body::refused;
use super::note;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uaa_authz::{Duty, Resource, Update};
use uaa_directory::{ByName, Client, ClientOwn};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{FLAG, Shape, TEXT, object};
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo};
use uaa_store::{Cond, Field, Query, Set};

/// A tile.
#[derive(Clone, Debug, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Tile {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    show_on_home_page: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_launch_url: Option<String>,
    /// A picture in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    app_icon: Option<String>,
}

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
    cx.tx().assume(Duty::SignIn);
    let seen = cx.tx().visible::<Client>().await?;
    let with = Cond::Contains(Field::Text("more"), format!("\"{MEMBER}\""));
    let rows = cx.tx().list(&seen, &Query::first(MOST).when(with).by("client_id", false)).await?.rows;
    let tiles: Vec<Tile> = rows.iter().filter_map(|row| described(&row.own)).collect();
    Answer::ok(&serde_json::to_value(tiles).map_err(|e| Fault::Internal(e.to_string()))?)
}

/// That of a client; one that was never described is not shown.
pub(super) async fn show(_: Anybody, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let name = cx.params.text(0).to_owned();
    cx.tx().assume(Duty::SignIn);
    let seen = cx.tx().visible::<Client>().await?;
    let row = cx.tx().find(&seen, Cond::In(Field::Text("client_id"), vec![name])).await?;
    let row = row.ok_or(Fault::Denied(Denied::Hidden, Client::KIND.name))?;
    answer(&tile(&row.own))
}

pub(super) async fn replace(
    ByName(client): ByName<Update, Client>,
    Json(mut tile): Json<Tile>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let own = cx.tx().get(&client).await?.own;
    let id = own.client_id.as_str();
    if let Some(other) = tile.client_id.as_deref().filter(|other| !other.trim().is_empty() && *other != id) {
        let text = format!("Client ID in body {{{other}}} does not match URL path {{{id}}}");
        return Err(refused(text));
    }
    tile.client_id = Some(id.to_owned());
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
    let mut more: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
    more.insert(MEMBER.into(), serde_json::to_value(&tile).map_err(|e| Fault::Internal(e.to_string()))?);
    cx.tx().update(&client, Set::default().put(Client::more, Value::Object(more).to_string())).await?;
    note(cx.tx(), "ClientUpdateSuccess", id);
    answer(&tile)
}

fn tile(own: &ClientOwn) -> Tile {
    described(own).unwrap_or_else(|| Tile { client_id: Some(own.client_id.clone()), ..Tile::default() })
}

/// The tile of a client that was given one: the name may stand deeper in a member of somebody else's.
fn described(own: &ClientOwn) -> Option<Tile> {
    let more: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
    let kept = serde_json::from_value::<Tile>(more.get(MEMBER)?.clone()).ok()?;
    Some(Tile { client_id: Some(own.client_id.clone()), ..kept })
}

fn answer(tile: &Tile) -> Reply<Answer> {
    Answer::ok(&serde_json::to_value(tile).map_err(|e| Fault::Internal(e.to_string()))?)
}

pub(super) fn looks() -> Shape {
    object([("clientId", TEXT), ("showOnHomePage", FLAG)])
        .perhaps([("clientName", TEXT), ("appLaunchUrl", TEXT), ("appIcon", TEXT)])
        .named("client_tile")
}

/// Where it stands among the fields without a column.
const MEMBER: &str = "home_page_tile";
const MOST: i64 = 500;
