use sha2::{Digest, Sha256};
use uuid::Uuid;

/// At which places a role can be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleLevel {
    /// At a zone: it reaches everything in it.
    Zone,
    /// At an organization.
    Organization,
    /// At a space.
    Space,
}

impl RoleLevel {
    /// The number in the column `level`.
    pub const fn number(self) -> i16 {
        match self {
            RoleLevel::Zone => 0,
            RoleLevel::Organization => 1,
            RoleLevel::Space => 2,
        }
    }

    /// The name of such a place on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            RoleLevel::Zone => "zone",
            RoleLevel::Organization => "organization",
            RoleLevel::Space => "space",
        }
    }

    /// The level of that number; what no statement writes reads as the narrowest.
    pub const fn numbered(number: i16) -> RoleLevel {
        match number {
            0 => RoleLevel::Zone,
            1 => RoleLevel::Organization,
            _ => RoleLevel::Space,
        }
    }
}

/// A role that comes with the product. What it may do stands beside the kinds it speaks of ([`crate::Kind::grants`]).
#[derive(Clone, Copy, Debug)]
pub struct Role {
    /// Name, in the Cloud Controller's terms for organization and space roles, in UAA's for scopes.
    pub name: &'static str,
    /// Where it is bound.
    pub level: RoleLevel,
}

impl Role {
    const fn at(level: RoleLevel, name: &'static str) -> Role {
        Role { name, level }
    }
}

/// All roles that come with the product, in the order of `roles.txt`.
pub const BUILT_IN: &[Role] = &[
    Role::at(RoleLevel::Zone, "admin"),
    Role::at(RoleLevel::Zone, "admin_read_only"),
    Role::at(RoleLevel::Zone, "global_auditor"),
    Role::at(RoleLevel::Organization, "organization_manager"),
    Role::at(RoleLevel::Organization, "organization_auditor"),
    Role::at(RoleLevel::Organization, "organization_billing_manager"),
    Role::at(RoleLevel::Organization, "organization_user"),
    Role::at(RoleLevel::Space, "space_manager"),
    Role::at(RoleLevel::Space, "space_developer"),
    Role::at(RoleLevel::Space, "space_auditor"),
    Role::at(RoleLevel::Space, "space_supporter"),
    Role::at(RoleLevel::Zone, "uaa.admin"),
    Role::at(RoleLevel::Zone, ZONE_ADMIN),
    Role::at(RoleLevel::Zone, ZONE_READER),
    Role::at(RoleLevel::Zone, "zones.read"),
    Role::at(RoleLevel::Zone, "zones.write"),
    Role::at(RoleLevel::Zone, "scim.read"),
    Role::at(RoleLevel::Zone, "scim.write"),
    Role::at(RoleLevel::Zone, "scim.create"),
    Role::at(RoleLevel::Zone, "scim.userids"),
    Role::at(RoleLevel::Zone, "scim.invite"),
    Role::at(RoleLevel::Zone, "oauth.login"),
    Role::at(RoleLevel::Zone, "scim.me"),
    Role::at(RoleLevel::Zone, "groups.update"),
    Role::at(RoleLevel::Zone, "uaa.account_status.write"),
    Role::at(RoleLevel::Zone, "password.write"),
    Role::at(RoleLevel::Zone, "clients.read"),
    Role::at(RoleLevel::Zone, "clients.write"),
    Role::at(RoleLevel::Zone, "clients.secret"),
    Role::at(RoleLevel::Zone, "clients.admin"),
    Role::at(RoleLevel::Zone, "clients.trust"),
    Role::at(RoleLevel::Zone, "clients.register"),
    Role::at(RoleLevel::Zone, "idps.read"),
    Role::at(RoleLevel::Zone, "idps.write"),
    Role::at(RoleLevel::Zone, "tokens.list"),
    Role::at(RoleLevel::Zone, "tokens.revoke"),
    Role::at(RoleLevel::Zone, "uaa.resource"),
    Role::at(RoleLevel::Zone, "access.read"),
    Role::at(RoleLevel::Zone, "access.write"),
];

