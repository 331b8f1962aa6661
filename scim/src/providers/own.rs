//! A zone's own provider: what it says of passwords and of accounts that lock. Both stand in the zone's configuration, where everything
//! that takes a password looks.

use super::body::ProviderBody;
use super::invalid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use uaa_authz::{Duty, Update};
use uaa_directory::lockout::LockoutPolicy;
use uaa_directory::password::PasswordPolicy;
use uaa_directory::{IdentityProvider, IdentityZone};
use uaa_model::{Id, Reply};
use uaa_plugin::{Ctx, ZoneInfo};
use uaa_store::{Set, Tx};

/// What is kept with the provider itself.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct OwnConfig {
    email_domain: Option<Vec<String>>,
    additional_configuration: Option<Map<String, Value>>,
    provider_description: Option<String>,
    #[serde(skip_serializing)]
    password_policy: Option<Value>,
    #[serde(skip_serializing)]
    lockout_policy: Option<Value>,
    #[serde(skip_serializing)]
    disable_internal_user_management: Option<bool>,
}

/// The configuration as UAA shows it, with the rules that hold in that zone.
pub(super) fn shown(stored: &str, here: &ZoneInfo) -> Value {
    let kept: OwnConfig = serde_json::from_str(stored).unwrap_or_default();
    let mut all = serde_json::to_value(kept).unwrap_or_default();
    all[PASSWORDS] = serde_json::to_value(PasswordPolicy::of(here)).unwrap_or_default();
    all[LOCKS] = LockoutPolicy::of(here).written();
    all["disableInternalUserManagement"] = false.into();
    all
}

/// What a change leaves in the provider's row, and the zone as it is after it: rules for passwords and locks go there.
pub(super) async fn changed(
    body: &ProviderBody,
    cx: &mut Ctx,
) -> Reply<(Set<IdentityProvider>, Arc<ZoneInfo>)> {
    let wrong = |error| invalid(format!("Invalid provider configuration: {error}"));
    let config: OwnConfig = serde_json::from_value(body.config()?.into()).map_err(wrong)?;
    if !body.active() {
        return Err(invalid(
            "A zone's own identity provider cannot be shut: nobody could sign in by a password.",
        ));
    }
    if config.disable_internal_user_management == Some(true) {
        return Err(invalid("disableInternalUserManagement is not served."));
    }
    let after = rule(&config, cx).await?;
    let set = Set::default()
        .put(IdentityProvider::name, body.name()?)
        .put(IdentityProvider::config, serde_json::to_string(&config).unwrap_or_default());
    Ok((set, after))
}

/// Sets the rules for new passwords and for locks; none: those of the installation.
async fn rule(config: &OwnConfig, cx: &mut Ctx) -> Reply<Arc<ZoneInfo>> {
    let (passwords, locks) = (config.password_policy.as_ref(), config.lockout_policy.as_ref());
    let wrong = |error: &dyn std::fmt::Display| invalid(format!("Invalid Password/Lockout policy: {error}"));
    let asked = passwords.map(PasswordPolicy::read).transpose().map_err(|error| wrong(&error))?;
    // UAA takes a policy whole or not at all.
    if asked.as_ref().is_some_and(|policy| !policy.is_set()) {
        return Err(wrong(&"the passwordPolicy leaves out some of its fields."));
    }
    let locked = locks.map(LockoutPolicy::read).transpose();
    let locked = locked.map_err(|error| wrong(&format!("the lockoutPolicy: {error}")))?;
    let here = cx.here();
    // What was read and is sent back changes nothing: a zone that says nothing itself goes on to follow the installation.
    let other = [
        (PASSWORDS, passwords, asked != Some(PasswordPolicy::of(&here))),
        (LOCKS, locks, locked != Some(LockoutPolicy::of(&here))),
    ];
    let other: Vec<_> = other.into_iter().filter(|(.., is_other)| *is_other).collect();
    if here.is_first() {
        return match other.iter().find(|(_, given, _)| given.is_some()) {
            None => Ok(here),
            Some((name, ..)) => Err(invalid(format!(
                "The {name} of the first zone stands in the installation's configuration (`password`, `lockout`)."
            ))),
        };
    }
    let mut after = ZoneInfo::clone(&here);
    let installation = cx.zones().first();
    let mut kept = vec![];
    for (name, given, _) in other {
        let (ours, theirs) = match name {
            PASSWORDS => (&mut after.config.password_policy, &installation.config.password_policy),
            _ => (&mut after.config.lockout_policy, &installation.config.lockout_policy),
        };
        *ours = given.or(theirs.as_ref()).cloned();
        kept.push((name, given));
    }
    // Whoever keeps the provider need not be one who may change the zone otherwise.
    let me = cx.tx().assume(Duty::Bootstrap);
    let done = keep(&kept, cx.tx()).await;
    cx.tx().resume(me);
    done.map(|()| Arc::new(after))
}

async fn keep(policies: &[(&str, Option<&Value>)], tx: &mut Tx) -> Reply<()> {
    if policies.is_empty() {
        return Ok(());
    }
    let zone = tx.grant::<Update, IdentityZone>(Id::new(tx.zone())).await?;
    let row = tx.get(&zone).await?;
    let before: Map<String, Value> = serde_json::from_str(&row.own.config).unwrap_or_default();
    let mut config = before.clone();
    for (name, given) in policies {
        match given {
            Some(given) => config.insert((*name).to_owned(), (*given).clone()),
            None => config.remove(*name),
        };
    }
    if before == config {
        return Ok(());
    }
    let set = Set::default()
        .put(IdentityZone::config, Value::Object(config).to_string())
        .put(IdentityZone::version, row.own.version + 1);
    tx.update(&zone, set).await
}

const PASSWORDS: &str = "passwordPolicy";
const LOCKS: &str = "lockoutPolicy";
