//! Authenticator apps: codes of the clock (RFC 6238), with what every app understands: SHA-1, six digits, thirty seconds.

use super::mine::{NAME, said};
use super::{APP, Factor, Factors, Mine, New};
use crate::hex;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use totp_rs::{Builder, Totp};
use uaa_authz::{Duty, Update};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Fields, Set};
use uaa_token::epoch_seconds;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A secret that was made and is not kept yet: the page carries it, sealed, to the request that proves that the app has it.
pub struct NewApp {
    secret: Zeroizing<Vec<u8>>,
    /// What the page carries.
    pub pending: String,
    /// What the app reads: `otpauth://totp/…`.
    pub uri: String,
    /// The secret in Base32, for typing.
    pub key: String,
}

impl std::fmt::Debug for NewApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewApp(…)")
    }
}

/// For whom an app is set up.
#[derive(Clone, Copy, Debug)]
pub struct AppOf<'a> {
    /// The person.
    pub user: Uuid,
    /// The name that the app shows.
    pub username: &'a str,
    /// Whose account it is: the zone's name.
    pub issuer: &'a str,
}

impl Factors {
    /// A new secret (RFC 4226 section 4, requirement 6: 160 bits).
    ///
    /// # Errors
    /// When sealing fails, which no input causes.
    pub fn new_app(&self, of: AppOf<'_>, cx: &Ctx) -> Reply<NewApp> {
        let secret = Zeroizing::new(self.random::<20>().to_vec());
        let mut plain = Zeroizing::new((cx.now() + PENDING).to_be_bytes().to_vec());
        plain.extend_from_slice(&secret);
        let sealed = self.data_key.seal(&pending(of.user, cx), &plain)?;
        shown(secret, URL_SAFE_NO_PAD.encode(sealed), of)
    }

    /// The secret that a page has carried; `None` when it is another person's, too old, or none.
    ///
    /// # Errors
    /// When it cannot be shown, which no input causes.
    pub fn carried(&self, text: &str, of: AppOf<'_>, cx: &Ctx) -> Reply<Option<NewApp>> {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(text) else { return Ok(None) };
        let Ok(plain) = self.data_key.open(&pending(of.user, cx), &sealed) else { return Ok(None) };
        let Some((until, secret)) = plain.split_first_chunk::<8>() else { return Ok(None) };
        if Micros::from_be_bytes(*until) <= cx.now() {
            return Ok(None);
        }
        shown(Zeroizing::new(secret.to_vec()), text.to_owned(), of).map(Some)
    }

    /// Keeps the app if the code is its own, in the transaction at hand, which must write. The code is thereby used.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn keep_app(
        &self,
        app: &NewApp,
        of: AppOf<'_>,
        mine: &Mine,
        code: &str,
        cx: &mut Ctx,
    ) -> Reply<bool> {
        let Some(step) = step_of(&app.secret, code, cx.now())? else { return Ok(false) };
        let credential = hex(&uaa_token::digest(&app.key));
        // The same page sent twice.
        if mine.apps().any(|row| row.own.credential == credential) {
            return Ok(true);
        }
        let name: String = of.issuer.chars().take(NAME).collect();
        let new = New {
            user: of.user,
            kind: APP,
            name: &name,
            credential,
            plain: &app.secret,
            mark: step,
            used_at: cx.now(),
        };
        let before = cx.tx().assume(Duty::SignIn);
        let done = self.write(new, cx).await;
        said("FactorAdded", of.user, of.username, APP, cx);
        cx.tx().resume(before);
        done.map(|()| true)
    }

    /// Whether the code is one of these apps', and was never used (RFC 6238 section 5.2), in the transaction at hand, which must
    /// write. Of several requests with one code, in whatever process, one is told yes.
    ///
    /// # Errors
    /// When the database is away, or a secret is sealed under another data key.
    pub async fn try_app(&self, mine: &Mine, code: &str, cx: &mut Ctx) -> Reply<bool> {
        for row in mine.apps() {
            let secret = self.open(row)?;
            match step_of(&secret, code, cx.now())? {
                Some(step) if step > row.own.mark => return used(row, step, cx).await,
                Some(_) | None => {}
            }
        }
        Ok(false)
    }
}

