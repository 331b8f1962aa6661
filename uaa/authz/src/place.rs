use uuid::Uuid;

use uaa_model::Barrier;

/// Where a resource stands: read from its `place` row, never claimed by a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The resource itself.
    pub id: Uuid,
    /// Its identity zone.
    pub zone: Uuid,
    /// Its organization, when it stands in one or is one.
    pub organization: Option<Uuid>,
    /// Its space, when it stands in one or is one.
    pub space: Option<Uuid>,
    /// The user or client that it belongs to.
    pub owner: Option<Uuid>,
    /// The strongest barrier on the way up.
    pub barrier: Option<Barrier>,
}

impl Place {
    /// The zone itself as a place.
    pub const fn zone(zone: Uuid) -> Place {
        Place { id: zone, zone, organization: None, space: None, owner: None, barrier: None }
    }

    /// The places at which a binding reaches this one, nearest first.
    pub fn chain(&self) -> [Option<Uuid>; 3] {
        [self.space, self.organization, Some(self.zone)]
    }

    /// Whether a binding there reaches here.
    pub fn within(&self, place: Uuid) -> bool {
        self.zone == place || self.organization == Some(place) || self.space == Some(place)
    }
}
