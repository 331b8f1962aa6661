//! What an application asks for, checked in the order in which it may be answered: as long as it is not certain where the
//! answer may go, there is only a page.

use super::approve::Decision;
use super::claims::Told;
use super::object;
use super::pushed::{self, Request, Way};
use super::redirect;
use super::respond::{Back, Mode};
use crate::client::Known;
use crate::encrypted::{Envelope, LACKING};
use crate::engine::Engine;
use crate::grant::once;
use oxide_auth::code_grant::extensions::Pkce;
use std::borrow::Cow;
use std::sync::Arc;
use uaa_directory::cookie;
use uaa_model::{Fault, Reply};
use uaa_plugin::{Ctx, ZoneInfo, field};
use url::Url;

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A page says so: the browser is sent nowhere (RFC 9700 section 4.11).
    Page { error: &'static str, client: Option<Arc<Known>> },
    /// The application is told (RFC 6749 section 4.1.2.1).
    Back(Box<Back>, &'static str, Cow<'static, str>),
    /// A fault of another kind.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// `response_type` as a set (OAuth 2.0 Multiple Response Type Encoding Practices).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) code: bool,
    pub(crate) token: bool,
    pub(crate) id_token: bool,
}

impl Wanted {
    fn parse(text: &str) -> Option<Wanted> {
        let mut wanted = Wanted { code: false, token: false, id_token: false };
        for one in text.split(' ') {
            let flag = match one {
                "code" => &mut wanted.code,
                "token" => &mut wanted.token,
                "id_token" => &mut wanted.id_token,
                _ => return None,
            };
            if std::mem::replace(flag, true) {
                return None;
            }
        }
        Some(wanted)
    }

    /// The grant types that a client must be registered for.
    fn grants(self) -> impl Iterator<Item = &'static str> {
        let code = self.code.then_some("authorization_code");
        // An ID token beside a code is no grant of its own; one that comes alone is.
        let implicit = (self.token || !self.code).then_some("implicit");
        code.into_iter().chain(implicit)
    }
}

/// `prompt` (OpenID Connect Core 1.0 section 3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) none: bool,
    pub(crate) login: bool,
    pub(crate) consent: bool,
    pub(crate) select_account: bool,
}

/// A request that may be answered.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) client: Arc<Known>,
    pub(crate) back: Back,
    pub(crate) wanted: Wanted,
    /// `redirect_uri` as it was sent: the token request must send the same.
    pub(crate) redirect_sent: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) prompt: Prompt,
    pub(crate) max_age: Option<i64>,
    pub(crate) told: Told,
    /// `acr_values`, or what the client asks for when a request says nothing.
    pub(crate) acr_values: Vec<String>,
    pub(crate) login_hint: Option<String>,
    pub(crate) id_token_hint: Option<String>,
    pub(crate) ui_locales: Option<String>,
    /// The challenge with its method, as `oxide-auth` keeps it.
    pub(crate) challenge: Option<String>,
    /// The key that must be shown to redeem the code (RFC 9449 section 10).
    pub(crate) dpop_jkt: Option<String>,
    /// What goes around an ID token that goes through the browser.
    pub(crate) envelope: Envelope,
    /// The words.
    pub(crate) request: Request,
}

/// Finds the words of a request: what the browser brought along, or what was put down under the name that it brought.
pub(super) async fn resolved(engine: &Engine, form: Read, cx: &mut Ctx) -> Result<Request, Stop> {
    let (name, object) = (some(&form, "request_uri"), some(&form, "request"));
    if name.is_none() && object.is_none() {
        return Ok(Request { form, way: Way::Browser });
    }
    if once(&form).is_err() || (name.is_some() && object.is_some()) {
        return Err(Stop::Page { error: "invalid_request", client: None });
    }
    let here = cx.here();
    let client = client(engine, &form, &here).await?;
    let Some(name) = name.filter(|name| name.starts_with(pushed::URN)) else {
        return signed(engine, client, form, &here, cx).await;
    };
    match pushed::find(&client, name, cx).await? {
        // RFC 9126 section 4 and RFC 9101 section 6.3: whatever stands beside the name does not count.
        Some(pushed) => Ok(Request { form: pushed.form(), way: Way::Name(pushed) }),
        None => Err(Stop::Page { error: pushed::NOT_GOOD, client: Some(client) }),
    }
}

