//! Where a browser goes on after a sign-in: a page of our own and nothing else (UAA's CVE classes 2015-3190, 2018-11041).

use uaa_plugin::{field, pairs};
use url::Url;

/// A path and query of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// Reads what the browser sent; `None` for whatever might lead elsewhere. `login`: where our pages are reached.
    pub(crate) fn read(text: &str, login: &str) -> Option<ReturnTo> {
        let base = Url::parse(login).ok()?;
        let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        if !text.starts_with('/') || text.starts_with("//") || text.contains(odd) || text.len() > LONGEST {
            return None;
        }
        let url = base.join(text).ok()?;
        let home = base.path().trim_end_matches('/');
        let below = url.path().strip_prefix(home)?;
        let ours = url.origin() == base.origin() && below.starts_with('/') && !below.starts_with("//");
        // Signing in again and again, or out at once, is nowhere to go on to.
        let ends = ["/login", "/login.do", "/logout.do"].contains(&below);
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        (ours && !ends).then(|| ReturnTo(format!("{}{query}", url.path())))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole address.
    pub(crate) fn address(&self, login: &str) -> String {
        Url::parse(login).and_then(|base| base.join(&self.0)).map_or_else(|_| login.to_owned(), String::from)
    }

    /// A parameter of the request that goes on there.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.0.split_once('?')?;
        field(&pairs(query).ok()?, name).map(str::to_owned)
    }
}

/// Bytes: a request with an ID token and claims in it, spelled for an address.
const LONGEST: usize = 32_768;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pages_of_our_own_and_nothing_else() {
        let login = "https://login.example/uaa";
        let read = |text: &str| ReturnTo::read(text, login).map(|to| to.0);
        assert_eq!(read("/uaa/oauth/authorize?a=b").as_deref(), Some("/uaa/oauth/authorize?a=b"));
        for elsewhere in [
            "",
            "uaa/profile",
            "//evil/uaa/",
            "/\\evil",
            "https://evil/",
            "/other",
            "/uaa/../other",
            "/uaa//evil",
            "/uaa/\t",
            "/uaa/login?x=1",
            "/uaa/logout.do",
            "/uaaevil/",
            "/uaa/..\\..\\x",
            "javascript:alert(1)",
            "/uaa/%0d%0a/../../x",
        ] {
            assert_eq!(read(elsewhere), None, "{elsewhere}");
        }
        let to = ReturnTo::read("/uaa/oauth/authorize?client_id=a%20b", login).unwrap();
        assert_eq!(to.parameter("client_id").as_deref(), Some("a b"));
        assert_eq!(to.address(login), "https://login.example/uaa/oauth/authorize?client_id=a%20b");
    }

    proptest! {
        #[test]
        fn it_never_leaves(text in "[/\\\\a-z.:@?#%0-9\t ]{0,40}", login in "https?://a\\.example(/uaa)?") {
            if let Some(to) = ReturnTo::read(&text, &login) {
                let base = Url::parse(&login).unwrap();
                let there = base.join(to.as_str()).unwrap();
                prop_assert_eq!(there.origin(), base.origin());
                prop_assert!(there.path().starts_with(base.path().trim_end_matches('/')));
                prop_assert_eq!(to.address(&login), there.to_string());
            }
        }
    }
}
