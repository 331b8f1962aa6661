//! The configuration of a zone: kept as it comes, checked where it is used.

use serde_json::{Map, Value, json};
use uaa_directory::brand;
use uaa_directory::lockout::LockoutPolicy;
use uaa_directory::password::PasswordPolicy;
use uaa_model::{Fault, Reply};
use uaa_plugin::{DEFAULT_MFA_PROVIDERS, ZoneConfig, Zones};

/// A configuration to be stored for the zone of that `id`.
///
/// # Errors
/// 422, with what is wrong in it.
pub(super) fn checked(config: &Map<String, Value>, id: &str, zones: &Zones) -> Reply<(String, ZoneConfig)> {
    let at = |path: [&str; 2]| config.get(path[0]).and_then(|part| part.get(path[1]));
    let has = |value: Option<&Value>| value.is_some_and(|v| !v.is_null() && v != "" && *v != json!({}));
    // A private key in a configuration would be readable in the database and in every copy of it.
    if has(at(["tokenPolicy", "keys"])) {
        return Err(invalid("Signing keys are made by the server: `hallmark keys rotate --zone`."));
    }
    if has(at(["tokenPolicy", "activeKeyId"])) {
        return Err(invalid(
            "Identity zone cannot specify an active key ID with no keys configured for the zone.",
        ));
    }
    if ["privateKey", "privateKeyPassword", "keys"].iter().any(|name| has(at(["samlConfig", name]))) {
        return Err(invalid("Private keys for SAML are not taken."));
    }
    let format = at(["tokenPolicy", "refreshTokenFormat"]).and_then(Value::as_str).unwrap_or("opaque");
    if !["jwt", "opaque"].contains(&format) {
        let text = format!("Invalid refresh token format {format}. Acceptable values are: [opaque, jwt]");
        return Err(invalid(&text));
    }
    let text = Value::from(config.clone()).to_string();
    let read = ZoneConfig::read(&text).map_err(|error| invalid(&shown_error(&error)))?;
    if let Some(issuer) = &read.issuer {
        may_issue_as(issuer, id, zones)?;
    }
    if let Some(policy) = &read.password_policy {
        let policy = PasswordPolicy::read(policy).map_err(|error| invalid(&shown_error(&error)))?;
        // UAA takes a policy whole or not at all.
        if !policy.is_set() {
            return Err(invalid("The passwordPolicy leaves out some of its fields."));
        }
    }
    if let Some(policy) = &read.lockout_policy {
        LockoutPolicy::read(policy).map_err(|error| invalid(&format!("The lockoutPolicy: {error}")))?;
    }
    brand(&read.branding, "").map_err(|said| invalid(&said))?;
    if let Some((name, _)) = read.addresses().find(|(_, address)| !leads_somewhere(address)) {
        return Err(invalid(&format!(
            "`{name}` is no address of a page: a path, or one with https: or http:."
        )));
    }
    let policy = &read.token_policy;
    if policy.access_seconds().max(policy.refresh_seconds()).is_some_and(|seconds| seconds > LONGEST) {
        return Err(invalid("Tokens cannot be good for more than thirty years."));
    }
    for name in read.user_config.groups() {
        if name.trim().is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
            return Err(invalid("A default group has no name, or one that no group can have."));
        }
    }
    Ok((text, read))
}

/// What a browser is led to: a path of ours, or an address of the web. An empty one is none.
fn leads_somewhere(address: &str) -> bool {
    let start = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    let odd = address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    let path = address.starts_with('/') && !address.starts_with("//");
    !odd && (address.is_empty()
        || path
        || ["https://", "http://", "mailto:"].iter().any(|scheme| start.starts_with(scheme)))
}

/// An issuer is a URL, and nobody else's: a zone's keeper must not speak in the name of another zone.
fn may_issue_as(issuer: &str, id: &str, zones: &Zones) -> Reply<()> {
    let rest = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_graphic() && !['?', '#', '@', '\\', '"', '<', '>'].contains(&c);
    if !rest.is_some_and(|rest| !rest.starts_with(['/', ':']) && !rest.is_empty() && rest.chars().all(plain))
    {
        return Err(invalid("Invalid issuer format. Must be valid URL."));
    }
    let wanted = format!("{}/oauth/token", issuer.trim_end_matches('/')).to_lowercase();
    let taken = |uaa: &str| wanted == format!("{uaa}/oauth/token").to_lowercase();
    let others = zones.all();
    let mut others = others.iter().filter(|zone| zone.id != id);
    if others.any(|zone| zone.issuer.to_lowercase() == wanted || taken(&zone.uaa) || taken(&zone.login)) {
        return Err(invalid("The issuer is that of another identity zone."));
    }
    Ok(())
}

/// A stored configuration as it is shown: with UAA's defaults where it says nothing, and never a key.
pub(super) fn shown(mut config: Map<String, Value>) -> Value {
    if let Value::Object(defaults) = defaults() {
        for (name, value) in defaults {
            match (config.get_mut(&name), value) {
                (None | Some(Value::Null), value) => drop(config.insert(name, value)),
                (Some(Value::Object(known)), Value::Object(parts)) => {
                    for (part, value) in parts {
                        known.entry(part).or_insert(value);
                    }
                }
                (Some(_), _) => {}
            }
        }
    }
    config.into()
}

/// serde's sentence without the position, which means nothing to a caller of an API.
fn shown_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn invalid(text: &str) -> Fault {
    super::body::invalid(&format!(
        "The identity zone details are invalid. The zone configuration is invalid. {text}"
    ))
}

fn defaults() -> Value {
    let groups = ZoneConfig::default().user_config.groups();
    json!({
        "clientSecretPolicy": {"minLength": -1, "maxLength": -1, "requireUpperCaseCharacter": -1,
            "requireLowerCaseCharacter": -1, "requireDigit": -1, "requireSpecialCharacter": -1},
        "tokenPolicy": {"accessTokenValidity": -1, "refreshTokenValidity": -1, "jwtRevocable": false,
            "refreshTokenUnique": false, "refreshTokenFormat": "opaque"},
        "links": {"logout": {"redirectUrl": "/login", "redirectParameterName": "redirect",
            "disableRedirectParameter": false, "whitelist": null},
            "selfService": {"selfServiceLinksEnabled": true}},
        "prompts": [{"name": "username", "type": "text", "text": "Email"},
            {"name": "password", "type": "password", "text": "Password"}],
        "idpDiscoveryEnabled": false,
        "accountChooserEnabled": false,
        "mfaConfig": {"enabled": false, "identityProviders": DEFAULT_MFA_PROVIDERS},
        "userConfig": {"defaultGroups": groups},
    })
}

/// Thirty years, in seconds.
const LONGEST: i64 = 946_080_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_has_uaas_defaults_and_the_rest_is_kept() {
        let given =
            json!({"tokenPolicy": {"accessTokenValidity": 60}, "branding": {"companyName": "X"}, "mine": 1});
        let Value::Object(given) = given else { unreachable!("an object") };
        let shown = shown(given);
        assert_eq!(shown["tokenPolicy"]["accessTokenValidity"], 60);
        assert_eq!(shown["tokenPolicy"]["refreshTokenValidity"], -1);
        assert_eq!((&shown["branding"]["companyName"], &shown["mine"]), (&json!("X"), &json!(1)));
        assert_eq!(shown["userConfig"]["defaultGroups"][0], "openid");
    }
}
