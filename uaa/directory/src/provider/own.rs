//! Each zone's own provider, `uaa`: it is there from the start and ends with its zone.

use super::{IdentityProvider, OWN_ORIGIN};
use crate::IdentityZone;
use std::sync::Arc;
use uaa_authz::{Actor, Duty, Zone};
use uaa_model::{Fault, Id, Reply, UAA_ZONE};
use uaa_store::{Access, Raw, Set, Tx, Want};
use uuid::Uuid;

/// Makes the zone's own provider. As the product itself.
///
/// # Errors
/// When it has one.
pub(crate) async fn own(tx: &mut Tx) -> Reply<()> {
    let slot = tx.slot::<IdentityProvider>(Id::<Zone>::new(tx.zone())).await?;
    let set = Set::default()
        .put(IdentityProvider::origin, OWN_ORIGIN)
        .put(IdentityProvider::kind, OWN_ORIGIN)
        .put(IdentityProvider::name, OWN_ORIGIN)
        .put(IdentityProvider::issuer, "")
        .put(IdentityProvider::active, true)
        .put(IdentityProvider::config, "{}")
        .put(IdentityProvider::sealed, vec![])
        .put(IdentityProvider::version, 0);
    tx.insert(slot, set).await.map(drop)
}

/// Makes it in every zone that is without: the first one on the first start, and zones from before there were providers.
///
/// # Errors
/// When the database is away.
pub async fn every_zones_own(access: &Access) -> Reply<()> {
    let mut tx = begin(access, UAA_ZONE, Want::Read);
    let seen = tx.visible::<IdentityZone>().await?;
    let rows = tx.raw(&seen, &WITHOUT, vec![]).await?;
    drop(tx);
    for row in rows {
        let mut tx = begin(access, row.get(0)?, Want::Write);
        let made = match own(&mut tx).await {
            Ok(()) => tx.commit().await.map(drop),
            Err(fault) => Err(fault),
        };
        match made {
            // Another process was first, or has just ended the zone.
            Ok(()) | Err(Fault::Unique(_) | Fault::Denied(..)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn begin(access: &Access, zone: Uuid, want: Want) -> Tx {
    let actor = Actor::system(access.registry(), Duty::Bootstrap, zone);
    access.begin(Arc::new(actor), zone, want, "identity_provider_create", "start".into())
}

static WITHOUT: Raw = Raw {
    name: "zones_without_a_provider",
    text: "SELECT z.guid FROM zone z LEFT JOIN identity_provider p ON p.zone = z.guid AND p.origin = 'uaa' \
           WHERE p.guid IS NULL",
    why: "at the start, over all zones at once: a list sees one zone",
};