/// A request that the client has signed: it is put down, so that it is answered once and may take as long as a person needs.
async fn signed(
    engine: &Engine,
    client: Arc<Known>,
    form: Read,
    here: &Arc<ZoneInfo>,
    cx: &mut Ctx,
) -> Result<Request, Stop> {
    let Some(place) = object::Place::of(&form).filter(|_| !client.policy.pushed_only) else {
        return Ok(Request { form, way: Way::Browser });
    };
    // What stands beside it says where the client is told so, as long as that is registered.
    let there = match redirect::bound(&client.redirect_uris, client.wildcards, some(&form, "redirect_uri")) {
        Some(uri) => Some(back(engine, &client, uri, &form, here).await?),
        None => None,
    };
    let no = |(error, text): object::Refusal| match &there {
        Some(back) => Stop::Back(Box::new(back.clone()), error, text.into()),
        None => Stop::Page { error, client: Some(client.clone()) },
    };
    let object = object::read(engine, &client, place).await?.map_err(no)?;
    let names = (object.jti.as_str(), object.text.as_str());
    let kept = match pushed::put_down(engine, &client, object.form, names, cx).await? {
        Some(kept) => Some(kept),
        // The same page again, as browsers open one.
        None => pushed::find(&client, &format!("{}{}", pushed::URN, object.text), cx).await?,
    };
    match kept {
        Some(kept) => Ok(Request { form: kept.form(), way: Way::Name(kept) }),
        None => Err(no(("invalid_request_object", "the request was used before"))),
    }
}

/// Where the answer to a request goes. Whoever wants it encrypted and has no key can be told nothing, not of errors either.
async fn back(
    engine: &Engine,
    client: &Arc<Known>,
    uri: String,
    form: &Pairs,
    here: &ZoneInfo,
) -> Result<Back, Stop> {
    let mode = some(form, "response_mode").and_then(Mode::parse);
    let signed = mode.is_some_and(|(_, signed)| signed) || client.policy.signed_answers();
    let envelope = engine.envelope(client, client.encryptions.answer.filter(|_| signed)).await?;
    if envelope.ready().is_err() {
        return Err(Stop::Page { error: NO_KEY, client: Some(client.clone()) });
    }
    Ok(Back {
        uri,
        mode: mode.and_then(|(mode, _)| mode).unwrap_or_else(|| by_default(form)),
        signed,
        state: text(form, "state"),
        issuer: here.issuer.clone(),
        named: true,
        envelope,
        session: None,
        client: client.clone(),
    })
}

/// A code goes in the query, and whatever has a token in it in the fragment.
fn by_default(form: &Pairs) -> Mode {
    let wanted = some(form, "response_type").and_then(Wanted::parse);
    if wanted.is_none_or(|wanted| wanted == CODE) { Mode::Query } else { Mode::Fragment }
}

/// Reads a request of the authorization endpoint.
pub(super) async fn read(engine: &Engine, request: Request, here: &Arc<ZoneInfo>) -> Result<Asked, Stop> {
    let form = &request.form;
    let (client, uri) = answerable(engine, form, here).await?;
    let back = back(engine, &client, uri, form, here).await?;
    let said = match &request.way {
        Way::Browser if client.policy.pushed_only => Err((
            "invalid_request",
            "the client hands its requests in (RFC 9126), and this one came otherwise",
        )),
        Way::Browser | Way::Client { signed: false } if client.policy.signed_only => {
            Err(("invalid_request", "the client signs its requests (RFC 9101), and this one is not signed"))
        }
        Way::Browser | Way::Client { .. } | Way::Name(_) => understood(&client, form),
    };
    let (wanted, prompt, max_age, challenge) =
        said.map_err(|(error, text)| Stop::Back(Box::new(back.clone()), error, text.into()))?;
    let envelope = engine.envelope(&client, client.encryptions.id_token.filter(|_| wanted.id_token)).await?;
    if envelope.ready().is_err() {
        return Err(Stop::Back(Box::new(back), NO_KEY, LACKING.into()));
    }
    let asked = Asked {
        wanted,
        envelope,
        redirect_sent: text(form, "redirect_uri"),
        scope: text(form, "scope"),
        nonce: text(form, "nonce"),
        prompt,
        // A request says 0 once and loses it with the sign-in. What is registered stays: less than a minute would ask for ever.
        max_age: max_age.or(client.default_max_age.map(|seconds| seconds.max(60))),
        told: Told::read(some(form, "claims")).unwrap_or_default(),
        acr_values: match some(form, "acr_values") {
            Some(text) => text.split_whitespace().map(str::to_owned).collect(),
            None => client.default_acr.clone(),
        },
        login_hint: text(form, "login_hint"),
        id_token_hint: text(form, "id_token_hint"),
        ui_locales: text(form, "ui_locales"),
        dpop_jkt: text(form, "dpop_jkt"),
        challenge,
        client,
        back,
        request,
    };
    if !asked.can_be_met(here) {
        // OpenID Connect Core Unmet Authentication Requirements 1.0 section 3.
        let text = "none of the context classes that the application must have can be reached here";
        return Err(Stop::Back(Box::new(asked.back), "unmet_authentication_requirements", text.into()));
    }
    Ok(asked)
}

