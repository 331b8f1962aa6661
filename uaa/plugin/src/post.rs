use futures::future::BoxFuture;

/// A message on its way out.
#[derive(Clone)]
pub struct ToSend {
    /// The address of whoever gets it (RFC 5321 section 4.1.2): one, checked.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The message as text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl std::fmt::Debug for ToSend {
    /// Without what is in it: a link with a code is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToSend").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Why a message did not go out. The text is for operators and repeats nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// Another try may succeed (RFC 5321 section 4.2.1: 4yz, or nobody answered).
    Later(String),
    /// No other try will (5yz).
    Never(String),
}

/// Port: hands messages over to whoever delivers them. Implemented by the process.
pub trait Post: Send + Sync {
    /// Hands one over. Called outside of every transaction; takes a minute at most.
    ///
    /// # Errors
    /// [`Undelivered`]: nobody has taken it over.
    fn send<'a>(&'a self, message: &'a ToSend) -> BoxFuture<'a, Result<(), Undelivered>>;

    /// Who sends, as readers see it.
    fn from(&self) -> &str;
}
