//! The files that the pages load: style, mark, engraving, scripts.

use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// One file, as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset<'a> {
    /// The body.
    pub bytes: &'a [u8],
    /// `Content-Type`.
    pub content_type: &'static str,
    /// A strong `ETag`, quotes included (RFC 9110 section 8.8.3).
    pub etag: &'a str,
    /// Whether it was asked for under a name with its hash, so that it may be kept for ever; other names ask again.
    pub immutable: bool,
}

/// All of them, hashed once.
#[derive(Debug)]
pub(crate) struct Assets {
    by_name: HashMap<&'static str, File>,
}

#[derive(Debug)]
struct File {
    bytes: Vec<u8>,
    content_type: &'static str,
    hash: String,
    etag: String,
}

impl Assets {
    pub(crate) fn new() -> Assets {
        let mut by_name: HashMap<&'static str, File> = HashMap::new();
        for (name, bytes, content_type) in FILES {
            let mut bytes = bytes.to_vec();
            if name.ends_with(".css") {
                bytes = pointed(bytes, &by_name);
            }
            let hash = hash(&bytes);
            by_name.insert(name, File { bytes, content_type, etag: format!("\"{hash}\""), hash });
        }
        Assets { by_name }
    }

    /// The file of a name with or without a hash. A hash of another version is answered with this one, which may not be kept:
    /// while a new version is rolled out, a page of one server asks another for its style.
    pub(crate) fn get(&self, asked: &str) -> Option<Asset<'_>> {
        let (name, hash) = without_hash(asked);
        let file = self.by_name.get(name.as_str())?;
        let immutable = hash.is_some_and(|hash| hash == file.hash);
        Some(Asset { bytes: &file.bytes, content_type: file.content_type, etag: &file.etag, immutable })
    }

    pub(crate) fn names(&self) -> Vec<String> {
        FILES.iter().map(|(name, _, _)| self.hashed(name)).collect()
    }

    /// `hallmark.css` with its hash in it: `hallmark.0123456789abcdef.css`.
    pub(crate) fn hashed(&self, name: &str) -> String {
        self.by_name.get(name).map_or_else(|| name.to_owned(), |file| with_hash(name, &file.hash))
    }
}

/// Sixteen hexadecimal digits that change with the content.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Lets a stylesheet name its images with their hashes; they stand before it in [`FILES`].
fn pointed(css: Vec<u8>, images: &HashMap<&'static str, File>) -> Vec<u8> {
    let Ok(mut text) = String::from_utf8(css) else { return Vec::new() };
    for (name, file) in images {
        text =
            text.replace(&format!("url(\"{name}\")"), &format!("url(\"{}\")", with_hash(name, &file.hash)));
    }
    text.into_bytes()
}

fn with_hash(name: &str, hash: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}.{hash}.{ending}")
}

fn without_hash(asked: &str) -> (String, Option<&str>) {
    let parts: Vec<&str> = asked.split('.').collect();
    match parts.as_slice() {
        [stem, hash, ending] => (format!("{stem}.{ending}"), Some(hash)),
        _ => (asked.to_owned(), None),
    }
}

const SVG: &str = "image/svg+xml";
const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

const FILES: [(&str, &[u8], &str); 8] = [
    ("mark.svg", include_bytes!("../assets/mark.svg"), SVG),
    ("favicon.svg", include_bytes!("../assets/favicon.svg"), SVG),
    ("engine-turning.svg", include_bytes!("../assets/engine-turning.svg"), SVG),
    ("hand-over.js", include_bytes!("../assets/hand-over.js"), JS),
    ("signed-out.js", include_bytes!("../assets/signed-out.js"), JS),
    ("check-session.js", include_bytes!("../assets/check-session.js"), JS),
    ("passkey.js", include_bytes!("../assets/passkey.js"), JS),
    ("hallmark.css", include_bytes!("../assets/hallmark.css"), CSS),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_the_right_hash_may_be_kept() {
        let assets = Assets::new();
        let name = assets.hashed("hallmark.css");
        assert!(assets.get(&name).unwrap().immutable);
        assert!(!assets.get("hallmark.css").unwrap().immutable);
        assert!(!assets.get("hallmark.0123456789abcdef.css").unwrap().immutable);
        assert_eq!(assets.get("hallmark.css").unwrap().content_type, CSS);
        for none in ["", ".", "..", "a.b.c.d", "../lib.rs", "hallmark.css.", "mark"] {
            assert_eq!(assets.get(none), None, "{none}");
        }
    }

    #[test]
    fn the_stylesheet_names_images_that_exist() {
        let assets = Assets::new();
        let css = std::str::from_utf8(assets.get("hallmark.css").unwrap().bytes).unwrap();
        let urls: Vec<&str> = css.split("url(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(urls.len(), 2);
        assert!(urls.iter().all(|url| assets.get(url).unwrap().immutable), "{urls:?}");
    }
}
