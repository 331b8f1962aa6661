//! What a browser holds: the name of its session, and a secret of its own that forms must bring along.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use subtle::ConstantTimeEq;
use uaa_model::{Reply, Secret};
use uaa_plugin::{Ctx, field, pairs};
use uaa_token::digest;

/// The session's secret, if there is one.
pub(super) fn session(cx: &Ctx) -> Option<Secret> {
    ours(cx, SESSION).map(Secret::new)
}

pub(super) fn set_session(cx: &Ctx, secret: &Secret, seconds: Option<i64>) -> String {
    let mut cookie = new(cx, SESSION, secret.expose().to_owned());
    if let Some(seconds) = seconds {
        cookie.set_max_age(Duration::seconds(seconds));
    }
    cookie.to_string()
}

pub(super) fn forget_session(cx: &Ctx) -> String {
    forgotten(cx, SESSION)
}

/// The secret of a sign-in between its steps, if there is one. Its name is not the session's: what looks for a session does not
/// find it.
pub(crate) fn half(cx: &Ctx) -> Option<Secret> {
    ours(cx, HALF).map(Secret::new)
}

pub(crate) fn set_half(cx: &Ctx, secret: &Secret, seconds: i64) -> String {
    let mut cookie = new(cx, HALF, secret.expose().to_owned());
    cookie.set_max_age(Duration::seconds(seconds));
    cookie.to_string()
}

pub(crate) fn forget_half(cx: &Ctx) -> String {
    forgotten(cx, HALF)
}

/// New recovery codes, sealed, until they are kept.
pub fn codes(cx: &Ctx) -> Option<String> {
    ours(cx, CODES)
}

/// Has the browser carry them: their page can then be loaded again.
pub fn set_codes(cx: &Ctx, sealed: &str) -> String {
    let mut cookie = new(cx, CODES, sealed.to_owned());
    cookie.set_max_age(Duration::minutes(15));
    cookie.to_string()
}

/// They were kept.
pub fn forget_codes(cx: &Ctx) -> String {
    forgotten(cx, CODES)
}

/// The accounts that the browser was used with, as they were written.
pub(super) fn accounts(cx: &Ctx) -> Option<String> {
    ours(cx, ACCOUNTS)
}

pub(super) fn set_accounts(cx: &Ctx, text: &str) -> String {
    let mut cookie = new(cx, ACCOUNTS, text.to_owned());
    cookie.set_max_age(Duration::days(180));
    cookie.to_string()
}

pub(super) fn forget_accounts(cx: &Ctx) -> String {
    forgotten(cx, ACCOUNTS)
}

/// The text that a form must bring along, and the header that gives the browser its secret, if it has none.
///
/// A double submit whose two halves differ: the browser holds a secret, the form its digest together with the session. Whoever
/// reads a page of another session, or can set a cookie of a neighbouring host, has neither (the `__Host-` prefix).
pub fn csrf(cx: &mut Ctx) -> (String, Option<String>) {
    if let Some(secret) = ours(cx, CSRF).filter(|secret| secret.len() == 32) {
        return (form_text(cx, &secret), None);
    }
    let secret = cx.tx().ids().hex32();
    let header = new(cx, CSRF, secret.clone()).to_string();
    (form_text(cx, &secret), Some(header))
}

/// The fields of a form of ours that was sent back. Programs that were written for UAA look for `name="X-Uaa-Csrf" value="…"` in a page and
/// send that: it is the same text, and stands here under our name.
///
/// # Errors
/// As of [`pairs`].
pub fn fields(text: &str) -> Reply<Vec<(String, String)>> {
    let mut all = pairs(text)?;
    match field(&all, FIELD) {
        Some(_) => all.retain(|(name, _)| name != UAAS_FIELD),
        None => {
            let theirs = all.iter_mut().filter(|(name, _)| name == UAAS_FIELD);
            theirs.for_each(|(name, _)| FIELD.clone_into(name));
        }
    }
    Ok(all)
}

/// Whether the browser was led to this page because a form of it was refused.
pub fn was_refused(cx: &Ctx) -> bool {
    ours(cx, REFUSED).is_some()
}

/// What has the next page say that a form was refused. A minute is enough for the redirects between.
pub(crate) fn set_refused(cx: &Ctx) -> String {
    let mut cookie = new(cx, REFUSED, "form".to_owned());
    cookie.set_max_age(Duration::minutes(1));
    cookie.to_string()
}

pub(crate) fn forget_refused(cx: &Ctx) -> String {
    forgotten(cx, REFUSED)
}

