//! Just enough of RFC 7468: one block, no headers. UAA's configuration and `/token_keys` carry keys in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A `PUBLIC KEY` block as UAA writes it: lines of 64 characters, no line end after the last.
pub(crate) fn public(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = String::with_capacity(body.len() + body.len() / 64 + 60);
    text.push_str("-----BEGIN PUBLIC KEY-----\n");
    for (at, c) in body.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push_str("\n-----END PUBLIC KEY-----");
    text
}

/// The bytes of the first block with the label `PUBLIC KEY`.
pub(crate) fn of_public(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once("-----BEGIN PUBLIC KEY-----")?;
    let (body, _) = rest.split_once("-----END PUBLIC KEY-----")?;
    let body: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(body).ok()
}

/// The bytes of the first block whose label ends in `PRIVATE KEY`; an encrypted one is not base64 of a key and fails later.
pub(crate) fn private(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    if !label.ends_with("PRIVATE KEY") || label.starts_with("ENCRYPTED") {
        return None;
    }
    let (body, _) = rest.split_once("-----END ")?;
    let body: Zeroizing<String> = Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    STANDARD.decode(body.as_bytes()).ok().map(Zeroizing::new)
}
