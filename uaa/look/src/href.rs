//! Which addresses a page may lead to.

/// An address that does no more than lead somewhere: a path of ours with the base before it, `https:`, `http:`, `mailto:`, or a
/// place on the same page. Whatever else a caller got from outside, such as `javascript:`, becomes `#`.
pub(crate) fn href(base: &str, to: &str) -> String {
    // The WHATWG URL standard takes tabs, line ends and leading controls out before it looks at the scheme.
    let strange = to.bytes().any(|byte| byte.is_ascii_control()) || to.starts_with(' ');
    if strange {
        return NOWHERE.into();
    }
    if is_own_path(to) {
        return format!("{base}{to}");
    }
    let lower = to.get(..8).unwrap_or(to).to_ascii_lowercase();
    if ["https://", "http://", "mailto:", "#"].iter().any(|start| lower.starts_with(start)) {
        return to.into();
    }
    NOWHERE.into()
}

/// The same for an address that an application has registered: a scheme of its own, which has a dot in it (RFC 8252 section 7.1),
/// leads there too.
pub(crate) fn onward(base: &str, to: &str) -> String {
    let own = to.split_once(':').is_some_and(|(scheme, _)| {
        scheme.contains('.')
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    let strange = to.bytes().any(|byte| byte.is_ascii_control());
    if own && !strange { to.to_owned() } else { href(base, to) }
}

/// The address of an image, which must be of this origin.
pub(crate) fn image(base: &str, to: &str) -> Option<String> {
    (is_own_path(to) && !to.bytes().any(|byte| byte.is_ascii_control())).then(|| format!("{base}{to}"))
}

/// Whether this is a path here: `//host` and `/\host` lead to another one.
pub(crate) fn is_own_path(to: &str) -> bool {
    to.starts_with('/') && !to[1..].starts_with(['/', '\\'])
}

const NOWHERE: &str = "#";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_and_do_nothing_else() {
        assert_eq!(href("/uaa", "/login"), "/uaa/login");
        assert_eq!(href("", "https://a.example/x?y"), "https://a.example/x?y");
        assert_eq!(href("", "MAILTO:a@b"), "MAILTO:a@b");
        assert_eq!(href("/uaa", "#why"), "#why");
        for bad in [
            "javascript:alert(1)",
            "java\tscript:x",
            " javascript:x",
            "//evil.example",
            "/\\evil",
            "data:x",
            "",
            "é",
        ] {
            assert_eq!(href("/uaa", bad), "#", "{bad}");
        }
    }

    #[test]
    fn an_applications_own_scheme_leads_to_it() {
        assert_eq!(onward("/uaa", "com.example.app:/bye?x"), "com.example.app:/bye?x");
        assert_eq!(onward("/uaa", "/login"), "/uaa/login");
        assert_eq!(onward("/uaa", "https://a.example/"), "https://a.example/");
        for bad in ["javascript:alert(1)", "data:a.b", "java.\tscript:x", "//evil.example:1", " a.b:c", "a.b"]
        {
            assert_eq!(onward("/uaa", bad), "#", "{bad}");
        }
    }

    #[test]
    fn images_are_ours() {
        assert_eq!(image("/uaa", "/resources/a.png").as_deref(), Some("/uaa/resources/a.png"));
        assert_eq!(image("", "https://a.example/a.png"), None);
        assert_eq!(image("", "//a.example/a.png"), None);
    }
}