/// Whether the browser holds the name of a session, which may have ended.
pub fn holds_session(cx: &Ctx) -> bool {
    ours(cx, SESSION).is_some()
}

/// The language that the browser's owner chose.
pub(crate) fn language(cx: &Ctx) -> Option<String> {
    ours(cx, LANGUAGE)
}

pub(crate) fn set_language(cx: &Ctx, tag: &str) -> String {
    let mut cookie = new(cx, LANGUAGE, tag.to_owned());
    cookie.set_max_age(Duration::days(365));
    cookie.to_string()
}

/// Whether a browser says that a page of somebody else led here (Fetch Metadata, which scripts cannot write).
pub fn is_from_elsewhere(cx: &Ctx) -> bool {
    let site = cx.headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    site.is_some_and(|site| !["same-origin", "none"].contains(&site))
}

/// Why a form is refused. [`Pages::refused`](crate::Pages::refused) shows what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOurs {
    /// Another site's, or made up by somebody who has no page of ours.
    Foreign,
    /// The browser brought no cookie along: it keeps none, or has lost them.
    NoCookie,
    /// It may have been ours; somebody has signed in, or out, since.
    Stale,
}

/// Whether a form that was sent is one of ours, filled in by this browser.
///
/// # Errors
/// Why it is not.
pub fn is_ours(cx: &Ctx, sent: Option<&str>) -> Result<(), NotOurs> {
    if is_from_elsewhere(cx) {
        return Err(NotOurs::Foreign);
    }
    let sent = sent.filter(|sent| !sent.is_empty()).ok_or(NotOurs::Foreign)?;
    let secret = ours(cx, CSRF).ok_or(NotOurs::NoCookie)?;
    let wanted = form_text(cx, &secret);
    if wanted.as_bytes().ct_eq(sent.as_bytes()).into() { Ok(()) } else { Err(NotOurs::Stale) }
}

fn form_text(cx: &Ctx, secret: &str) -> String {
    let session = ours(cx, SESSION).unwrap_or_default();
    crate::hex(&digest(&format!("{secret}.{session}"))[..16])
}

/// A cookie of the request. With the prefix where the product is reached over TLS: then no other host could have set it.
fn ours(cx: &Ctx, name: &str) -> Option<String> {
    held(cx, &full_name(cx, name))
}

/// A cookie of just that name.
pub(super) fn held(cx: &Ctx, name: &str) -> Option<String> {
    held_in(&cx.headers, name)
}

fn held_in(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| Cookie::split_parse(value).filter_map(Result::ok))
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// For the fuzzer: any header is read without a panic, and what is found stands in it.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_cookie(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, value);
    if let Some(found) = held_in(&headers, "__Host-hallmark-session") {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            text.contains("__Host-hallmark-session") && text.contains(&found),
            "`{found}` came from nowhere"
        );
    }
}

fn new(cx: &Ctx, name: &str, value: String) -> Cookie<'static> {
    Cookie::build((full_name(cx, name), value))
        .path("/")
        .secure(secure(cx))
        .http_only(true)
        // Lax: an application's redirect to the authorization endpoint must find the session, its forms must not.
        .same_site(SameSite::Lax)
        .build()
}

fn forgotten(cx: &Ctx, name: &str) -> String {
    let mut cookie = new(cx, name, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie.to_string()
}

fn full_name(cx: &Ctx, name: &str) -> String {
    if secure(cx) { format!("__Host-{name}") } else { name.to_owned() }
}

pub(super) fn secure(cx: &Ctx) -> bool {
    cx.links.login.starts_with("https:")
}

const SESSION: &str = "hallmark-session";
const HALF: &str = "hallmark-step";
const LANGUAGE: &str = "hallmark-language";
const ACCOUNTS: &str = "hallmark-accounts";
const CODES: &str = "hallmark-codes";
const REFUSED: &str = "hallmark-refused";
const CSRF: &str = "hallmark-form";
/// As pages of ours call it.
const FIELD: &str = "csrf";
/// As UAA's call it.
const UAAS_FIELD: &str = "X-Uaa-Csrf";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_of_origin_has_one_name() {
        let read = |text: &str| -> Vec<String> {
            fields(text).unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        assert_eq!(read("X-Uaa-Csrf=a&username=b"), ["csrf=a", "username=b"]);
        assert_eq!(read("csrf=a&X-Uaa-Csrf=b&username=c"), ["csrf=a", "username=c"]);
        assert_eq!(read("username=c"), ["username=c"]);
    }
}
