//! Recovery codes: for whoever has lost everything else. Ten, shown once, each good once.
//!
//! Their hashes lie together in one sealed row, and the row's mark says which are used. A code has 50 random bits: enough against
//! guessing at a door that locks, and too few for a bare hash in a copy of the database, so the hashes are encrypted.

use super::app::used;
use super::mine::{erase, said};
use super::{Factors, Mine, New, RECOVERY};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uaa_authz::Duty;
use uaa_model::{Fault, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_token::digest;
use uuid::Uuid;
use zeroize::Zeroizing;

impl Factors {
    /// Makes ten codes in the place of those that there were, in the transaction at hand, which must write.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn make_codes(&self, mine: &Mine, username: &str, cx: &mut Ctx) -> Reply<Vec<String>> {
        let codes: Vec<String> = (0..COUNT).map(|_| self.code()).collect();
        let mut hashes = Zeroizing::new(Vec::with_capacity(32 * codes.len()));
        for code in &codes {
            hashes.extend_from_slice(&hash(mine.user, code));
        }
        let new = New {
            user: mine.user,
            kind: RECOVERY,
            name: "",
            // One set a person.
            credential: format!("recovery-{}", mine.user.simple()),
            plain: &hashes,
            mark: 0,
            used_at: 0,
        };
        let before = cx.tx().assume(Duty::SignIn);
        let mut done = Ok(());
        if let Some(row) = mine.recovery() {
            done = erase(row.guid, cx).await;
        }
        if done.is_ok() {
            done = self.write(new, cx).await;
        }
        said("RecoveryCodesMade", mine.user, username, RECOVERY, cx);
        cx.tx().resume(before);
        done.map(|()| codes)
    }

    /// The codes as a browser carries them to their page, for the server alone, and for as long as such pages are good for.
    ///
    /// # Errors
    /// When sealing fails, which no input causes.
    pub fn carry_codes(&self, user: Uuid, codes: &[String], cx: &Ctx) -> Reply<String> {
        let mut plain = Zeroizing::new((cx.now() + CARRIED).to_be_bytes().to_vec());
        plain.extend_from_slice(Zeroizing::new(codes.join(" ")).as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(self.data_key.seal(&carried(user, cx), &plain)?))
    }

    /// The codes that a browser has carried; nothing when they are another person's, too old, or none.
    pub fn carried_codes(&self, text: &str, user: Uuid, cx: &Ctx) -> Vec<String> {
        let sealed = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let Ok(plain) = self.data_key.open(&carried(user, cx), &sealed) else { return vec![] };
        let Some((until, codes)) = plain.split_first_chunk::<8>() else { return vec![] };
        let good = cx.now() < Micros::from_be_bytes(*until);
        let codes = std::str::from_utf8(codes).ok().filter(|_| good).unwrap_or_default();
        codes.split_whitespace().map(str::to_owned).collect()
    }

    /// Whether the code is one that is left, which it is no longer, in the transaction at hand, which must write. Of several
    /// requests with one code one is told yes.
    ///
    /// # Errors
    /// `Retry` when another code was used at the same moment; when the database is away.
    pub async fn try_code(&self, mine: &Mine, typed: &str, cx: &mut Ctx) -> Reply<bool> {
        let Some(row) = mine.recovery() else { return Ok(false) };
        let hashes = self.open(row)?;
        let wanted = hash(mine.user, &plain(typed));
        let mut found = None;
        for (at, known) in hashes.chunks_exact(32).enumerate() {
            if known.ct_eq(&wanted).into() {
                found = Some(1i64 << at);
            }
        }
        match found {
            Some(bit) if row.own.mark & bit == 0 => match used(row, row.own.mark | bit, cx).await? {
                true => Ok(true),
                false => Err(Fault::Retry),
            },
            Some(_) | None => Ok(false),
        }
    }

    /// As it is shown: two groups of five, of letters that are not taken for each other.
    fn code(&self) -> String {
        let random = self.random::<10>();
        let letters: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect();
        format!("{}-{}", &letters[..5], &letters[5..])
    }
}

/// How many are left of a set.
pub(super) fn left(mark: i64) -> u32 {
    COUNT.saturating_sub(mark.count_ones())
}

/// As people type it: in capitals, without the hyphen, a letter in the place of a digit.
fn plain(typed: &str) -> String {
    let read = |c: char| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).take(64).map(read).collect();
    letters.split_at_checked(5).map_or(letters.clone(), |(first, second)| format!("{first}-{second}"))
}

fn hash(user: Uuid, code: &str) -> [u8; 32] {
    digest(&format!("recovery {user} {code}"))
}

/// How many there are: the bits of a mark.
const COUNT: u32 = 10;
/// Crockford's base 32, in lower case.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn carried(user: Uuid, cx: &Ctx) -> String {
    format!("codes/{}/{user}", cx.zone())
}

/// How long a browser carries new codes.
const CARRIED: Micros = 900_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use uaa_model::TestRng;
    use uaa_token::DataKey;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let rng = Arc::new(TestRng::default());
        let factors = Factors::new(Arc::new(DataKey::generate(rng.as_ref())), rng);
        let one = factors.code();
        assert_eq!((one.len(), one.as_bytes()[5]), (11, b'-'));
        assert_eq!(plain(&one.to_uppercase().replace('-', " ")), one);
        assert_eq!(plain("oO1lI-abcde"), "00111-abcde");
        assert_ne!(one, factors.code());
        for odd in ["", "abc", "ä", "abcdeabcdeabcde"] {
            assert_ne!(plain(odd), one);
        }
    }

    #[test]
    fn bits_are_codes() {
        assert_eq!((left(0), left(0b101), left(0b11_1111_1111)), (10, 8, 0));
    }
}
