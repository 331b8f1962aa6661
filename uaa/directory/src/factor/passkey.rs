//! Passkeys (Web Authentication Level 3): a key in a device that its owner unlocks. One alone is two proofs, as the device has to
//! verify the person, and it names the person too.
//!
//! A challenge is no row: the page carries it, sealed, with its time. A passkey answers a challenge that is younger than the last one
//! that it answered, so none is answered twice, whichever process asks.

use super::app::used;
use super::mine::{called, said};
use super::{AppOf, Factor, FactorOwn, Factors, Mine, New, PASSKEY};
use crate::hex;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use uaa_authz::{Duty, Update};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::{Ctx, MfaPolicy};
use uaa_store::{Cond, Field, Fields, Set};
use uaa_token::digest;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};
use zeroize::Zeroizing;

/// What a page asks a browser for.
pub struct Ceremony {
    /// `PublicKeyCredentialRequestOptionsJSON` or `PublicKeyCredentialCreationOptionsJSON` (section 5.10.1).
    pub options: String,
    /// The challenge as the page carries it to the request that answers it.
    pub pending: String,
}

impl std::fmt::Debug for Ceremony {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ceremony(…)")
    }
}

/// What a page sent back.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// [`Ceremony::pending`].
    pub pending: &'a str,
    /// What the browser gave, as `PublicKeyCredential.toJSON` writes it.
    pub credential: &'a str,
}

/// Whose passkey it was.
#[derive(Debug)]
pub struct Passed {
    /// The person.
    pub user: Uuid,
    /// What was proved, in the words of RFC 8176.
    pub amr: [&'static str; 2],
}

/// Whether browsers do passkeys here: where pages have a name and nobody can read along, and unless the zone has none of it.
pub fn passkeys_work(cx: &Ctx) -> bool {
    site(cx).is_some()
}

impl Factors {
    /// Asks a browser to make one for somebody. `None` where [`passkeys_work`] says no.
    ///
    /// # Errors
    /// When the person's other passkeys are sealed under another data key.
    pub fn new_passkey(&self, of: AppOf<'_>, mine: &Mine, cx: &Ctx) -> Reply<Option<Ceremony>> {
        let Some(site) = site(cx) else { return Ok(None) };
        let known = mine.passkeys().map(|row| Ok(self.passkey(row)?.cred_id().clone()));
        let known = known.collect::<Reply<Vec<_>>>()?;
        let (ask, state) = site
            .start_passkey_registration(of.user, of.username, of.username, Some(known))
            .map_err(|error| Fault::Internal(error.to_string()))?;
        let mut options = value(&ask.public_key)?;
        // So that it can be found without a name, where the device has room to keep it.
        options["authenticatorSelection"]["residentKey"] = "preferred".into();
        self.ceremony(&options, &state, MADE, Some(of.user), cx).map(Some)
    }

    /// Keeps the one that the browser made, in the transaction at hand, which must write. Gives what was proved by it; `None` when
    /// the answer is none, too late, or of another passkey that is known.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn keep_passkey(
        &self,
        sent: Answered<'_>,
        name: &str,
        of: AppOf<'_>,
        cx: &mut Ctx,
    ) -> Reply<Option<[&'static str; 2]>> {
        let (Some(site), Some((at, state))) =
            (site(cx), self.begun::<PasskeyRegistration>(sent.pending, MADE, Some(of.user), cx))
        else {
            return Ok(None);
        };
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(sent.credential) else {
            return Ok(None);
        };
        let Ok(passkey) = site.finish_passkey_registration(&answer, &state) else { return Ok(None) };
        let credential = named(passkey.cred_id());
        if let Some(row) = holder(&credential, cx).await? {
            // The same page sent twice, or somebody else's.
            return Ok((row.own.subject == of.user).then(|| amr(&passkey)));
        }
        let name = called(name);
        let new = New {
            user: of.user,
            kind: PASSKEY,
            name: if name.is_empty() { of.issuer } else { &name },
            credential,
            plain: &plain(&passkey)?,
            mark: at,
            used_at: cx.now(),
        };
        let before = cx.tx().assume(Duty::SignIn);
        let done = self.write(new, cx).await;
        said("FactorAdded", of.user, of.username, PASSKEY, cx);
        cx.tx().resume(before);
        done.map(|()| Some(amr(&passkey)))
    }

