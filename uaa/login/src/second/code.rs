//! `/login/factor`: a code of an authenticator app.

use super::{APP, FACTOR, PASSKEY, RECOVERY, Step, WHY};
use crate::LoginPages;
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use uaa_look::SecondFactor;
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

pub(super) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    vec![
        Route::public(Uaa, Method::GET, FACTOR, "second_factor_show", Oauth, WHY, show),
        Route::public(Uaa, Method::POST, FACTOR, "second_factor_create", Oauth, WHY, create),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    match Step::read(&login, cx).await? {
        // There is nothing yet to ask for.
        Ok(step) if step.mine.is_empty() => step.go(APP, cx),
        Ok(step) if step.mine.apps().next().is_none() => step.go(PASSKEY, cx),
        Ok(step) => page(&login, &step, false, cx),
        Err(answer) => Ok(answer),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let sent = match Step::sent(&login, &body, cx).await? {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let right = login.factors.try_app(&sent.step.mine, sent.field("code"), cx).await?;
    sent.step.settled(&login, right, "otp", page, cx).await
}

fn page(login: &LoginPages, step: &Step, wrong: bool, cx: &mut Ctx) -> Reply<Answer> {
    let here = step.at(FACTOR);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SecondFactor {
        action: here.clone(),
        username: step.username().to_owned(),
        change: step.change(),
        proofs: step.proofs(),
        recovery: (step.mine.left() > 0).then(|| step.at(RECOVERY)),
        passkey: step.has_passkey(cx).then(|| step.at(PASSKEY)),
        wrong,
        ..SecondFactor::default()
    };
    login.pages.show(&page, step.going.shown(status, &here), cx)
}