/// Scopes whose group or authority stands for a role of another name.
pub const SCOPE_ROLES: &[(&str, &str)] = &[
    ("cloud_controller.admin", "admin"),
    ("cloud_controller.admin_read_only", "admin_read_only"),
    ("cloud_controller.global_auditor", "global_auditor"),
];

/// The role that a scope stands for: a group or client authority of that name is a binding to it. `None` for a scope
/// without authority of its own, such as `openid` or an application's.
pub fn role_of_scope(scope: &str) -> Option<&'static str> {
    if let Some((_, role)) = SCOPE_ROLES.iter().find(|(name, _)| *name == scope) {
        return Some(role);
    }
    // Organization and space roles are bound at their places, never by a scope.
    BUILT_IN
        .iter()
        .find(|r| r.name == scope && r.level == RoleLevel::Zone && scope.contains('.'))
        .map(|r| r.name)
}

/// The scope that stands for a role, if one does.
pub(crate) fn scope_of_role(role: &'static str) -> Option<&'static str> {
    let other = SCOPE_ROLES.iter().find(|(_, name)| *name == role).map(|(scope, _)| *scope);
    other.or_else(|| role_of_scope(role))
}

/// The keeper of one identity zone: does there what UAA's `zones.<id>.admin` does.
pub const ZONE_ADMIN: &str = "zone_admin";
/// Sees one identity zone, as with UAA's `zones.<id>.read`.
pub const ZONE_READER: &str = "zone_reader";

/// What stands behind `zones.<id>.` in scopes by which the first zone's users and clients reach another one, or their own zone's
/// keeper that zone.
pub const ZONE_SCOPES: [&str; 13] = [
    "admin",
    "read",
    "clients.admin",
    "clients.read",
    "clients.write",
    "scim.read",
    "scim.write",
    "scim.create",
    "scim.invite",
    "idps.read",
    "idps.write",
    "sps.read",
    "sps.write",
];

/// Of a scope that speaks of a zone: the zone's `id`, and the role there, unless there is nothing yet that it opens.
///
/// `zones.read` and `zones.write` speak of all of them and are none.
pub fn zone_scope(scope: &str) -> Option<(&str, Option<&'static str>)> {
    let (zone, what) = scope.strip_prefix("zones.")?.split_once('.')?;
    let what = ZONE_SCOPES.into_iter().find(|known| *known == what)?;
    let role = match what {
        "admin" => Some(ZONE_ADMIN),
        "read" => Some(ZONE_READER),
        other => role_of_scope(other),
    };
    Some((zone, role))
}

/// Every scope that speaks of the zone of that `id`.
pub fn scopes_of_zone(id: &str) -> impl Iterator<Item = String> {
    ZONE_SCOPES.into_iter().map(move |what| format!("zones.{id}.{what}"))
}

/// The identifier under which bindings name a built-in role: the same in every installation.
pub fn built_in_id(name: &str) -> Uuid {
    let digest = Sha256::new().chain_update("hallmark role ").chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_zones_stand_for_roles_there() {
        assert_eq!(zone_scope("zones.a-b.admin"), Some(("a-b", Some("zone_admin"))));
        assert_eq!(zone_scope("zones.x.read"), Some(("x", Some("zone_reader"))));
        assert_eq!(zone_scope("zones.x.scim.write"), Some(("x", Some("scim.write"))));
        assert_eq!(zone_scope("zones.x.idps.read"), Some(("x", Some("idps.read"))));
        assert_eq!(zone_scope("zones.x.sps.read"), Some(("x", None)));
        for none in ["zones.read", "zones.write", "zones.x.uaa.admin", "zones.x.", "zones..", "zone.x.admin"]
        {
            assert_eq!(zone_scope(none), None, "{none}");
        }
        assert!(scopes_of_zone("x").all(|scope| zone_scope(&scope).is_some_and(|(zone, _)| zone == "x")));
        assert_eq!(role_of_scope("zone_admin"), None);
    }

    #[test]
    fn scopes_stand_for_roles() {
        assert_eq!(role_of_scope("cloud_controller.admin"), Some("admin"));
        assert_eq!(role_of_scope("scim.read"), Some("scim.read"));
        assert_eq!(role_of_scope("openid"), None);
        assert_eq!(role_of_scope("space_developer"), None);
        assert_eq!(role_of_scope("admin"), None);
    }
}
