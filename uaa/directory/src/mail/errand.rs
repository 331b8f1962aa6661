use super::Mail;
use crate::{Pages, Purpose};
use axum::http::header;
use serde::{Deserialize, Serialize};
use uaa_authz::Duty;
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Query, Set};
use uuid::Uuid;

/// What is to be written, and to whom.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "lowercase")]
pub enum Errand {
    /// A link to set a new password, if anybody has that name.
    Reset {
        /// As it was typed.
        username: String,
        /// The client that sent them; empty for none.
        client_id: String,
        /// Where they wanted to go on to.
        redirect_uri: Option<String>,
    },
    /// A link that makes an account of that address, if nobody has it yet.
    Verify {
        /// The address: the user's name as well.
        mail: String,
        /// What they call themselves.
        name: String,
        /// The hash of the password that they chose.
        password: String,
        /// The client that sent them; empty for none.
        client_id: String,
        /// Where they wanted to go on to.
        redirect_uri: Option<String>,
    },
    /// A link that confirms the address of an account that waits for it, if anybody has that name.
    Confirm {
        /// The name of the account.
        username: String,
        /// The client that they were on the way to; empty for none.
        client_id: String,
        /// Where they wanted to go on to.
        redirect_uri: Option<String>,
    },
    /// A link that makes another address the one of an account; to the new one.
    Change {
        /// The account.
        user: Uuid,
        /// The new address.
        mail: String,
        /// The client that sent them; empty for none.
        client_id: String,
        /// Where they wanted to go on to.
        redirect_uri: Option<String>,
    },
    /// A link by which somebody who was invited chooses a password.
    Invite {
        /// The account that waits for them.
        user: Uuid,
        /// Its address.
        mail: String,
        /// Who invites.
        by: Inviter,
        /// The client on whose behalf; empty for none.
        client_id: String,
        /// Where they go on to.
        redirect_uri: Option<String>,
    },
    /// That something was changed in an account, for its owner.
    Changed {
        /// The account.
        user: Uuid,
        /// Where the owner reads it: the address of before.
        mail: String,
        /// The new address; without one it is the password that was changed.
        address: Option<String>,
    },
}

/// Who invites, as the message says it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Inviter {
    /// The name.
    pub name: String,
    /// The address.
    pub mail: String,
}

impl Errand {
    /// What it is about, as the table holds it.
    pub fn about(&self) -> &'static str {
        match self {
            Errand::Reset { .. } => Purpose::Reset.name(),
            Errand::Verify { .. } | Errand::Confirm { .. } => Purpose::Verify.name(),
            Errand::Change { .. } => Purpose::Change.name(),
            Errand::Invite { .. } => Purpose::Invite.name(),
            Errand::Changed { .. } => "changed",
        }
    }

    /// Whether anybody may ask for it who has shown nothing. What must be told to an owner, or was asked for by somebody who is known, is
    /// not held up by what others ask for.
    fn is_anybodys(&self) -> bool {
        match self {
            Errand::Reset { .. } | Errand::Verify { .. } | Errand::Confirm { .. } => true,
            Errand::Change { .. } | Errand::Invite { .. } | Errand::Changed { .. } => false,
        }
    }

    /// To whom, where that is known beforehand.
    fn recipient(&self) -> &str {
        match self {
            Errand::Reset { .. } | Errand::Confirm { .. } => "",
            Errand::Verify { mail, .. }
            | Errand::Change { mail, .. }
            | Errand::Invite { mail, .. }
            | Errand::Changed { mail, .. } => mail,
        }
    }
}

impl std::fmt::Debug for Errand {
    /// Without what somebody typed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Errand").field(&self.about()).finish()
    }
}

/// An errand with what the message says about the request that it comes from.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(flatten)]
    pub(super) errand: Errand,
    pub(super) lang: String,
    /// When it was asked, in microseconds.
    #[serde(default)]
    pub(super) at: Micros,
    /// From which address it was asked.
    pub(super) from: Option<String>,
    /// With which browser and system.
    pub(super) with: Option<String>,
}

/// Puts an errand into the queue, in the transaction at hand, which must be one that writes.
///
/// # Errors
/// [`Fault::TooMany`] for what anybody may ask for, while very much of that waits already.
pub async fn queue(errand: Errand, cx: &mut Ctx) -> Reply<()> {
    let kept = Kept {
        lang: Pages::lang(None, cx).tag().to_owned(),
        from: Some(cx.caller.address.to_string()).filter(|address| !address.is_empty()),
        with: cx.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).and_then(browser),
        at: cx.now(),
        errand,
    };
    let me = cx.tx().assume(Duty::SignIn);
    let done = write(&kept, cx).await;
    cx.tx().resume(me);
    done
}

async fn write(kept: &Kept, cx: &mut Ctx) -> Reply<()> {
    if kept.errand.is_anybodys() {
        let seen = cx.tx().visible::<Mail>().await?;
        let theirs = [Purpose::Reset, Purpose::Verify].map(|purpose| purpose.name().to_owned());
        let waiting = Query::<Mail>::first(0)
            .when(Cond::In(Field::Text("state"), vec!["waiting".to_owned()]))
            .when(Cond::In(Field::Text("purpose"), theirs.into()));
        if cx.tx().list(&seen, &waiting).await?.total >= MOST {
            return Err(Fault::TooMany(60));
        }
    }
    let now = cx.now();
    let set = Set::default()
        .put(Mail::purpose, kept.errand.about())
        .put(Mail::recipient, kept.errand.recipient())
        .put(Mail::errand, serde_json::to_string(kept).map_err(|e| Fault::Internal(e.to_string()))?)
        .put(Mail::state, "waiting")
        .put(Mail::tries, 0)
        .put(Mail::due_at, now)
        .put(Mail::error, "");
    let zone = Id::new(cx.zone());
    let slot = cx.tx().slot::<Mail>(zone).await?;
    cx.tx().insert(slot, set).await?;
    // Whether it names anybody is found out later, and the code that comes of it is an entry then.
    if kept.errand.is_anybodys() {
        cx.tx().unsaid();
    }
    Ok(())
}

/// Browser and system by name, in words of our own: what a request calls itself is a stranger's text, and would stand in a
/// message that comes from us.
fn browser(agent: &str) -> Option<String> {
    let named = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    let browser = named(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ])?;
    let system = named(&[
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    Some(system.map_or_else(|| browser.to_owned(), |system| format!("{browser}, {system}")))
}

/// Messages of one zone that wait and that anybody may ask for: the table cannot be filled by whoever asks for links.
const MOST: i64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_our_names() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(browser(firefox).as_deref(), Some("Firefox, Linux"));
        assert_eq!(browser("curl/8.5"), None);
        assert_eq!(browser("Click here: https://evil.example Chrome/1"), Some("Chrome".into()));
    }
}
