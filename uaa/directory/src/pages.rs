//! Pages as answers: what every one of them needs besides its own content (language, proof of origin, headers).

use crate::brand::{brand_file, links};
use crate::cookie::NotOurs;
use crate::{Assurance, BrandFile, Client, Live, brand, cookie};
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uaa_authz::Duty;
use uaa_look::{
    Account, Around, Asset, Brand, Envelope, ErrorPage, Flaw, Lang, Locked, Look, Mail, Message, Page, Proof,
    Reason,
};
use uaa_model::{Code, Fault, Micros, Reply};
use uaa_plugin::{Answer, Ctx, ZoneInfo};
use uaa_store::{Cond, Field};
use url::Url;
use uuid::Uuid;

/// Draws pages for requests.
#[derive(Clone)]
pub struct Pages(Arc<Drawing>);

struct Drawing {
    look: Look,
    /// The address of who helps people whose sign-in is paused, if there is one.
    contact: Option<String>,
    /// The brands of zones as they were last configured: a logo is large, and would be read anew with each page.
    brands: Mutex<HashMap<Uuid, Branded>>,
}

struct Branded {
    of: Arc<ZoneInfo>,
    brand: Option<Arc<Brand>>,
}

/// How a page is answered.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The status.
    pub status: StatusCode,
    /// Who looks at it.
    pub live: Option<&'a Live>,
    /// The address that a form of it may lead to in the end, besides our own pages.
    pub sends_to: Option<&'a str>,
    /// `ui_locales` of the request that it belongs to.
    pub ui_locales: Option<String>,
    /// Path and query of the page below our own address, for its links to other languages; empty for one that cannot be opened again.
    pub here: &'a str,
    /// Whether the page says itself that a form was refused, or its person's session is over.
    pub explains: bool,
}

impl<'a> Shown<'a> {
    /// To anybody, with that status, at that path below our own address.
    pub fn new(status: StatusCode, here: &'a str) -> Self {
        Shown { status, live: None, sends_to: None, ui_locales: None, here, explains: false }
    }
}

impl Pages {
    /// With that look, and the address of who helps people that cannot get in.
    pub fn new(look: Look, contact: Option<String>) -> Pages {
        Pages(Arc::new(Drawing { look, contact, brands: Mutex::default() }))
    }

    /// What whoever has tried too often is told: until when there is a pause, and who helps. `change`: where they are somebody else.
    pub fn paused(&self, username: &str, change: String, until: Micros, cx: &Ctx) -> Locked {
        Locked {
            username: username.to_owned(),
            change,
            until,
            contact: self.0.contact.clone(),
            reference: Some(cx.caller.request.to_string()),
            ..Locked::default()
        }
    }

    /// A page as an answer.
    pub fn show(&self, page: &impl Page, shown: Shown<'_>, cx: &mut Ctx) -> Reply<Answer> {
        let (csrf, set) = cookie::csrf(cx);
        let explicit = chosen(cx);
        let lang = Pages::lang(shown.ui_locales.as_deref(), cx);
        let here = cx.here();
        let base = base(&here.login);
        let account = shown.live.map(account);
        let links = links(&here);
        let own = self.brand(&here, &base);
        let refused = cookie::was_refused(cx);
        let around = Around {
            lang,
            zone_name: zone_called(&here),
            csrf: &csrf,
            base: &base,
            brand: own.as_deref(),
            account: account.as_ref(),
            here: shown.here,
            refused: refused && !shown.explains,
            links: &links,
            now: cx.now(),
            offset_minutes: None,
        };
        let sends_to: Vec<&str> = shown.sends_to.into_iter().collect();
        let mut answer =
            Answer::text(shown.status, "text/html; charset=utf-8", self.0.look.render(&around, page))?
                .with(header::CONTENT_SECURITY_POLICY, &uaa_look::csp(page, &sends_to))?
                .with(header::X_FRAME_OPTIONS, "DENY")?
                .with(header::REFERRER_POLICY, "no-referrer")?
                .with(header::CONTENT_LANGUAGE, lang.tag())?
                .with(header::CACHE_CONTROL, "no-store")?;
        if let Some(set) = set {
            answer = answer.cookie(&set)?;
        }
        if refused {
            answer = answer.cookie(&cookie::forget_refused(cx))?;
        }
        match explicit {
            Some(_) => answer.cookie(&cookie::set_language(cx, lang.tag())),
            None => Ok(answer),
        }
    }

