//! Writes what waits and hands it over, a few at a time. A message goes out at least once: whoever is ended between handing over
//! and writing that down hands it over again.

use super::errand::{Errand, Kept};
use super::{Mail, is_address};
use crate::pages::zone_called;
use crate::{ExpiringCode, NewCode, Pages, Purpose, User, UserOwn};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use uaa_authz::{Actor, Delete, Duty, Read, Update};
use uaa_look::{ChangeOfAddress, Changed, Envelope, Invite, Lang, Reset, VerifyAddress};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::{Post, ToSend, Undelivered, ZoneInfo, Zones};
use uaa_store::{Access, Cond, DueRow, Field, Fields, Query, Set, TimeOp, Tx, Want};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

/// Sends what waits.
pub struct Postman {
    access: Access,
    zones: Arc<Zones>,
    pages: Pages,
    post: Arc<dyn Post>,
    /// The address for questions.
    contact: Option<String>,
}

/// What becomes of an errand when it is looked at.
enum Written {
    /// It is a message.
    Message(ToSend),
    /// There is nobody to write to, and nobody is to know.
    Nobody,
    /// It can never be sent.
    Never(&'static str),
}

/// The transaction that writes a message, with what it says about its zone and request.
struct Writing<'a> {
    pages: &'a Pages,
    envelope: Envelope<'a>,
    here: &'a ZoneInfo,
    kept: &'a Kept,
    tx: &'a mut Tx,
}

impl Postman {
    /// For this process.
    pub fn new(
        access: Access,
        zones: Arc<Zones>,
        pages: Pages,
        post: Arc<dyn Post>,
        contact: Option<String>,
    ) -> Postman {
        Postman { access, zones, pages, post, contact }
    }

    /// Sends a few of those that are due now. Returns how many were tried.
    ///
    /// # Errors
    /// When the database is away; what was claimed falls due again.
    pub async fn run(self: &Arc<Self>) -> Reply<usize> {
        let due = self.access.due_mails(AT_ONCE).await?;
        let count = due.len();
        let mut all = JoinSet::new();
        for one in due {
            let postman = self.clone();
            all.spawn(async move {
                if let Err(fault) = postman.deliver(one).await {
                    tracing::warn!(mail = %one.id, ?fault, "a message could not be looked after");
                }
            });
        }
        all.join_all().await;
        Ok(count)
    }

    async fn deliver(&self, one: DueRow) -> Reply<()> {
        // A zone that is gone has taken its messages with it.
        let Some(here) = self.zones.of(one.zone) else { return Ok(()) };
        let written = match self.write(one, &here).await {
            Ok(written) => written,
            Err(Fault::Denied(..)) => return Ok(()),
            Err(fault) => {
                tracing::warn!(mail = %one.id, ?fault, "a message could not be written");
                return self.settle(one, Err(Undelivered::Later("it could not be written".into()))).await;
            }
        };
        match written {
            Written::Message(message) => {
                let sent = tokio::time::timeout(PATIENCE, self.post.send(&message)).await;
                let late = || Err(Undelivered::Later("the mail server took too long".into()));
                self.settle(one, sent.unwrap_or_else(|_| late())).await
            }
            Written::Nobody => Ok(()),
            Written::Never(why) => self.settle(one, Err(Undelivered::Never(why.into()))).await,
        }
    }

    /// One transaction: the message, and its code as a row.
    async fn write(&self, one: DueRow, here: &ZoneInfo) -> Reply<Written> {
        let mut tx = self.begin(one, "mail_write");
        let mail = tx.grant::<Update, Mail>(Id::new(one.id)).await?;
        let row = tx.get(&mail).await?;
        let kept: Kept = serde_json::from_str(&row.own.errand).map_err(|e| Fault::Internal(e.to_string()))?;
        let envelope = Envelope {
            lang: Lang::choose(Some(&kept.lang), None, None),
            zone_name: zone_called(here),
            contact: self.contact.as_deref(),
            now: tx.now(),
            offset_minutes: None,
        };
        let writing = Writing { pages: &self.pages, envelope, here, kept: &kept, tx: &mut tx };
        let written = writing.write().await?;
        match &written {
            // What an owner must know comes through whoever floods the address.
            Written::Message(message)
                if !matches!(kept.errand, Errand::Changed { .. })
                    && is_crowded(&message.to, &mut tx).await? =>
            {
                return Ok(Written::Never("too many messages to one address within an hour"));
            }
            Written::Message(message) => {
                tx.update(&mail, Set::default().put(Mail::recipient, message.to.as_str())).await?;
            }
            Written::Nobody => {
                let mail = tx.grant::<Delete, Mail>(Id::new(one.id)).await?;
                tx.delete(mail).await?;
                tx.unsaid();
            }
            Written::Never(_) => {}
        }
        tx.commit().await?;
        Ok(written)
    }

