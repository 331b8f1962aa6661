//! `/resources/{name}`: stylesheet, marks and the few scripts, which browsers keep.

use crate::LoginPages;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a stylesheet is the same for everybody";
    vec![Route::public(
        Uaa,
        Method::GET,
        "/resources/{name}",
        "resource_show",
        Oauth,
        why,
        with(login.clone(), show),
    )]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let asset = login.pages.asset(cx.params.text(0));
    let asset = asset.ok_or_else(|| Fault::NotFound("no such resource".into()))?;
    let known = cx.headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let answer = match known == Some(asset.etag) {
        true => Answer::status(StatusCode::NOT_MODIFIED)?,
        false => Answer::text(StatusCode::OK, asset.content_type, asset.bytes.to_vec())?,
    };
    let keep = if asset.immutable { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    answer.with(header::ETAG, asset.etag)?.with(header::CACHE_CONTROL, keep)
}