/// Who asks, and where the answer goes.
async fn answerable(engine: &Engine, form: &Pairs, here: &ZoneInfo) -> Result<(Arc<Known>, String), Stop> {
    let page = |error, client| Stop::Page { error, client };
    if once(form).is_err() {
        return Err(page("invalid_request", None));
    }
    let client = client(engine, form, here).await?;
    match redirect::bound(&client.redirect_uris, client.wildcards, some(form, "redirect_uri")) {
        Some(uri) => Ok((client, uri)),
        None => Err(page("invalid_redirect_uri", Some(client))),
    }
}

async fn client(engine: &Engine, form: &Pairs, here: &ZoneInfo) -> Result<Arc<Known>, Stop> {
    let page = |error| Stop::Page { error, client: None };
    let id = some(form, "client_id").ok_or_else(|| page("invalid_request"))?;
    engine.client(here.guid, id).await?.ok_or_else(|| page("invalid_client"))
}

type Refusal = (&'static str, &'static str);

/// What of a request can be wrong and told to the application.
fn understood(
    client: &Known,
    form: &Pairs,
) -> Result<(Wanted, Prompt, Option<i64>, Option<String>), Refusal> {
    let wanted = some(form, "response_type").and_then(Wanted::parse);
    let wanted = match (wanted, some(form, "response_type")) {
        (Some(wanted), _) => wanted,
        (None, None) => return Err(("invalid_request", "the parameter `response_type` is missing")),
        (None, Some(_)) => {
            let text = "`response_type` is none of code, token, id_token, or several of them";
            return Err(("unsupported_response_type", text));
        }
    };
    match some(form, "response_mode").map(Mode::parse) {
        Some(None) => {
            return Err(("invalid_request", "`response_mode` is none of query, fragment, form_post, jwt"));
        }
        // OAuth 2.0 Multiple Response Type Encoding Practices section 5: tokens do not go into a query.
        Some(Some((Some(Mode::Query), _))) if by_default(form) == Mode::Fragment => {
            return Err(("invalid_request", "tokens are not sent in a query"));
        }
        Some(Some(_)) | None => {}
    }
    // FAPI 2.0 Security Profile section 5.3.2.2.
    if client.policy.fapi.is_some() && wanted != CODE {
        return Err(("unauthorized_client", "the client's profile has codes and nothing else"));
    }
    if client.policy.fapi.is_some() && some(form, "redirect_uri").is_none() {
        return Err(("invalid_request", "the parameter `redirect_uri` is missing"));
    }
    // RFC 7591 section 2: what it registered, where it registered something.
    let registered = |all: &Vec<String>| all.iter().any(|one| Wanted::parse(one) == Some(wanted));
    if !client.response_types.as_ref().is_none_or(registered) {
        return Err(("unauthorized_client", "the client is not registered for this response type"));
    }
    if !wanted.grants().all(|grant| client.may(grant)) {
        return Err(("unauthorized_client", "the client is not registered for this way of asking"));
    }
    if let Some((_, error)) = NOT_THERE.iter().find(|(name, _)| some(form, name).is_some()) {
        return Err((*error, "this parameter is not supported"));
    }
    // A token that goes through the browser is bound to nothing.
    if wanted.token && (client.policy.dpop_only || client.policy.certificate_only) {
        return Err((
            "unauthorized_client",
            "the client's tokens are bound to a key, and none can be shown here",
        ));
    }
    if some(form, "dpop_jkt").is_some_and(|jkt| !is_sha256(jkt)) {
        return Err(("invalid_request", "`dpop_jkt` is not a SHA-256 in base64url"));
    }
    if Told::read(some(form, "claims")).is_none() {
        return Err(("invalid_request", "`claims` is no JSON object of requests for claims"));
    }
    let wrong = "`prompt` is none of none, login, consent, select_account, or `none` beside another";
    let mut prompt = prompt(some(form, "prompt").unwrap_or_default()).ok_or(("invalid_request", wrong))?;
    let max_age = match some(form, "max_age").map(str::parse::<i64>) {
        None => None,
        // OpenID Connect Core 1.0 section 3.1.2.1: the same as asking for a sign-in.
        Some(Ok(0)) if !prompt.none => {
            prompt.login = true;
            None
        }
        Some(Ok(seconds)) if seconds >= 0 => Some(seconds),
        Some(_) => return Err(("invalid_request", "`max_age` is not a number of seconds")),
    };
    // OpenID Connect Core 1.0 sections 3.2.2.1 and 3.3.2.11.
    if wanted.id_token && some(form, "nonce").is_none() {
        return Err(("invalid_request", "the parameter `nonce` is missing"));
    }
    let (sent, method) = (some(form, "code_challenge"), some(form, "code_challenge_method"));
    let challenge = challenge(client, wanted, sent, method).map_err(|text| ("invalid_request", text))?;
    Ok((wanted, prompt, max_age, challenge))
}

