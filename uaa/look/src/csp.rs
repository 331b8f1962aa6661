//! `Content-Security-Policy` of a page.

use crate::Page;

/// The header's text for this page. A form of a page may be answered with a redirect to the application, which browsers hold
/// against `form-action` too, on every page of the way: `redirect_uris` are where that may lead. An address that cannot stand in
/// a policy is left out. What a page opens in frames it may open from those origins and no others.
pub fn csp<P: Page + ?Sized>(page: &P, redirect_uris: &[&str]) -> String {
    let mut policy = String::from("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'");
    let mut seen: Vec<String> = Vec::new();
    for uri in redirect_uris {
        if let Some(source) = source(uri).filter(|source| !seen.contains(source)) {
            policy.push(' ');
            policy.push_str(&source);
            seen.push(source);
        }
    }
    if page.script().is_some() {
        policy.push_str("; script-src 'self'");
    }
    let frames = frames(page);
    if !frames.is_empty() {
        policy.push_str("; frame-src ");
        policy.push_str(&frames.join(" "));
    }
    policy.push_str("; base-uri 'none'; frame-ancestors 'none'");
    policy
}

/// The header's text for a page that stands in frames of pages of that origin, or, for `*`, of everybody's: it runs a script of ours
/// and nothing else. One that cannot stand in a policy is nobody's.
pub fn csp_framed(around: &str) -> String {
    let around = if around == "*" { Some("http: https:".to_owned()) } else { source(around) };
    let around = around.as_deref().unwrap_or("'none'");
    format!(
        "default-src 'none'; script-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {around}"
    )
}

/// The origins of a page's frames. One that can only be named by its scheme would open the page to everybody: it is left out.
fn frames<P: Page + ?Sized>(page: &P) -> Vec<String> {
    let mut all: Vec<String> = page.frames().iter().filter_map(|uri| source(uri)).collect();
    all.retain(|source| source.contains("://"));
    all.sort();
    all.dedup();
    all
}

/// CSP Level 3 section 2.3.1: origin of a web address, scheme of any other one. An IPv6 address has no form there, so that its
/// scheme has to do.
fn source(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !named || REFUSED.iter().any(|refused| scheme.eq_ignore_ascii_case(refused)) {
        return None;
    }
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return Some(format!("{scheme}:"));
    }
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.starts_with('[') {
        return Some(format!("{scheme}:"));
    }
    let plain =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte));
    plain.then(|| format!("{scheme}://{}", host.to_ascii_lowercase()))
}

/// Schemes that run or hold something instead of leading to an application.
const REFUSED: [&str; 5] = ["javascript", "data", "blob", "vbscript", "about"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_pages_may_frame() {
        let whose = |around: &str| csp_framed(around).rsplit_once("frame-ancestors ").unwrap().1.to_owned();
        assert_eq!(whose("*"), "http: https:");
        assert_eq!(whose("https://app.example:8443"), "https://app.example:8443");
        assert_eq!(whose("https://*.example; script-src *"), "'none'");
    }

    #[test]
    fn what_a_form_may_lead_to() {
        assert_eq!(source("https://App.example:8443/cb?x").as_deref(), Some("https://app.example:8443"));
        assert_eq!(source("http://127.0.0.1:9/cb").as_deref(), Some("http://127.0.0.1:9"));
        assert_eq!(source("http://[::1]:9/cb").as_deref(), Some("http:"));
        assert_eq!(source("com.example.app:/cb").as_deref(), Some("com.example.app:"));
        for none in [
            "",
            "/cb",
            "https:",
            "https://",
            "javascript:x",
            "https://a;script-src *",
            "https://a b/",
            "a b:c",
            "'unsafe'",
        ] {
            assert_eq!(source(none), None, "{none}");
        }
    }
}
