use serde_json::{Map, Value};
use uaa_directory::ClientOwn;
use url::Url;

/// What clients that register themselves may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationPolicy {
    /// Whether anybody may, without an initial access token.
    pub open: bool,
    /// Scopes that people may give them. One that ends in `.*` stands for all below it.
    pub scopes: Vec<String>,
    /// Grant types.
    pub grants: Vec<String>,
    /// Hosts to which they may have people sent; `*.example.com` stands for all below that one. Empty: any.
    pub redirect_hosts: Vec<String>,
}

impl Default for RegistrationPolicy {
    fn default() -> Self {
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        RegistrationPolicy {
            open: false,
            scopes: texts(&["openid", "profile", "email", "address", "phone", "offline_access"]),
            grants: texts(&[
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code",
            ]),
            redirect_hosts: vec![],
        }
    }
}

impl RegistrationPolicy {
    /// The same for a client that is there: what it was given stays.
    pub(super) fn with_what_it_has(&self, own: &ClientOwn) -> RegistrationPolicy {
        let list = |text: &str| serde_json::from_str::<Vec<String>>(text).unwrap_or_default();
        let mut policy = self.clone();
        let hosts = hosts_of(own);
        if !hosts.is_empty() {
            policy.redirect_hosts = hosts;
        }
        policy.scopes.extend(list(&own.scope));
        policy.grants.extend(list(&own.grant_types));
        if !policy.redirect_hosts.is_empty() {
            let hosts = list(&own.redirect_uri).into_iter().filter_map(|uri| host(&uri));
            policy.redirect_hosts.extend(hosts);
        }
        policy
    }

    pub(super) fn takes_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| match known.strip_suffix('*') {
            Some(start) if start.ends_with('.') => scope.len() > start.len() && scope.starts_with(start),
            Some(_) | None => known == scope,
        })
    }

    pub(super) fn takes_grant(&self, grant: &str) -> bool {
        self.grants.iter().any(|known| known == grant)
    }

    /// Whether people may be sent there. A scheme of an application's own has no host, and is nobody else's.
    pub(super) fn takes_host_of(&self, uri: &str) -> bool {
        let Some(host) = host(uri) else { return true };
        self.redirect_hosts.is_empty()
            || self.redirect_hosts.iter().any(|known| match known.strip_prefix("*.") {
                Some(below) => host.strip_suffix(below).is_some_and(|before| before.ends_with('.')),
                None => *known == host,
            })
    }
}

/// The only hosts of that client's addresses, as its initial access token said them; empty: those of the policy.
pub(super) fn hosts_of(own: &ClientOwn) -> Vec<String> {
    let all: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
    let hosts = all.get(HOSTS).and_then(Value::as_array).into_iter().flatten();
    hosts.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The member of a client under which they are kept. It is neither shown nor set by anybody.
pub(super) const HOSTS: &str = "registration_hosts";

fn host(uri: &str) -> Option<String> {
    Url::parse(uri).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_scopes_are_whole_names() {
        let policy = RegistrationPolicy {
            scopes: vec!["openid".into(), "shop.*".into()],
            redirect_hosts: vec!["app.example".into(), "*.apps.example".into()],
            ..RegistrationPolicy::default()
        };
        for good in ["https://app.example/cb", "https://x.apps.example/", "com.example.app:/cb"] {
            assert!(policy.takes_host_of(good), "{good}");
        }
        for bad in ["https://apps.example/", "https://evilapps.example/", "https://app.example.evil/"] {
            assert!(!policy.takes_host_of(bad), "{bad}");
        }
        assert!(
            policy.takes_scope("shop.read") && !policy.takes_scope("shop.") && !policy.takes_scope("shopx")
        );
        assert!(!policy.takes_scope("uaa.admin"));
    }
}