    /// Writes down what became of a try.
    async fn settle(&self, one: DueRow, sent: Result<(), Undelivered>) -> Reply<()> {
        let mut tx = self.begin(one, "mail_settle");
        let mail = tx.grant::<Update, Mail>(Id::new(one.id)).await?;
        let now = tx.now();
        let over = |state: &str| Set::default().put(Mail::state, state).put(Mail::errand, "{}");
        let set = match sent {
            Ok(()) => over("sent").put(Mail::error, ""),
            Err(Undelivered::Later(why)) if one.tries < TRIES => {
                tracing::info!(mail = %one.id, tries = one.tries, why, "a message is tried again later");
                Set::default().put(Mail::due_at, now + wait(one.tries)).put(Mail::error, shortened(&why))
            }
            Err(Undelivered::Later(why) | Undelivered::Never(why)) => {
                tracing::warn!(mail = %one.id, tries = one.tries, why, "a message could not be sent");
                over("failed").put(Mail::error, shortened(&why))
            }
        };
        tx.update(&mail, set).await?;
        tx.commit().await.map(drop)
    }

    fn begin(&self, one: DueRow, op: &'static str) -> Tx {
        let actor = Actor::system(self.access.registry(), Duty::Mail, one.zone);
        let request = format!("mail-{}", one.id).into();
        self.access.begin(Arc::new(actor), one.zone, Want::Write, op, request)
    }
}

impl Writing<'_> {
    async fn write(mut self) -> Reply<Written> {
        let kept = self.kept;
        match &kept.errand {
            Errand::Reset { username, client_id, redirect_uri } => {
                self.reset(username, client_id, redirect_uri.as_deref()).await
            }
            Errand::Verify { mail, name, password, client_id, redirect_uri } => {
                // Who has an account is told nothing that others could see as well.
                if named(mail, self.tx).await?.is_some() {
                    return Ok(Written::Nobody);
                }
                let data =
                    json!({"mail": mail, "name": name, "password": password, "redirect_uri": redirect_uri});
                let (link, until) = self.link(Purpose::Verify, None, client_id, &data).await?;
                let from = self.kept.from.clone();
                Ok(self
                    .message(mail, &VerifyAddress { username: None, mail: mail.clone(), link, until, from }))
            }
            Errand::Confirm { username, client_id, redirect_uri } => {
                self.confirm(username, client_id, redirect_uri.as_deref()).await
            }
            Errand::Change { user, mail, client_id, redirect_uri } => {
                let Some(row) = person(*user, self.tx).await? else { return Ok(Written::Nobody) };
                let data =
                    json!({"mail": mail, "redirect_uri": redirect_uri, "generation": row.own.generation});
                ExpiringCode::end_earlier(Purpose::Change, row.guid, self.tx).await?;
                let (link, until) = self.link(Purpose::Change, Some(row.guid), client_id, &data).await?;
                let (old, new, from) = (row.own.email, mail.clone(), self.kept.from.clone());
                Ok(self.message(mail, &ChangeOfAddress { old, new, link, until, from }))
            }
            Errand::Changed { user, mail, address } => {
                let Some(row) = person(*user, self.tx).await? else { return Ok(Written::Nobody) };
                let (username, link) = (row.own.username, format!("{}/profile", self.here.login));
                let (from, with) = (kept.from.clone(), kept.with.clone());
                let (address, at) = (address.clone(), kept.at);
                // Who has no address is told nothing, and nobody has to mend that.
                if !is_address(mail) {
                    return Ok(Written::Nobody);
                }
                Ok(self.message(mail, &Changed { username, address, link, at, from, with }))
            }
            Errand::Invite { user, mail, by, client_id, redirect_uri } => {
                let Some(row) = person(*user, self.tx).await? else { return Ok(Written::Nobody) };
                let data = json!({"redirect_uri": redirect_uri, "by": by.name, "mail": mail});
                let (link, until) = self.link(Purpose::Invite, Some(row.guid), client_id, &data).await?;
                let by = (by.name.clone(), by.mail.clone());
                let (organization, becomes) = (None, None);
                Ok(self.message(mail, &Invite { by, organization, becomes, mail: mail.clone(), link, until }))
            }
        }
    }

    async fn reset(&mut self, username: &str, client_id: &str, to: Option<&str>) -> Reply<Written> {
        let Some(row) = asked_for(username, self.tx).await?.filter(|row| row.own.active) else {
            return Ok(Written::Nobody);
        };
        let data = json!({"generation": row.own.generation, "redirect_uri": to, "mail": row.own.email});
        ExpiringCode::end_earlier(Purpose::Reset, row.guid, self.tx).await?;
        let (link, until) = self.link(Purpose::Reset, Some(row.guid), client_id, &data).await?;
        let (from, with) = (self.kept.from.clone(), self.kept.with.clone());
        let message = Reset { username: row.own.username, link, until, from, with };
        Ok(self.message(&row.own.email, &message))
    }

    async fn confirm(&mut self, username: &str, client_id: &str, to: Option<&str>) -> Reply<Written> {
        let row = named(username, self.tx).await?;
        let Some(row) = row.filter(|row| row.own.active && !row.own.verified) else {
            return Ok(Written::Nobody);
        };
        let data = json!({"mail": row.own.email, "redirect_uri": to});
        let (link, until) = self.link(Purpose::Verify, Some(row.guid), client_id, &data).await?;
        let (mail, from) = (row.own.email, self.kept.from.clone());
        let username = Some(row.own.username);
        Ok(self.message(&mail, &VerifyAddress { username, mail: mail.clone(), link, until, from }))
    }

    fn message(&self, to: &str, message: &impl uaa_look::Message) -> Written {
        if !is_address(to) {
            return Written::Never("the account has no address");
        }
        let mail = self.pages.mail(&self.envelope, message);
        Written::Message(ToSend { to: to.into(), subject: mail.subject, text: mail.text, html: mail.html })
    }

    /// A link with a fresh code, and until when it works.
    async fn link(
        &mut self,
        purpose: Purpose,
        subject: Option<Uuid>,
        client_id: &str,
        data: &serde_json::Value,
    ) -> Reply<(String, Micros)> {
        let expires = self.tx.now() + purpose.seconds() * 1_000_000;
        let new = NewCode { purpose, subject, client_id, data: data.to_string(), expires };
        let code = ExpiringCode::make(new, self.tx).await?;
        let query = Serializer::new(String::new()).append_pair("code", code.expose()).finish();
        let page = match purpose {
            Purpose::Reset => "reset_password",
            Purpose::Verify => "verify_user",
            Purpose::Change => "verify_email",
            Purpose::Invite => "invitations/accept",
            Purpose::AutoLogin | Purpose::Client => {
                return Err(Fault::Internal(format!("no message is about `{}`", purpose.name())));
            }
        };
        Ok((format!("{}/{page}?{query}", self.here.login), expires))
    }
}

