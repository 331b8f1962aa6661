//! Keys that change by themselves: the next one is published before it signs, the one before it is kept until the last token that
//! it signed has expired.
//!
//! Every process does this. Each step looks again inside its transaction, which keeps the others out, so that of several
//! processes one takes it.

use crate::engine::Engine;
use std::sync::Arc;
use uaa_directory::signing_key::{self, Turn};
use uaa_model::{Micros, Reply};
use uaa_plugin::ZoneInfo;

impl Engine {
    /// Takes the step that is due in each zone that was spoken to. To be called every minute or so.
    pub async fn turn_keys(&self) {
        let Some(days) = self.settings.key_days else { return };
        for here in self.open_zones() {
            if let Err(fault) = self.turn_keys_of(&here, days * DAY).await {
                // The key before goes on signing.
                tracing::warn!(?fault, zone = here.id, "signing keys could not be rotated");
            }
        }
    }

    async fn turn_keys_of(&self, here: &Arc<ZoneInfo>, period: Micros) -> Reply<()> {
        let ahead = AHEAD.min(period / 2);
        let mut tx = signing_key::begin(&self.access, here.guid, uaa_store::Want::Read);
        let rows = signing_key::rows(&mut tx).await?;
        let now = self.clock.now();
        drop(tx);
        let turns = signing_key::due(&rows, now, period, ahead);
        if turns.is_empty() {
            return Ok(());
        }
        for turn in turns {
            match turn {
                // An RSA key takes a core for some 100 ms, and nobody waits for this one.
                Turn::Publish(algorithm) => {
                    let ring = self.keychain_ring().clone();
                    let key = tokio::task::spawn_blocking(move || ring.make(algorithm)).await;
                    let key = key.map_err(|error| uaa_model::Fault::Internal(error.to_string()))??;
                    let mut tx = signing_key::begin(&self.access, here.guid, uaa_store::Want::Write);
                    signing_key::publish(&mut tx, &key).await?;
                    tx.commit().await?;
                    tracing::info!(zone = here.id, kid = key.kid, "the next signing key is published");
                }
                Turn::Promote(next) => {
                    let configured = self.settings.access_seconds.max(self.settings.refresh_seconds);
                    let policy = &here.config.token_policy;
                    let mut tx = signing_key::begin(&self.access, here.guid, uaa_store::Want::Write);
                    let longest = signing_key::longest(&mut tx, policy, configured).await?;
                    signing_key::promote(&mut tx, next, now + longest * SECOND).await?;
                    tx.commit().await?;
                    tracing::info!(zone = here.id, "the next signing key signs");
                }
                Turn::Forget => {
                    let mut tx = signing_key::begin(&self.access, here.guid, uaa_store::Want::Write);
                    signing_key::forget_retired(&mut tx).await?;
                    tx.commit().await?;
                }
            }
        }
        self.access.follow().await?;
        self.open_keys(here).await.map(drop)
    }
}

const SECOND: Micros = 1_000_000;
const DAY: Micros = 86_400 * SECOND;
/// How long a key is published before it signs: longer than readers of key sets keep them.
const AHEAD: Micros = DAY;
