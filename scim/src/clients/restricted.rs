//! `/oauth/clients/restricted`: making and changing clients that manage nothing of UAA.

use super::body::{ClientBody, refused};
use super::{Keeper, write};
use serde_json::{Value, json};
use uaa_authz::Update;
use uaa_directory::{ByName, Client};
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Json, Ready};
use uaa_store::{Slot, Visible};

/// The scopes that such a client cannot have.
pub(super) async fn list(_: Visible<Client>, (): (), _: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&Value::Array(RESTRICTED.iter().map(|scope| json!(scope)).collect()))
}

/// The check, and the hash of the new client's secret.
pub(super) async fn hashed(
    keeper: Keeper,
    slot: Slot<Client>,
    Json(body): Json<ClientBody>,
    cx: &mut Ctx,
) -> Reply<write::Hashes> {
    check(&body)?;
    write::hashed(keeper, slot, Json(body), cx).await
}

pub(super) async fn replace(
    client: ByName<Update, Client>,
    body: Ready<Json<ClientBody>, ()>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    check(&body.input.0)?;
    write::replace(client, body, cx).await
}

fn check(body: &ClientBody) -> Reply<()> {
    let (scopes, authorities) = body.asked_for();
    for (what, names) in [("scope", scopes), ("authority", authorities)] {
        if let Some(name) = names.iter().find(|name| RESTRICTED.iter().any(|pattern| is(pattern, name))) {
            return Err(refused(format!("{name} is a restricted {what}.")));
        }
    }
    Ok(())
}

/// `*` stands for one segment between dots. So it does in what the client asks for: a star would cover what is restricted.
fn is(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), name.split('.').collect());
    pattern.len() == name.len()
        && pattern.iter().zip(&name).all(|(want, have)| want == have || *want == "*" || *have == "*")
}

/// UAA's own scopes, in its order.
const RESTRICTED: &[&str] = &[
    "zones.read",
    "zones.write",
    "zones.*.admin",
    "zones.*.read",
    "zones.*.clients.admin",
    "zones.*.clients.read",
    "zones.*.clients.write",
    "zones.*.scim.create",
    "zones.*.scim.read",
    "zones.*.scim.write",
    "zones.*.idps.read",
    "zones.*.idps.write",
    "zones.*.sps.write",
    "zones.*.sps.read",
    "sps.write",
    "sps.read",
    "idps.read",
    "idps.write",
    "clients.admin",
    "clients.write",
    "clients.read",
    "clients.secret",
    "scim.write",
    "scim.read",
    "scim.create",
    "scim.userids",
    "scim.zones",
    "groups.update",
    "password.write",
    "oauth.login",
    "uaa.admin",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_on_either_side() {
        for name in ["zones.x.admin", "scim.read", "scim.*", "*.*"] {
            assert!(RESTRICTED.iter().any(|pattern| is(pattern, name)), "{name}");
        }
        for name in ["zones.x.other", "openid", "app.read", "scim", "*"] {
            assert!(!RESTRICTED.iter().any(|pattern| is(pattern, name)), "{name}");
        }
    }
}
