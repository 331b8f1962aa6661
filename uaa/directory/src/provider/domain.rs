//! Whose person an address is: what providers say of domains (UAA's `emailDomain`).

use super::{IdentityProvider, OWN_ORIGIN};
use serde::Deserialize;
use serde_json::Value;
use uaa_authz::Duty;
use uaa_model::Reply;
use uaa_plugin::Ctx;
use uaa_store::{Cond, Query};

/// An active provider, as far as addresses are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfDomain {
    /// The origin of its people.
    pub origin: String,
    /// What people call it.
    pub name: String,
    /// Patterns of domains whose addresses are its people's; `None`: it says nothing of that.
    domains: Option<Vec<String>>,
}

/// What of a configuration is read here, of whatever type.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Said {
    email_domain: Option<Vec<String>>,
}

/// The active providers of the zone.
///
/// # Errors
/// When the database is away.
pub async fn providers_of_domains(cx: &mut Ctx) -> Reply<Vec<OfDomain>> {
    let me = cx.tx().assume(Duty::SignIn);
    let rows = match cx.tx().visible::<IdentityProvider>().await {
        Ok(seen) => {
            let active = Query::first(i64::from(u32::MAX)).when(Cond::Is("active", true));
            cx.tx().list(&seen, &active).await
        }
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let read = |config: &str| serde_json::from_str::<Said>(config).unwrap_or_default().email_domain;
    let rows = rows?.rows.into_iter();
    Ok(rows
        .map(|row| OfDomain { domains: read(&row.own.config), origin: row.own.origin, name: row.own.name })
        .collect())
}

/// The origins that a client names (`allowedproviders`); what is no list of them names none.
pub fn allowed_providers(given: &Value) -> Option<Vec<String>> {
    match given {
        Value::Null => None,
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(all) => Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(vec![]),
    }
}

/// Those whose person somebody of that address may be: the ones that name its domain; else the zone itself, unless it names others.
/// `allowed`: the origins whose people the client takes (`allowedproviders`).
pub fn providers_of_address<'a>(
    all: &'a [OfDomain],
    allowed: Option<&[String]>,
    mail: &str,
) -> Vec<&'a OfDomain> {
    let taken = |one: &&OfDomain| allowed.is_none_or(|allowed| allowed.contains(&one.origin));
    let named: Vec<&OfDomain> = all.iter().filter(taken).filter(|one| one.names(mail)).collect();
    match named.is_empty() {
        true => {
            all.iter().filter(taken).filter(|one| one.origin == OWN_ORIGIN && one.domains.is_none()).collect()
        }
        false => named,
    }
}

/// The provider of others to which an address belongs by its domain: its people have no account of our own.
pub fn foreign_provider<'a>(all: &'a [OfDomain], mail: &str) -> Option<&'a OfDomain> {
    all.iter().find(|one| one.origin != OWN_ORIGIN && one.names(mail))
}

impl OfDomain {
    /// Whether it names the domain of that address.
    fn names(&self, mail: &str) -> bool {
        let Some((_, domain)) = mail.rsplit_once('@') else { return false };
        self.domains.iter().flatten().any(|pattern| is_of(&pattern.to_lowercase(), &domain.to_lowercase()))
    }
}

/// Whether a domain is of that pattern, in which `*` stands for one character or more within a label.
fn is_of(pattern: &str, domain: &str) -> bool {
    let (patterns, labels): (Vec<&str>, Vec<&str>) =
        (pattern.split('.').collect(), domain.split('.').collect());
    patterns.len() == labels.len()
        && patterns.iter().zip(labels).all(|(pattern, label)| is_label_of(pattern, label))
}

fn is_label_of(pattern: &str, label: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == label,
        Some((before, after)) => {
            let Some(rest) = label.strip_prefix(before) else { return false };
            // Each star takes one character at least.
            rest.char_indices()
                .skip(1)
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| at > 0 && is_label_of(after, &rest[at..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(origin: &str, domains: Option<&[&str]>) -> OfDomain {
        let domains = domains.map(|all| all.iter().map(|text| (*text).to_owned()).collect());
        OfDomain { origin: origin.into(), name: origin.into(), domains }
    }

    #[test]
    fn who_names_the_domain_goes_before_the_zone_itself() {
        let all =
            [one("uaa", None), one("corp", Some(&["corp.example", "*.corp.example"])), one("silent", None)];
        let of = |allowed: Option<&[&str]>, mail: &str| -> Vec<String> {
            let allowed = allowed.map(|all| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
            let found = providers_of_address(&all, allowed.as_deref(), mail);
            found.iter().map(|one| one.origin.clone()).collect()
        };
        assert_eq!(of(None, "a@corp.example"), ["corp"]);
        assert_eq!(of(None, "a@Sub.Corp.example"), ["corp"]);
        assert_eq!(of(None, "a@evilcorp.example"), ["uaa"]);
        assert_eq!(of(None, "a@x.sub.corp.example"), ["uaa"]);
        assert_eq!(of(Some(&["corp"]), "a@b.example"), [""; 0]);
        assert_eq!(of(Some(&["uaa"]), "a@corp.example"), ["uaa"]);
        assert!(foreign_provider(&all, "a@corp.example").is_some_and(|one| one.origin == "corp"));
        assert!(foreign_provider(&all, "a@b.example").is_none());
        let own = [one("uaa", Some(&["acme.example"]))];
        assert_eq!(providers_of_address(&own, None, "a@other.example"), Vec::<&OfDomain>::new());
    }

    #[test]
    fn a_star_stays_within_its_label_and_stands_for_something() {
        for (pattern, domain, is) in [
            ("*.example", "a.example", true),
            ("*.example", ".example", false),
            ("*.example", "a.b.example", false),
            ("a*c.example", "abc.example", true),
            ("a*c.example", "ac.example", false),
            ("*a*.example", "bab.example", true),
            ("*a*.example", "aa.example", false),
            ("*.example", "ü.example", true),
        ] {
            assert_eq!(is_of(pattern, domain), is, "{pattern} {domain}");
        }
    }
}
