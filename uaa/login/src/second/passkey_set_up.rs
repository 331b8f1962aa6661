//! `/login/passkey/new`: a passkey is made, at a sign-in that wants a second factor or from the profile.

use super::set_up::{added, allowed};
use super::{APP, Base, NEW_PASSKEY, PROFILE, Step, WHY};
use crate::sign_in::form;
use crate::{LoginPages, agent};
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{Answered, cookie, this_page, zone_called};
use uaa_look::PasskeySetUp;
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, with};
use uaa_store::Want;

pub(super) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    vec![
        Route::public(Uaa, Method::GET, NEW_PASSKEY, "passkey_set_up_show", Oauth, WHY, show),
        Route::public(Uaa, Method::POST, NEW_PASSKEY, "passkey_set_up_create", Oauth, WHY, create),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    match allowed(&login, NEW_PASSKEY, cx).await? {
        Ok(step) => page(&login, &step, None, cx),
        Err(answer) => Ok(answer),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &this_page(cx), cx);
    }
    let step = match allowed(&login, NEW_PASSKEY, cx).await? {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    // The button on the profile: nothing was asked for yet.
    if field(&fields, "credential").is_none() {
        return page(&login, &step, None, cx);
    }
    let text = |name: &str| field(&fields, name).unwrap_or_default();
    let sent = Answered { pending: text("pending"), credential: text("credential") };
    let here = cx.here();
    cx.step(Want::Write).await?;
    let of = step.app_of(zone_called(&here));
    let made = if step.mine.has_room() {
        login.factors.keep_passkey(sent, text("name"), of, cx).await?
    } else {
        None
    };
    match made {
        Some(proof) => added(&login, step, &proof, cx).await,
        None => page(&login, &step, Some(text("name")), cx),
    }
}

fn page(login: &LoginPages, step: &Step, failed: Option<&str>, cx: &mut Ctx) -> Reply<Answer> {
    let here = cx.here();
    let Some(made) = login.factors.new_passkey(step.app_of(zone_called(&here)), &step.mine, cx)? else {
        return step.go(APP, cx);
    };
    let action = step.at(NEW_PASSKEY);
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = PasskeySetUp {
        action: action.clone(),
        options: made.options,
        pending: made.pending,
        name: failed.map_or_else(|| device(cx), str::to_owned),
        back: match step.base {
            Base::Half(_) => step.at(APP),
            Base::Live(_) => PROFILE.to_owned(),
        },
        failed: failed.is_some(),
    };
    login.pages.show(&page, step.going.shown(status, &action), cx)
}

/// The system that the browser runs on, as a first name for what it keeps.
fn device(cx: &Ctx) -> String {
    let agent = cx.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    agent::system(agent).unwrap_or_default().to_owned()
}
