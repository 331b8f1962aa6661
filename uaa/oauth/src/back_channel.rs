//! OpenID Connect Back-Channel Logout 1.0: clients are told that a session has ended, again and again until they say that they
//! know, or a day is over.

use crate::client::Known;
use crate::engine::Engine;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use uaa_authz::{Actor, Delete, Duty, Update};
use uaa_directory::{LogoutNotice, LogoutNoticeOwn};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::ZoneInfo;
use uaa_store::{DueRow, Fields, Set, Tx, Want};
use uaa_token::epoch_seconds;

impl Engine {
    /// Tells a few clients of what they are to know now. Returns how many were tried.
    ///
    /// # Errors
    /// When the database is away; what was claimed falls due again.
    pub async fn tell_clients(self: &Arc<Self>) -> Reply<usize> {
        let due = self.access.due_logout_notices(AT_ONCE).await?;
        let count = due.len();
        let mut all = JoinSet::new();
        for one in due {
            let engine = self.clone();
            all.spawn(async move {
                if let Err(fault) = engine.tell(one).await {
                    tracing::warn!(notice = %one.id, ?fault, "a notice could not be looked after");
                }
            });
        }
        all.join_all().await;
        Ok(count)
    }

    async fn tell(&self, one: DueRow) -> Reply<()> {
        // A zone that is gone has taken its notices with it.
        let Some(here) = self.zones.of(one.zone) else { return Ok(()) };
        let mut tx = self.for_notice(one, Want::Read);
        let row = match tx.grant::<Update, LogoutNotice>(Id::new(one.id)).await {
            Ok(notice) => tx.get(&notice).await?,
            Err(Fault::Denied(..)) => return Ok(()),
            Err(fault) => return Err(fault),
        };
        drop(tx);
        let client = self.client(one.zone, &row.own.client_id).await?;
        let uri = client.as_ref().and_then(|client| client.backchannel_logout_uri.clone());
        let (Some(client), Some(uri)) = (client, uri) else {
            // It is gone, or wants to hear nothing any more.
            return self.told(one).await;
        };
        let form = [("logout_token".to_owned(), self.logout_token(&client, &row, &here).await?)];
        match tokio::time::timeout(PATIENCE, self.published.post(&uri, &form)).await {
            Ok(Ok(())) => self.told(one).await,
            Ok(Err(fault)) => self.untold(one, &row, &said(&fault)).await,
            Err(_) => self.untold(one, &row, "it took too long to answer").await,
        }
    }

    /// Section 2.4 of the specification. It has no `nonce`, so that nobody takes it for an ID token.
    async fn logout_token(
        &self,
        client: &Known,
        row: &Fields<LogoutNoticeOwn>,
        here: &Arc<ZoneInfo>,
    ) -> Reply<String> {
        let iat = epoch_seconds(self.clock.now());
        let claims = json!({
            "iss": here.issuer,
            "sub": self.called_by(client, row.own.subject)?.to_string(),
            "aud": [client.client_id],
            "iat": iat,
            "exp": iat + GOOD,
            "jti": self.ids.hex32(),
            "sid": self.called_by(client, row.own.session)?.to_string(),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        self.keys(here).await?.encoder_typed(client.id_token_algorithm, "logout+jwt").encode(&claims)
    }

    async fn told(&self, one: DueRow) -> Reply<()> {
        let mut tx = self.for_notice(one, Want::Write);
        match tx.grant::<Delete, LogoutNotice>(Id::new(one.id)).await {
            Ok(notice) => tx.delete(notice).await?,
            Err(Fault::Denied(..)) => return Ok(()),
            Err(fault) => return Err(fault),
        }
        tx.commit().await.map(drop)
    }

    async fn untold(&self, one: DueRow, row: &Fields<LogoutNoticeOwn>, why: &str) -> Reply<()> {
        let client = &row.own.client_id;
        tracing::warn!(client, tries = one.tries, why, "a client was not told that a session has ended");
        let mut tx = self.for_notice(one, Want::Write);
        let notice = tx.grant::<Update, LogoutNotice>(Id::new(one.id)).await?;
        let wait = (SECOND << one.tries.clamp(1, 12)).min(HOUR);
        let why: String = why.chars().take(250).collect();
        let set = Set::default().put(LogoutNotice::due_at, tx.now() + wait).put(LogoutNotice::error, why);
        tx.update(&notice, set).await?;
        tx.commit().await.map(drop)
    }

    fn for_notice(&self, one: DueRow, want: Want) -> Tx {
        let actor = Actor::system(self.access.registry(), Duty::SignIn, one.zone);
        let request = format!("logout-{}", one.id).into();
        self.access.begin(Arc::new(actor), one.zone, want, "client_logout_tell", request)
    }
}

fn said(fault: &Fault) -> String {
    match fault {
        Fault::Unavailable(why) => why.clone(),
        other => format!("{other:?}"),
    }
}

const AT_ONCE: i64 = 32;
/// Seconds that a logout token is good for: the specification recommends two minutes at most.
const GOOD: i64 = 120;
const PATIENCE: Duration = Duration::from_secs(5);
const SECOND: Micros = 1_000_000;
const HOUR: Micros = 3_600 * SECOND;
