//! A zone's own provider: what it says of passwords and of accounts that lock. The rules for passwords stand in the zone's
//! configuration, where everything that takes a password looks; when accounts lock is the installation's.

use super::body::ProviderBody;
use super::{Keeper, invalid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
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

/// The configuration as UAA shows it, with the rules that hold.
pub(super) fn shown(stored: &str, keeper: &Keeper, here: &ZoneInfo) -> Value {
    let kept: OwnConfig = serde_json::from_str(stored).unwrap_or_default();
    let mut all = serde_json::to_value(kept).unwrap_or_default();
    all["passwordPolicy"] = serde_json::to_value(PasswordPolicy::of(here)).unwrap_or_default();
    all["lockoutPolicy"] = locks(&keeper.lockout);
    all["disableInternalUserManagement"] = false.into();
    all
}

/// What a change leaves in the provider's row. Rules for passwords go to the zone's.
pub(super) async fn changed(
    body: &ProviderBody,
    keeper: &Keeper,
    cx: &mut Ctx,
) -> Reply<Set<IdentityProvider>> {
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
    if config.lockout_policy.as_ref().is_some_and(|given| !is_that(given, &locks(&keeper.lockout))) {
        return Err(invalid(
            "When accounts lock is the same in all zones and stands in the installation's configuration (`lockout`).",
        ));
    }
    rule_passwords(config.password_policy.as_ref(), cx).await?;
    Ok(Set::default()
        .put(IdentityProvider::name, body.name()?)
        .put(IdentityProvider::config, serde_json::to_string(&config).unwrap_or_default()))
}

/// Sets the rules for new passwords; none: those of the installation.
async fn rule_passwords(given: Option<&Value>, cx: &mut Ctx) -> Reply<()> {
    let here = cx.here();
    let policy = given.map(PasswordPolicy::read).transpose();
    let policy = policy.map_err(|error| invalid(format!("Invalid Password/Lockout policy: {error}")))?;
    // UAA takes a policy whole or not at all.
    if policy.as_ref().is_some_and(|policy| !policy.is_set()) {
        return Err(invalid(
            "Invalid Password/Lockout policy: the passwordPolicy leaves out some of its fields.",
        ));
    }
    if policy == Some(PasswordPolicy::of(&here)) {
        return Ok(());
    }
    if here.is_first() {
        return match policy {
            None => Ok(()),
            Some(_) => Err(invalid(
                "The passwordPolicy of the first zone stands in the installation's configuration (`password`).",
            )),
        };
    }
    // Whoever keeps the provider need not be one who may change the zone otherwise.
    let me = cx.tx().assume(Duty::Bootstrap);
    let done = keep(given, cx.tx()).await;
    cx.tx().resume(me);
    done
}

async fn keep(policy: Option<&Value>, tx: &mut Tx) -> Reply<()> {
    let zone = tx.grant::<Update, IdentityZone>(Id::new(tx.zone())).await?;
    let row = tx.get(&zone).await?;
    let mut config: Map<String, Value> = serde_json::from_str(&row.own.config).unwrap_or_default();
    let before = match policy {
        Some(policy) => config.insert(POLICY.into(), policy.clone()),
        None => config.remove(POLICY),
    };
    if before.as_ref() == policy {
        return Ok(());
    }
    let set = Set::default()
        .put(IdentityZone::config, Value::Object(config).to_string())
        .put(IdentityZone::version, row.own.version + 1);
    tx.update(&zone, set).await
}

fn locks(policy: &LockoutPolicy) -> Value {
    json!({
        "lockoutPeriodSeconds": policy.lockout_period_seconds,
        "lockoutAfterFailures": policy.lockout_after_failures,
        "countFailuresWithin": policy.count_failures_within_seconds,
    })
}

/// Whether it says the same, whatever else it says.
fn is_that(given: &Value, ours: &Value) -> bool {
    ours.as_object().is_some_and(|ours| ours.iter().all(|(name, value)| given.get(name) == Some(value)))
}

const POLICY: &str = "passwordPolicy";
