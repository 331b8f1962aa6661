//! A passcode: what a person carries from the browser to a command line (UAA's `/passcode`, `cf login --sso`).

use crate::{Keep, Live, Token, keep};
use serde::{Deserialize, Serialize};
use uaa_authz::{Delete, Duty};
use uaa_model::{Fault, Id, Micros, Reply, Secret};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Query};

/// What is kept with a passcode.
#[derive(Debug, Serialize, Deserialize)]
pub struct Passcode {
    /// When the person proved who they are, in microseconds.
    pub auth_time: Micros,
    /// How.
    pub amr: Vec<String>,
    /// Of the person, when it was made.
    pub generation: i64,
}

impl Passcode {
    /// The column `kind` of its row.
    pub const KIND: &'static str = "passcode";

    /// Seconds that it is good for.
    pub const SECONDS: i64 = 300;

    /// Makes one for the person of a session, in the transaction at hand, which must be one that writes. It ends the one
    /// before. In the form in which it is shown: three groups of four.
    pub async fn make(live: &Live, cx: &mut Ctx) -> Reply<Secret> {
        let me = cx.tx().assume(Duty::SignIn);
        let made = write(live, cx).await;
        cx.tx().resume(me);
        made
    }

    /// A passcode as it is kept: people type it without the hyphens, or with spaces.
    pub fn plain(typed: &str) -> String {
        typed.chars().filter(|c| c.is_ascii_alphanumeric()).take(64).collect()
    }

    /// What is kept.
    pub fn read(claims: &str) -> Reply<Passcode> {
        serde_json::from_str(claims).map_err(|e| Fault::Internal(e.to_string()))
    }
}

async fn write(live: &Live, cx: &mut Ctx) -> Reply<Secret> {
    let seen = cx.tx().visible::<Token>().await?;
    let before = Query::<Token>::first(10)
        .when(Cond::Ids("subject", vec![live.user]))
        .when(Cond::In(Field::Text("kind"), vec![Passcode::KIND.to_owned()]));
    for row in cx.tx().list(&seen, &before).await?.rows {
        match cx.tx().grant::<Delete, Token>(Id::new(row.guid)).await {
            Ok(old) => cx.tx().delete(old).await?,
            Err(Fault::Denied(..)) => {}
            Err(fault) => return Err(fault),
        }
    }
    let ids = cx.tx().ids().clone();
    let text = shown(&ids.hex32());
    let kept = Passcode { auth_time: live.auth_time, amr: live.amr.clone(), generation: live.generation };
    let row = Keep {
        jti: &ids.hex32(),
        text: &Passcode::plain(&text),
        kind: Passcode::KIND,
        client_id: "",
        subject: live.user,
        family: ids.uuid(),
        claims: serde_json::to_string(&kept).map_err(|e| Fault::Internal(e.to_string()))?,
        expires: cx.now() + Passcode::SECONDS * 1_000_000,
        session: Some(live.id),
    };
    keep(cx, row).await?;
    Ok(Secret::new(text))
}

/// Twelve characters that are not taken for each other, out of 128 random bits: 60 bits remain, for five minutes.
fn shown(random: &str) -> String {
    let bits = u128::from_str_radix(random, 16).unwrap_or_default();
    let mut out = String::new();
    for at in 0..12 {
        if at > 0 && at % 4 == 0 {
            out.push('-');
        }
        out.push(char::from(LETTERS[((bits >> (5 * at)) & 31) as usize]));
    }
    out
}

/// Crockford's base 32, in lower case.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_shown() {
        let one = shown("0123456789abcdef0123456789abcdef");
        assert_eq!((one.len(), one.matches('-').count()), (14, 2));
        assert_eq!(Passcode::plain(&one).len(), 12);
        assert_eq!(Passcode::plain(&one), Passcode::plain(&one.replace('-', " ")));
        assert_ne!(one, shown("0123456789abcdef0123456789abcdee"));
    }
}
