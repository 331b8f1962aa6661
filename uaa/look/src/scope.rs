//! What a scope means to the person who is asked for it.

use crate::Asked;
use crate::scene::Scene;
use crate::words::key;

/// The headings under which consent lists what an application asks for, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    You,
    Platform,
    Accounts,
    Zone,
    Other,
    Away,
}

/// The message that says it, and one that explains it.
pub(crate) struct Meaning {
    pub(crate) group: Group,
    pub(crate) says: &'static str,
    pub(crate) explains: Option<&'static str>,
}

impl Group {
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Group::You => key("scopes-you"),
            Group::Platform => key("scopes-platform"),
            Group::Accounts => key("scopes-accounts"),
            Group::Zone => key("scopes-zone"),
            Group::Other => key("scopes-other"),
            Group::Away => key("scopes-away"),
        }
    }
}

/// `None` for a scope of an application's own, which is shown by its name.
pub(crate) fn meaning(scope: &str) -> Option<Meaning> {
    of_you(scope)
        .or_else(|| on_the_platform(scope))
        .or_else(|| of_accounts(scope))
        .or_else(|| of_the_zone(scope))
}

/// What scopes allow, a line each, without headings. `alone`: whether the identifier is one that only this application has, and comes
/// without anything else.
pub(crate) fn lines(x: &Scene<'_>, scopes: &[Asked], alone: bool) -> Vec<String> {
    let line = |asked: &Asked| {
        if asked.name == "openid" {
            let says = if alone { key("scope-openid-alone") } else { key("scope-openid-all") };
            return x.text(says).to_string();
        }
        let says = meaning(&asked.name).map(|meaning| x.text(meaning.says).to_string());
        says.or_else(|| asked.about.clone()).unwrap_or_else(|| asked.name.clone())
    };
    // Who it is comes first, as in a request.
    let (first, rest): (Vec<_>, Vec<_>) = scopes.iter().partition(|asked| asked.name == "openid");
    first.into_iter().chain(rest).map(line).collect()
}

fn of_you(scope: &str) -> Option<Meaning> {
    let (group, says, explains) = match scope {
        "openid" => (Group::You, key("scope-openid"), Some(key("scope-openid-why"))),
        "profile" => (Group::You, key("scope-profile"), None),
        "email" => (Group::You, key("scope-email"), None),
        "phone" => (Group::You, key("scope-phone"), None),
        "address" => (Group::You, key("scope-address"), None),
        "roles" => (Group::You, key("scope-roles"), None),
        "user_attributes" => {
            (Group::You, key("scope-user-attributes"), Some(key("scope-user-attributes-why")))
        }
        "offline_access" | "uaa.offline_token" => {
            (Group::Away, key("scope-offline-access"), Some(key("scope-offline-access-why")))
        }
        _ => return None,
    };
    Some(Meaning { group, says, explains })
}

fn on_the_platform(scope: &str) -> Option<Meaning> {
    let (says, explains) = match scope {
        "cloud_controller.read" => (key("scope-cc-read"), None),
        "cloud_controller.write" => (key("scope-cc-write"), Some(key("only-where-you-may"))),
        "cloud_controller.admin" => (key("scope-cc-admin"), Some(key("scope-cc-admin-why"))),
        "cloud_controller.admin_read_only" => (key("scope-cc-admin-read-only"), None),
        "cloud_controller.global_auditor" => (key("scope-cc-global-auditor"), None),
        "cloud_controller_service_permissions.read" => (key("scope-cc-service-permissions"), None),
        "doppler.firehose" => (key("scope-firehose"), None),
        "logs.admin" => (key("scope-logs-admin"), None),
        "routing.routes.read" => (key("scope-routes-read"), None),
        "routing.routes.write" => (key("scope-routes-write"), None),
        "routing.router_groups.read" => (key("scope-router-groups-read"), None),
        "routing.router_groups.write" => (key("scope-router-groups-write"), None),
        "network.write" => (key("scope-network-write"), Some(key("only-where-you-may"))),
        "network.admin" => (key("scope-network-admin"), None),
        _ => return None,
    };
    Some(Meaning { group: Group::Platform, says, explains })
}

fn of_accounts(scope: &str) -> Option<Meaning> {
    let says = match scope {
        "uaa.user" => key("scope-uaa-user"),
        "password.write" => key("scope-password-write"),
        "oauth.approvals" | "approvals.me" => key("scope-approvals"),
        "scim.me" => key("scope-scim-me"),
        "scim.read" => key("scope-scim-read"),
        "scim.write" => key("scope-scim-write"),
        "scim.create" => key("scope-scim-create"),
        "scim.userids" => key("scope-scim-userids"),
        "scim.invite" => key("scope-scim-invite"),
        "groups.update" => key("scope-groups-update"),
        _ => return None,
    };
    Some(Meaning { group: Group::Accounts, says, explains: None })
}

fn of_the_zone(scope: &str) -> Option<Meaning> {
    let (says, explains) = match scope {
        "uaa.admin" => (key("scope-uaa-admin"), Some(key("scope-uaa-admin-why"))),
        "uaa.resource" => (key("scope-uaa-resource"), None),
        "clients.read" => (key("scope-clients-read"), None),
        "clients.write" | "clients.trust" => (key("scope-clients-write"), None),
        "clients.secret" => (key("scope-clients-secret"), None),
        "clients.admin" => (key("scope-clients-admin"), None),
        "zones.read" => (key("scope-zones-read"), None),
        "zones.write" => (key("scope-zones-write"), None),
        "idps.read" => (key("scope-idps-read"), None),
        "idps.write" => (key("scope-idps-write"), None),
        "scim.zones" => (key("scope-scim-zones"), None),
        _ if scope.starts_with("zones.") && scope.ends_with(".admin") => (key("scope-zone-admin"), None),
        _ => return None,
    };
    Some(Meaning { group: Group::Zone, says, explains })
}