    /// A page without a look that runs this script in frames of pages of that origin, or of everybody's (`*`).
    pub fn frame(&self, script: &str, around: &str, cx: &Ctx) -> Reply<Answer> {
        let html = self.0.look.frame(&base(&cx.here().login), script);
        Answer::text(StatusCode::OK, "text/html; charset=utf-8", html)?
            .with(header::CONTENT_SECURITY_POLICY, &uaa_look::csp_framed(around))?
            .with(header::REFERRER_POLICY, "no-referrer")?
            .with(header::CACHE_CONTROL, "private, no-cache")
    }

    /// The language of whoever asks. `ui_locales`: of the request that it belongs to.
    pub fn lang(ui_locales: Option<&str>, cx: &Ctx) -> Lang {
        let accepted = cx.headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let explicit = chosen(cx).or_else(|| cookie::language(cx));
        Lang::choose(explicit.as_deref(), ui_locales, accepted)
    }

    /// A message as it is sent.
    pub(crate) fn mail(&self, envelope: &Envelope<'_>, message: &impl Message) -> Mail {
        self.0.look.mail(envelope, message)
    }

    /// Sends whoever is not signed in to the sign-in page, from where they come back to that path below our own.
    pub fn sign_in_first(&self, path: &str, cx: &Ctx) -> Reply<Answer> {
        self.sign_in(path, &[], cx)
    }

    /// The same with what the sign-in page has to know besides.
    pub fn sign_in(&self, path: &str, more: &[(&str, &str)], cx: &Ctx) -> Reply<Answer> {
        self.to("/login", path, more, cx)
    }

    fn to(&self, page: &str, path: &str, more: &[(&str, &str)], cx: &Ctx) -> Reply<Answer> {
        let there = format!("{}{}", cx.links.login, way(page, path, more, cx));
        let answer = Answer::found(&there)?.with(header::CACHE_CONTROL, "no-store")?;
        // The link to another language is for the page that it leads to as well.
        match chosen(cx) {
            Some(_) => answer.cookie(&cookie::set_language(cx, Pages::lang(None, cx).tag())),
            None => Ok(answer),
        }
    }

    /// The page below our own address on which somebody says that they are another person, from where they come back to that path.
    pub fn somebody_else(&self, path: &str, cx: &Ctx) -> String {
        way(ACCOUNTS, path, &[], cx)
    }

    /// Sends somebody to choose an account, from where they come back to that path below our own, as that account.
    pub fn choose_account(&self, path: &str, more: &[(&str, &str)], cx: &Ctx) -> Reply<Answer> {
        self.to(ACCOUNTS, path, more, cx)
    }

    /// Sends somebody who is signed in to prove more, from where they come back to that path below our own.
    pub fn step_up(&self, path: &str, wanted: Assurance, cx: &Ctx) -> Reply<Answer> {
        let login = &cx.links.login;
        let to = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("return_to", &format!("{}{path}", base(login)))
            .append_pair("up", wanted.name())
            .finish();
        Answer::found(&format!("{login}/login/factor?{to}"))?.with(header::CACHE_CONTROL, "no-store")
    }

    /// The brand of a zone. It was checked when it was said; one that is wrong all the same is none.
    fn brand(&self, here: &Arc<ZoneInfo>, base: &str) -> Option<Arc<Brand>> {
        let mut known = self.0.brands.lock().ok()?;
        if let Some(known) = known.get(&here.guid).filter(|known| Arc::ptr_eq(&known.of, here)) {
            return known.brand.clone();
        }
        let brand = brand(&here.config.branding, base).ok().flatten().map(Arc::new);
        known.insert(here.guid, Branded { of: here.clone(), brand: brand.clone() });
        brand
    }

