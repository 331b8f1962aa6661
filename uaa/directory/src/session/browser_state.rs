//! What a page of ours in an application's frame knows of the session without asking the server: OpenID Connect Session Management
//! 1.0, and UAA's `/session`, whose scripts read a cookie called `Current-User`.

use super::{Live, cookie};
use crate::hex;
use ::cookie::time::Duration;
use ::cookie::{Cookie, SameSite};
use serde_json::json;
use uaa_model::Secret;
use uaa_plugin::Ctx;
use uaa_token::digest;
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

/// The "OP browser state" of section 4.2, for the session of the request's cookie; empty without one. Another secret of the session
/// is another state: an application hears of each sign-in and each further proof. It says nothing of the person, and no application
/// is told it.
pub fn browser_state(cx: &Ctx) -> String {
    cookie::session(cx).map_or_else(String::new, |held| of(&held))
}

/// The header by which the browser's cookie says again what it must, if it does not.
pub fn corrected(live: Option<&Live>, cx: &Ctx) -> Option<String> {
    let holds = cookie::held(cx, NAME);
    let (Some(live), Some(held)) = (live, cookie::session(cx)) else {
        return holds.map(|_| forgotten(cx));
    };
    let seconds = live.remembered.then(|| live.seconds_left(cx.now()));
    (holds != Some(value(live.user, &held))).then(|| set(cx, live.user, &held, seconds))
}

pub(super) fn set(cx: &Ctx, user: Uuid, held: &Secret, seconds: Option<i64>) -> String {
    let mut cookie = new(cx, value(user, held));
    if let Some(seconds) = seconds {
        cookie.set_max_age(Duration::seconds(seconds));
    }
    cookie.to_string()
}

pub(super) fn forgotten(cx: &Ctx) -> String {
    let mut cookie = new(cx, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie.to_string()
}

/// As in UAA: for scripts of our own origin, and in frames of pages of the same site alone.
fn new(cx: &Ctx, value: String) -> Cookie<'static> {
    Cookie::build((NAME, value)).path("/").secure(cookie::secure(cx)).same_site(SameSite::Strict).build()
}

fn value(user: Uuid, held: &Secret) -> String {
    byte_serialize(json!({"userId": user, "state": of(held)}).to_string().as_bytes()).collect()
}

fn of(held: &Secret) -> String {
    hex(&digest(&format!("browser-state.{}", held.expose()))[..16])
}

const NAME: &str = "Current-User";