/// Moves the mark of a factor on, if nobody did meanwhile.
pub(super) async fn used(row: &Fields<super::FactorOwn>, mark: i64, cx: &mut Ctx) -> Reply<bool> {
    let now = cx.now();
    let before = cx.tx().assume(Duty::SignIn);
    let done = match cx.tx().grant::<Update, Factor>(Id::new(row.guid)).await {
        Ok(it) => match cx.tx().swap(&it, Factor::mark, row.own.mark, mark).await {
            Ok(true) => {
                let done = cx.tx().update(&it, Set::default().put(Factor::used_at, now)).await;
                said("MfaAuthenticationSuccess", row.own.subject, "", &row.own.kind, cx);
                done.map(|()| true)
            }
            other => other,
        },
        Err(Fault::Denied(..)) => Ok(false),
        Err(fault) => Err(fault),
    };
    cx.tx().resume(before);
    done
}

/// The step of the clock that the code belongs to: this one, or the one before or after it, as clocks differ.
fn step_of(secret: &[u8], code: &str, now: Micros) -> Reply<Option<i64>> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).take(16).collect();
    let totp = built(secret, "", "")?;
    let step = totp.check(&code, u64::try_from(epoch_seconds(now)).unwrap_or_default());
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn shown(secret: Zeroizing<Vec<u8>>, pending: String, of: AppOf<'_>) -> Reply<NewApp> {
    // A colon ends the issuer's name in the address.
    let plain = |text: &str| text.replace(':', " ");
    let totp = built(&secret, &plain(of.issuer), &plain(of.username))?;
    let uri = totp.to_url().map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(NewApp { key: totp.secret().to_base32(), secret, pending, uri })
}

fn built(secret: &[u8], issuer: &str, username: &str) -> Reply<Totp> {
    let issuer = Some(issuer).filter(|issuer| !issuer.is_empty());
    Builder::new()
        .with_secret(secret.to_vec())
        .with_issuer(issuer)
        .with_account_name(username)
        .build()
        .map_err(|error| Fault::Internal(error.to_string()))
}

fn pending(user: Uuid, cx: &Ctx) -> String {
    format!("app/{}/{user}", cx.zone())
}

/// How long a page with a new secret is good for.
const PENDING: Micros = 900_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the last six digits.
    #[test]
    fn codes_of_the_clock() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64, code: &str| step_of(secret, code, seconds * 1_000_000).unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let step = Some(seconds / 30);
            assert_eq!(at(seconds, code), step);
            assert_eq!(at(seconds, &format!(" {} {}", &code[..3], &code[3..])), step);
            assert_eq!((at(seconds + 30, code), at(seconds - 30, code)), (step, step), "clocks differ");
            assert_eq!(at(seconds + 61, code), None);
            assert!(seconds < 61 || at(seconds - 61, code).is_none());
        }
        for none in ["", "28708", "2870821", "+87082", "abcdef", "２８７０８２"] {
            assert_eq!(at(59, none), None, "{none}");
        }
    }

    #[test]
    fn what_an_app_reads() {
        let of = AppOf { user: Uuid::nil(), username: "mira@acme.example", issuer: "Acme: Platform" };
        let app = shown(Zeroizing::new(b"12345678901234567890".to_vec()), String::new(), of).unwrap();
        assert_eq!(app.key, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(app.uri.starts_with("otpauth://totp/Acme%20%20Platform:mira%40acme.example?"), "{}", app.uri);
        assert!(app.uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{}", app.uri);
        assert_eq!(format!("{app:?}"), "NewApp(…)");
    }
}
