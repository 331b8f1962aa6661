//! `/resources/{name}`: stylesheet, marks and the few scripts, which browsers keep.

use crate::LoginPages;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a stylesheet is the same for everybody in a zone";
    vec![
        Route::public(
            Uaa,
            Method::GET,
            "/resources/{name}",
            "resource_show",
            Oauth,
            why,
            with(login.clone(), show),
        )
        .answers(Answers::media(StatusCode::OK, "*/*"))
        .answers(Answers::status(StatusCode::NOT_MODIFIED).tagged())
        // The page that says that there is no such zone has them too.
        .anywhere(),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let name = cx.params.text(0);
    if let Some(own) = login.pages.brand_file(name, cx) {
        let answer = Answer::text(StatusCode::OK, own.content_type, own.bytes)?;
        return answer.with(header::CACHE_CONTROL, keep(own.immutable));
    }
    let asset = login.pages.asset(name);
    let asset = asset.ok_or_else(|| Fault::NotFound("no such resource".into()))?;
    let known = cx.headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let answer = match known == Some(asset.etag) {
        true => Answer::status(StatusCode::NOT_MODIFIED)?,
        false => Answer::text(StatusCode::OK, asset.content_type, asset.bytes.to_vec())?,
    };
    answer.with(header::ETAG, asset.etag)?.with(header::CACHE_CONTROL, keep(asset.immutable))
}

fn keep(immutable: bool) -> &'static str {
    if immutable { "public, max-age=31536000, immutable" } else { "public, no-cache" }
}