    /// A file of the brand of the zone at hand.
    pub fn brand_file(&self, name: &str, cx: &Ctx) -> Option<BrandFile> {
        let here = cx.here();
        brand_file(&here.config.branding, &base(&here.login), name)
    }

    /// A file that pages refer to.
    pub fn asset(&self, name: &str) -> Option<Asset<'_>> {
        self.0.look.asset(name)
    }

    /// What went wrong on the way to a page, as a page. What is a mistake of ours stays a fault, for the log.
    pub fn trouble(&self, fault: Fault, cx: &mut Ctx) -> Reply<Answer> {
        let (status, code, reason) = match &fault {
            Fault::Protocol(Code { status, name, .. }, ..) => (*status, *name, Reason::NotAllowed),
            Fault::Parse(_) | Fault::BadQuery(_) | Fault::Invalid(_) => {
                (400, "invalid_request", Reason::Request(Flaw::Malformed))
            }
            _ => return Err(fault),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        self.error(status, reason, code, None, cx)
    }

    /// A form that was refused: nothing of it is done. Its page, at that path below our own address, is opened anew and says so; there
    /// whoever is not signed in any more is asked to. A browser that keeps no cookies would be led round for ever, and a page of another
    /// site leads nobody anywhere.
    pub fn refused(&self, why: NotOurs, page: &str, cx: &mut Ctx) -> Reply<Answer> {
        let (reason, code) = match why {
            NotOurs::Stale => {
                return Answer::found(&format!("{}{page}", cx.links.login))?
                    .with(header::CACHE_CONTROL, "no-store")?
                    .cookie(&cookie::set_refused(cx));
            }
            NotOurs::NoCookie => (Reason::Cookies, "cookies_needed"),
            NotOurs::Foreign => (Reason::Expired, "form_expired"),
        };
        self.error(StatusCode::FORBIDDEN, reason, code, Some(page.to_owned()), cx)
    }

    fn error(
        &self,
        status: StatusCode,
        reason: Reason,
        code: &str,
        again: Option<String>,
        cx: &mut Ctx,
    ) -> Reply<Answer> {
        let page = ErrorPage { again, ..error_page(reason, code, cx) };
        self.show(&page, Shown::new(status, &error_here(cx)), cx)
    }
}

/// A page that says why there is no other, without a way on yet. Whoever sees it has its reference, so a line of the log has it, too.
pub fn error_page(reason: Reason, code: &str, cx: &Ctx) -> ErrorPage {
    let request = &*cx.caller.request;
    tracing::info!(request, code, path = &*cx.path, "a page said that something went wrong");
    ErrorPage {
        reason,
        code: code.to_owned(),
        client_id: None,
        reference: cx.caller.request.to_string(),
        at: cx.now(),
        again: None,
        home: None,
    }
}

/// Where such a page is opened in another language: where it stands, if it was opened there; one that a form led to cannot be again.
pub fn error_here(cx: &Ctx) -> String {
    let readable = cx.method == Method::GET && uaa_plugin::pairs(&cx.query).is_ok();
    if readable { this_page(cx) } else { String::new() }
}

/// A page with where to come back to.
fn way(page: &str, path: &str, more: &[(&str, &str)], cx: &Ctx) -> String {
    let to = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", &format!("{}{path}", base(&cx.links.login)))
        .extend_pairs(more)
        .finish();
    format!("{page}?{to}")
}

/// The page that the form at hand stands on, below our own address, for a form whose address is its page's, or that with UAA's `.do`.
pub fn this_page(cx: &Ctx) -> String {
    let page = cx.path.strip_suffix(".do").unwrap_or(&cx.path);
    if cx.query.is_empty() { page.to_owned() } else { format!("{page}?{}", cx.query) }
}

const ACCOUNTS: &str = "/login/accounts";

