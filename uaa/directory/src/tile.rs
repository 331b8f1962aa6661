//! How a client shows on people's home page: UAA's `/oauth/clients/{id}/meta`.

use crate::png::Png;
use crate::{Client, ClientOwn, hex};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uaa_authz::Duty;
use uaa_model::{Fault, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Fields, Query, Set};
use uaa_token::digest;
use uuid::Uuid;

/// A tile, as UAA's API writes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientTile {
    /// `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// What people call it, where that is not the client's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Whether it is shown at all.
    pub show_on_home_page: bool,
    /// Where it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_launch_url: Option<String>,
    /// A PNG in base64; empty where there is none, as UAA's readers need the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_icon: Option<String>,
    /// Who described it first: a person's identifier, or a `client_id`. What a request says of it counts for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub created_by: Option<String>,
}

impl ClientTile {
    /// That of a client; one that was never described is not shown.
    pub fn of(own: &ClientOwn) -> ClientTile {
        let blank = || ClientTile { client_id: Some(own.client_id.clone()), ..ClientTile::default() };
        ClientTile::described(own).unwrap_or_else(blank)
    }

    fn described(own: &ClientOwn) -> Option<ClientTile> {
        let more: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
        let kept = serde_json::from_value::<ClientTile>(more.get(MEMBER)?.clone()).ok()?;
        Some(ClientTile { client_id: Some(own.client_id.clone()), ..kept })
    }

    /// As it is kept of what was sent: with whoever described it first, who is `by` where nobody did before.
    pub fn told(self, own: &ClientOwn, by: &str) -> ClientTile {
        let before = ClientTile::described(own).and_then(|before| before.created_by);
        ClientTile {
            client_id: Some(own.client_id.clone()),
            app_icon: Some(self.app_icon.unwrap_or_default()),
            created_by: Some(before.unwrap_or_else(|| by.to_owned())),
            ..self
        }
    }

    /// What puts it down with the client.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn set(&self, own: &ClientOwn) -> Reply<Set<Client>> {
        let mut more: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
        let tile = serde_json::to_value(self).map_err(|e| Fault::Internal(e.to_string()))?;
        more.insert(MEMBER.into(), tile);
        Ok(Set::default().put(Client::more, Value::Object(more).to_string()))
    }

    /// All of the zone, by client id, each with the identifier and the name of its client.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn all(cx: &mut Ctx) -> Reply<Vec<(Uuid, String, ClientTile)>> {
        let me = cx.tx().assume(Duty::SignIn);
        let found = list(cx).await;
        cx.tx().resume(me);
        found
    }

    /// The name of its icon, which changes with the picture; `None`: there is none that a browser would draw.
    pub fn icon_name(&self, client: Uuid) -> Option<String> {
        let icon = self.app_icon.as_ref()?;
        Png::read(icon).ok()?;
        Some(format!("{client}.{}.png", &hex(&digest(icon))[..16]))
    }

    /// The picture of that name, for whoever has been told the name.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn icon(name: &str, cx: &mut Ctx) -> Reply<Option<Vec<u8>>> {
        let Some(client) = name.split('.').next().and_then(|id| id.parse::<Uuid>().ok()) else {
            return Ok(None);
        };
        let me = cx.tx().assume(Duty::SignIn);
        let row = match cx.tx().visible::<Client>().await {
            Ok(seen) => cx.tx().find(&seen, Cond::Ids("guid", vec![client])).await,
            Err(fault) => Err(fault),
        };
        cx.tx().resume(me);
        let tile = row?.map(|row| ClientTile::of(&row.own));
        let tile =
            tile.filter(|tile| tile.show_on_home_page && tile.icon_name(client).as_deref() == Some(name));
        Ok(tile.and_then(|tile| Png::read(&tile.app_icon?).ok()).map(Png::into_bytes))
    }
}

async fn list(cx: &mut Ctx) -> Reply<Vec<(Uuid, String, ClientTile)>> {
    let seen = cx.tx().visible::<Client>().await?;
    let with = Cond::Contains(Field::Text("more"), format!("\"{MEMBER}\""));
    let rows = cx.tx().list(&seen, &Query::first(MOST).when(with).by("client_id", false)).await?.rows;
    // The name may stand deeper in a member of somebody else's.
    let tile = |row: Fields<ClientOwn>| Some((row.guid, ClientTile::described(&row.own)?, row.own.name));
    Ok(rows.into_iter().filter_map(tile).map(|(id, tile, name)| (id, name, tile)).collect())
}

/// Where it stands among the fields without a column.
const MEMBER: &str = "home_page_tile";
const MOST: i64 = 500;