    /// Asks a browser for a passkey: one of these, or whichever of this site the person picks. `None` where [`passkeys_work`] says no.
    ///
    /// # Errors
    /// When a passkey is sealed under another data key.
    pub fn ask_passkey(&self, mine: Option<&Mine>, cx: &Ctx) -> Reply<Option<Ceremony>> {
        let Some(site) = site(cx) else { return Ok(None) };
        let (ask, state) =
            site.start_discoverable_authentication().map_err(|error| Fault::Internal(error.to_string()))?;
        let mut options = value(&ask.public_key)?;
        if let Some(mine) = mine {
            let allowed = mine.passkeys().map(|row| {
                let credential = Credential::from(self.passkey(row)?);
                let id = URL_SAFE_NO_PAD.encode(&credential.cred_id);
                let mut one = serde_json::json!({"type": "public-key", "id": id});
                // Browsers take no `null` for it.
                if let Some(transports) = credential.transports {
                    one["transports"] = value(&transports)?;
                }
                Ok(one)
            });
            options["allowCredentials"] = allowed.collect::<Reply<Value>>()?;
        }
        self.ceremony(&options, &state, ASKED, mine.map(|mine| mine.user), cx).map(Some)
    }

    /// Whose passkey the answer is of, in the transaction at hand, which must write: of these, or of anybody in the zone. Of several
    /// requests with one answer, in whatever process, one is told.
    ///
    /// # Errors
    /// When the database is away, or the passkey is sealed under another data key.
    pub async fn try_passkey(
        &self,
        sent: Answered<'_>,
        mine: Option<&Mine>,
        cx: &mut Ctx,
    ) -> Reply<Option<Passed>> {
        let user = mine.map(|mine| mine.user);
        let begun = self.begun::<DiscoverableAuthentication>(sent.pending, ASKED, user, cx);
        let (Some(site), Some((at, state))) = (site(cx), begun) else { return Ok(None) };
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(sent.credential) else {
            return Ok(None);
        };
        let Some(row) = holder(&named(answer.get_credential_id()), cx).await? else { return Ok(None) };
        // Section 7.2, step 6: who was asked for by name need not be named by the device, and is not named otherwise.
        let handle = site.identify_discoverable_authentication(&answer).ok().map(|(user, _)| user);
        if user.or(handle) != Some(row.own.subject) || handle.is_some_and(|named| named != row.own.subject) {
            return Ok(None);
        }
        let mut passkey = self.passkey(&row)?;
        let Ok(result) = site.finish_discoverable_authentication_v2(&answer, state, &passkey) else {
            return Ok(None);
        };
        if at <= row.own.mark || !used(&row, at, cx).await? {
            return Ok(None);
        }
        if passkey.update_credential(&result) == Some(true) {
            self.seal_again(&row, &passkey, cx).await?;
        }
        Ok(Some(Passed { user: row.own.subject, amr: amr(&passkey) }))
    }

    /// The device counts its signatures, and a lower number than the last is a copy of it.
    async fn seal_again(&self, row: &Fields<FactorOwn>, passkey: &Passkey, cx: &mut Ctx) -> Reply<()> {
        let context = super::context(row.guid, row.own.subject, PASSKEY);
        let sealed = self.data_key.seal(&context, &plain(passkey)?)?;
        let before = cx.tx().assume(Duty::SignIn);
        let done = match cx.tx().grant::<Update, Factor>(Id::new(row.guid)).await {
            Ok(it) => cx.tx().update(&it, Set::default().put(Factor::sealed, sealed)).await,
            Err(fault) => Err(fault),
        };
        cx.tx().resume(before);
        done
    }

    fn passkey(&self, row: &Fields<FactorOwn>) -> Reply<Passkey> {
        serde_json::from_slice(&self.open(row)?).map_err(|error| Fault::Internal(error.to_string()))
    }