/// Somebody who is signed in, as pages show them.
pub fn account(live: &Live) -> Account {
    Account { name: live.name.clone(), mail: live.email.clone() }
}

/// RFC 8176 names as stamps.
pub fn proofs<'a>(amr: impl Iterator<Item = &'a str>) -> Vec<Proof> {
    let proof = |amr: &str| match amr {
        "pwd" => Some(Proof::Password),
        "otp" => Some(Proof::App),
        "hwk" | "swk" => Some(Proof::Passkey),
        "rec" => Some(Proof::RecoveryCode),
        _ => None,
    };
    amr.filter_map(proof).collect()
}

/// The path under which our pages stand, without a slash at its end.
fn base(login: &str) -> String {
    Url::parse(login).map_or_else(|_| String::new(), |url| url.path().trim_end_matches('/').to_owned())
}

/// The language that a link of the page names.
fn chosen(cx: &Ctx) -> Option<String> {
    uaa_plugin::field(&uaa_plugin::pairs(&cx.query).unwrap_or_default(), "lang").map(str::to_owned)
}

/// What people call the zone.
pub fn zone_called(here: &ZoneInfo) -> &str {
    let own = here.config.branding.company_name.as_deref().map(str::trim);
    own.filter(|name| !name.is_empty()).unwrap_or_else(|| zone_name(&here.name))
}

/// The first zone is called `uaa`, which tells nobody anything.
fn zone_name(name: &str) -> &str {
    if name == "uaa" { "Hallmark" } else { name }
}

/// The application that a sign-in is for.
#[derive(Debug)]
pub struct Asking {
    /// `client_id`.
    pub client_id: String,
    /// Its name, for people.
    pub name: String,
    /// Where its answers go, if it is a host that it has registered.
    pub sends_to: Option<String>,
    /// Seconds that its access tokens are good for, where it says so.
    pub access_seconds: Option<i64>,
    /// Whether it calls people by names that only it has, and learns nothing else unasked (`subject_type` pairwise).
    pub pairwise: bool,
}

impl Asking {
    /// The application of a request that is on its way to the authorization endpoint, where it will be checked.
    pub async fn find(client_id: &str, redirect_uri: Option<&str>, cx: &mut Ctx) -> Reply<Option<Asking>> {
        let me = cx.tx().assume(Duty::SignIn);
        let row = match cx.tx().visible::<Client>().await {
            Ok(seen) => {
                let named = Cond::In(Field::Text("client_id"), vec![client_id.to_owned()]);
                cx.tx().find(&seen, named).await
            }
            Err(fault) => Err(fault),
        };
        cx.tx().resume(me);
        let Some(row) = row? else { return Ok(None) };
        let registered: Vec<String> = serde_json::from_str(&row.own.redirect_uri).unwrap_or_default();
        let asked = redirect_uri.or(registered.first().map(String::as_str));
        let sends_to =
            asked.filter(|uri| registered.iter().any(|one| same_host(one, uri))).map(str::to_owned);
        let name = if row.own.name.is_empty() { row.own.client_id.clone() } else { row.own.name };
        let more: Value = serde_json::from_str(&row.own.more).unwrap_or_default();
        Ok(Some(Asking {
            pairwise: more["subject_type"] == "pairwise",
            client_id: row.own.client_id,
            name,
            sends_to,
            access_seconds: row.own.access_validity,
        }))
    }

    /// As pages show it.
    pub fn client(&self) -> uaa_look::Client {
        let (name, id) = (self.name.clone(), self.client_id.clone());
        uaa_look::Client { name, id, ..uaa_look::Client::default() }
    }
}

/// Whether two addresses differ in their ports and paths at most. A pattern is every host that it might be.
fn same_host(registered: &str, asked: &str) -> bool {
    let host = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned));
    match (Url::parse(registered), Url::parse(asked)) {
        (Ok(one), Ok(other)) => host(&one) == host(&other) || registered.contains('*'),
        (Err(_), Ok(_)) => registered.contains('*'),
        (_, Err(_)) => false,
    }
}
