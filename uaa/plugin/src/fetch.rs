use futures::future::BoxFuture;
use uaa_model::Reply;

/// Port: reads what others publish, such as the keys of a client or of an identity provider, and tells them what they asked to be
/// told. Implemented by the process.
pub trait Fetch: Send + Sync {
    /// The JSON document at an address that somebody trusted has configured. Follows no redirect, and gives up on what is long
    /// or slow.
    ///
    /// # Errors
    /// `Unavailable` for whatever is not there, not JSON, too long or too late.
    fn json<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Reply<serde_json::Value>>;

    /// The same for any text.
    ///
    /// # Errors
    /// `Unavailable` for whatever is not there, no text, too long or too late.
    fn text<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Reply<String>>;

    /// Sends a form to an address that somebody trusted has configured. Follows no redirect, and gives up on what is slow.
    ///
    /// # Errors
    /// `Unavailable`, with why, for whatever is not there, too late, or does not answer that all is well.
    fn form<'a>(&'a self, url: &'a str, form: &'a [(String, String)]) -> BoxFuture<'a, Reply<()>>;
}