    fn ceremony(
        &self,
        options: &Value,
        state: &impl Serialize,
        what: &str,
        user: Option<Uuid>,
        cx: &Ctx,
    ) -> Reply<Ceremony> {
        let mut text = cx.now().to_be_bytes().to_vec();
        text.extend_from_slice(&plain(state)?);
        let sealed = self.data_key.seal(&pending(what, user, cx), &text)?;
        Ok(Ceremony { options: options.to_string(), pending: URL_SAFE_NO_PAD.encode(sealed) })
    }

    /// The challenge that a page has carried, and when it was made.
    fn begun<T: DeserializeOwned>(
        &self,
        text: &str,
        what: &str,
        user: Option<Uuid>,
        cx: &Ctx,
    ) -> Option<(Micros, T)> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = self.data_key.open(&pending(what, user, cx), &sealed).ok()?;
        let (at, state) = text.split_first_chunk::<8>()?;
        let at = Micros::from_be_bytes(*at);
        (cx.now() - at < PENDING).then_some(())?;
        Some((at, serde_json::from_slice(state).ok()?))
    }
}

/// This site as browsers know it: by its name, never by an address, and only where the way to it is safe (section 5.1.2).
fn site(cx: &Ctx) -> Option<Webauthn> {
    let mut origin = Url::parse(&cx.links.login).ok()?;
    origin.set_path("");
    let domain = origin.domain()?.to_owned();
    let safe = origin.scheme() == "https" || domain == "localhost" || domain.ends_with(".localhost");
    let here = cx.here();
    let on = safe && here.config.mfa.policy != Some(MfaPolicy::Off);
    let site = WebauthnBuilder::new(&domain, &origin).ok().filter(|_| on)?;
    site.rp_name(crate::zone_called(&here)).timeout(ASKING).build().ok()
}

async fn holder(credential: &str, cx: &mut Ctx) -> Reply<Option<Fields<FactorOwn>>> {
    let before = cx.tx().assume(Duty::SignIn);
    let found = match cx.tx().visible::<Factor>().await {
        Ok(seen) => {
            cx.tx().find(&seen, Cond::In(Field::Text("credential"), vec![credential.to_owned()])).await
        }
        Err(fault) => Err(fault),
    };
    cx.tx().resume(before);
    Ok(found?.filter(|row| row.own.kind == PASSKEY))
}

/// A key that is copied between devices proves less than one that never leaves its own.
fn amr(passkey: &Passkey) -> [&'static str; 2] {
    let copied = Credential::from(passkey.clone()).backup_eligible;
    [if copied { "swk" } else { "hwk" }, "mfa"]
}

fn named(id: &[u8]) -> String {
    hex(&digest(&URL_SAFE_NO_PAD.encode(id)))
}

fn value(options: &impl Serialize) -> Reply<Value> {
    serde_json::to_value(options).map_err(|error| Fault::Internal(error.to_string()))
}

fn plain(what: &impl Serialize) -> Reply<Zeroizing<Vec<u8>>> {
    let text = serde_json::to_vec(what).map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(Zeroizing::new(text))
}

fn pending(what: &str, user: Option<Uuid>, cx: &Ctx) -> String {
    format!("passkey/{what}/{}/{}", cx.zone(), user.unwrap_or_default())
}

/// For the fuzzer: any answer of a browser is read without a panic.
///
/// # Panics
/// Never, or there is a fault.
pub fn fuzz_passkey(bytes: &[u8]) {
    let origin: Url = "https://login.example.com".parse().expect("an address");
    let site = WebauthnBuilder::new("example.com", &origin).and_then(WebauthnBuilder::build).expect("a site");
    let (_, made) = site.start_passkey_registration(Uuid::nil(), "mira", "mira", None).expect("options");
    if let Ok(answer) = serde_json::from_slice::<RegisterPublicKeyCredential>(bytes) {
        assert!(site.finish_passkey_registration(&answer, &made).is_err(), "nobody guesses the challenge");
    }
    if let Ok(answer) = serde_json::from_slice::<PublicKeyCredential>(bytes) {
        let _ = site.identify_discoverable_authentication(&answer);
    }
}

const MADE: &str = "made";
const ASKED: &str = "asked";
/// How long the browser waits for the person (section 15.1 recommends as much).
const ASKING: Duration = Duration::from_secs(300);
/// How long a page with a challenge is good for: people leave the page for signing in open.
const PENDING: Micros = 3_600_000_000;