/// RFC 6749 section 4.1.2.1: a key that cannot be had now may be there later.
pub(super) const NO_KEY: &str = "temporarily_unavailable";

/// OpenID Connect Core 1.0 section 3.1.2.6.
const NOT_THERE: [(&str, &str); 1] = [("registration", "registration_not_supported")];

/// A parameter that is there and not empty: RFC 6749 section 3.1 takes an empty one for a missing one.
pub(crate) fn some<'a>(form: &'a Pairs, name: &str) -> Option<&'a str> {
    field(form, name).filter(|value| !value.is_empty())
}

fn text(form: &Pairs, name: &str) -> Option<String> {
    some(form, name).map(str::to_owned)
}

fn prompt(text: &str) -> Option<Prompt> {
    let mut prompt = Prompt::default();
    for one in text.split_whitespace() {
        match one {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => return None,
        }
    }
    let other = prompt.login || prompt.consent || prompt.select_account;
    (!(prompt.none && other)).then_some(prompt)
}

/// RFC 7636. A client that has no secret must send a challenge, and nobody may send it in clear: `plain` protects against
/// nothing that reads the request.
fn challenge(
    client: &Known,
    wanted: Wanted,
    challenge: Option<&str>,
    method: Option<&str>,
) -> Result<Option<String>, &'static str> {
    if !wanted.code {
        return Ok(None);
    }
    let must = client.is_public() || client.policy.fapi.is_some();
    let pkce = if must { Pkce::required() } else { Pkce::optional() };
    let Some(text) = challenge else {
        return match (must, method) {
            (true, _) => Err("the client must send `code_challenge` (RFC 7636)"),
            (false, Some(_)) => Err("`code_challenge_method` came without `code_challenge`"),
            (false, None) => Ok(None),
        };
    };
    // RFC 7636 section 4.2: the base64url of a SHA-256.
    let proper = is_sha256(text);
    let value = pkce.challenge(method.map(Cow::Borrowed), Some(Cow::Borrowed(text))).ok().flatten();
    match value.and_then(|value| value.into_private_value().ok().flatten()) {
        Some(kept) if proper => Ok(Some(kept)),
        Some(_) => Err("`code_challenge` is not a SHA-256 in base64url"),
        None => Err("`code_challenge_method` must be S256"),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

const CODE: Wanted = Wanted { code: true, token: false, id_token: false };

/// For the fuzzer: any query and body are read without a panic, and an answer goes to an address that is registered.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_authorize(bytes: &[u8]) {
    let (body, query) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len()));
    let Ok((form, _)) = parameters(body, &String::from_utf8_lossy(query)) else { return };
    let registered = ["https://one.example/cb".to_owned(), "https://*.two.example/cb".to_owned()];
    for wildcards in [false, true] {
        if let Some(to) = redirect::bound(&registered, wildcards, some(&form, "redirect_uri")) {
            // As a browser reads it: patterns take a host in letters of any case.
            let there = Url::parse(&to).expect("an address");
            let host = there.host_str().unwrap_or_default();
            let known = host == "one.example" || host.ends_with(".two.example");
            let place = (there.scheme(), there.port(), there.path());
            assert!(known && place == ("https", None, "/cb"), "to `{to}`");
        }
    }
    let _ = (by_default(&form), prompt(some(&form, "prompt").unwrap_or_default()));
    let _ = (Told::read(some(&form, "claims")), some(&form, "response_mode").map(Mode::parse));
    let _ = (object::Place::of(&form).is_some(), once(&form), some(&form, "code_challenge").map(is_sha256));
}

/// Names and values.
type Pairs = [(String, String)];
type Read = Vec<(String, String)>;

/// The request's parameters, and the answer to the consent page, if the body is one: the request is then in the query alone, as
/// the page was shown for it.
pub(crate) fn parameters(body: &[u8], query: &str) -> Reply<(Read, Option<Read>)> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::Parse("the body is not UTF-8".into()))?;
    let (mut request, form) = (uaa_plugin::pairs(query)?, cookie::fields(text)?);
    if Decision::is_in(&form) {
        return Ok((request, Some(form)));
    }
    request.extend(form);
    Ok((request, None))
}
