//! `/` and `/home`: what somebody can open with their account.

use crate::LoginPages;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{ClientTile, Shown};
use uaa_look::{Home, Tile};
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, ZoneInfo, with};
use url::Url;
use uuid::Uuid;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    vec![
        Route::public(Uaa, Method::GET, "/", "front_show", Oauth, why, with(login.clone(), show)),
        Route::public(Uaa, Method::GET, "/home", "home_show", Oauth, why, with(login.clone(), show)),
    ]
}

/// The pictures of its tiles.
pub(crate) fn icon_route(login: &Arc<LoginPages>) -> Route {
    let why = "a browser's session says who it is, and for whoever has none there is no picture";
    let path = "/home/icons/{name}";
    Route::public(Uaa, Method::GET, path, "home_icon_show", Oauth, why, with(login.clone(), icon))
        .answers(Answers::media(StatusCode::OK, "image/png"))
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let Some(live) = login.sessions.current(cx).await? else {
        return login.pages.sign_in_first("/home", cx);
    };
    let known = login.sessions.accounts().with(&live, cx);
    let answer = match elsewhere(&cx.here()) {
        Some(elsewhere) => Answer::found(&elsewhere)?.with(header::CACHE_CONTROL, "no-store")?,
        None => {
            let tiles = ClientTile::all(cx).await?.into_iter();
            let tiles = tiles.filter_map(|(id, name, tile)| shown(id, name, tile));
            let page = Home { tiles: tiles.collect() };
            let shown = Shown { live: Some(&live), ..Shown::new(StatusCode::OK, "/home") };
            login.pages.show(&page, shown, cx)?
        }
    };
    match known {
        Some(set) => answer.cookie(&set),
        None => Ok(answer),
    }
}

/// Where the zone has people begin, if that is not here.
fn elsewhere(here: &ZoneInfo) -> Option<String> {
    let to = here.config.home_redirect()?;
    let to = to.replace("{zone.id}", &here.id).replace("{zone.subdomain}", &here.subdomain);
    let whole = if to.starts_with('/') { format!("{}{to}", here.login) } else { to };
    Url::parse(&whole).is_ok_and(|url| ["http", "https"].contains(&url.scheme())).then_some(whole)
}

/// As UAA has it: a client that wants to be shown and says where it opens.
fn shown(client: Uuid, name: String, tile: ClientTile) -> Option<Tile> {
    let logo = tile.icon_name(client).map(|name| format!("/home/icons/{name}"));
    let href = tile.app_launch_url.filter(|_| tile.show_on_home_page)?;
    let mut named = tile.client_name.into_iter().chain([name]);
    let named = named.find(|name| !name.trim().is_empty());
    let about = Url::parse(&href).ok().and_then(|url| url.host_str().map(str::to_owned));
    Some(Tile { name: named.or(tile.client_id).unwrap_or_default(), about, logo, href })
}

async fn icon(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let none = || Fault::NotFound("no such picture".into());
    login.sessions.current(cx).await?.ok_or_else(none)?;
    let name = cx.params.text(0).to_owned();
    let picture = ClientTile::icon(&name, cx).await?.ok_or_else(none)?;
    // Its name changes with the picture.
    Answer::text(StatusCode::OK, "image/png", picture)?
        .with(header::CACHE_CONTROL, "private, max-age=31536000, immutable")
}
