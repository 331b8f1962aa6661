//! Identity zones: users, groups, clients and keys of their own, under a subdomain of their own.
//!
//! The first one, `uaa`, manages the others: there each zone is a thing (`Granted<V, IdentityZone>`), and users and clients of
//! the first zone may hold roles at another zone's place.

mod authority;
mod found;

pub use authority::Authority;
pub use found::{default_groups, end, furnish, group};

use uaa_authz::{Does, Kind, Resource, Zone};
use uaa_model::{Id, Reply};
use uaa_plugin::{Ctx, Need, NeedInfo};
use uaa_store::{Granted, Row, Spec, Stored, fields};

/// An identity zone as a row: of the kind [`Zone`].
#[derive(Debug)]
pub enum IdentityZone {}

impl Resource for IdentityZone {
    const KIND: Kind = Zone::KIND;
    type Parent = Zone;
}

fields!(
    IdentityZone,
    /// An identity zone's own columns.
    IdentityZoneOwn {
        /// Its `id` on the wire.
        zid: String,
        /// The label before `.uaa.DOMAIN`, in lower case.
        subdomain: String,
        /// For people.
        name: String,
        /// For people.
        description: Option<String>,
        /// Whether anybody reaches it.
        active: bool,
        /// Its configuration, a JSON object.
        config: String,
        /// How often it was changed.
        version: i64,
    }
);

impl Stored for IdentityZone {
    type Own = IdentityZoneOwn;
    const SPEC: Spec = Spec {
        table: "zone",
        organization: None,
        space: None,
        columns: IdentityZone::COLUMNS,
        metadata: false,
        shared: false,
        tally: false,
    };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[("", "the zone exists already")];
    fn own(row: &Row, at: usize) -> Reply<IdentityZoneOwn> {
        IdentityZoneOwn::read(row, at)
    }
}

/// The proof about the zone whose `id` the path's first parameter is. From the first zone it may be any, from another one
/// only that one itself.
#[derive(Debug)]
pub struct ZoneInPath<V>(pub Granted<V, IdentityZone>);

impl<V: Does, I: Sync> Need<I> for ZoneInPath<V> {
    const INFO: NeedInfo = NeedInfo::Grant(V::VERB, Zone::KIND.name);

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        // A name that no zone has is an id that no zone has.
        let guid = cx.zones().named(cx.params.text(0)).map(|zone| zone.guid).unwrap_or_default();
        cx.tx().grant(Id::new(guid)).await.map(ZoneInPath)
    }
}