/// Our own user of that name; else the one of that address, if there is one alone.
async fn asked_for(text: &str, tx: &mut Tx) -> Reply<Option<Fields<UserOwn>>> {
    if let Some(row) = named(text, tx).await? {
        return Ok(Some(row));
    }
    let seen = tx.visible::<User>().await?;
    let of_address = Query::<User>::first(2)
        .when(Cond::In(Field::Text("email"), vec![text.to_owned()]))
        .when(Cond::In(Field::Text("origin"), vec!["uaa".to_owned()]));
    let mut rows = tx.list(&seen, &of_address).await?.rows;
    Ok(rows.pop().filter(|_| rows.is_empty()))
}

/// Our own user of that name.
async fn named(username: &str, tx: &mut Tx) -> Reply<Option<Fields<UserOwn>>> {
    let seen = tx.visible::<User>().await?;
    let name = Cond::In(Field::Folded("username_key"), vec![username.to_lowercase()]);
    let ours = Cond::In(Field::Text("origin"), vec!["uaa".to_owned()]);
    tx.find(&seen, Cond::All(vec![name, ours])).await
}

/// The person of that identifier, unless they are gone meanwhile.
async fn person(user: Uuid, tx: &mut Tx) -> Reply<Option<Fields<UserOwn>>> {
    match tx.grant::<Read, User>(Id::new(user)).await {
        Ok(user) => tx.get(&user).await.map(Some),
        Err(Fault::Denied(..)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Whether somebody has our messages sent to that address again and again.
async fn is_crowded(to: &str, tx: &mut Tx) -> Reply<bool> {
    let seen = tx.visible::<Mail>().await?;
    let lately = Query::<Mail>::first(0)
        .when(Cond::In(Field::Text("recipient"), vec![to.to_owned()]))
        .when(Cond::In(Field::Text("state"), vec!["sent".to_owned()]))
        .when(Cond::Time("updated_at", TimeOp::Gt, tx.now() - HOUR));
    Ok(tx.list(&seen, &lately).await?.total >= AN_HOUR)
}

/// 2 seconds after the first try, four times as long after each further one, an hour at most: some four hours in all.
fn wait(tries: i64) -> Micros {
    let tries = u32::try_from(tries.clamp(1, TRIES)).unwrap_or(1);
    (2_000_000 * 4i64.pow(tries - 1)).min(HOUR)
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Messages that are on their way at the same time.
const AT_ONCE: i64 = 4;
/// How long a mail server is waited for: less than a claim lasts.
const PATIENCE: Duration = Duration::from_secs(60);
const TRIES: i64 = 10;
/// Messages to one address within an hour.
const AN_HOUR: i64 = 5;
const HOUR: Micros = 3_600_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_some_hours_apart_in_all() {
        assert_eq!((wait(1), wait(2), wait(9)), (2_000_000, 8_000_000, HOUR));
        let all: Micros = (1..TRIES).map(wait).sum();
        assert!((2 * HOUR..6 * HOUR).contains(&all), "{all}");
    }
}
