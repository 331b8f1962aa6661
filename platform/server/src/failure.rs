//! Why a command did not do what it was asked.

use crate::config::Problems;
use std::fmt;
use uaa_model::Fault;

/// Why a command did not do what it was asked: the text for the person, the exit code for the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Lower case, what went wrong and what to do.
    pub text: String,
    /// 1, or 2 when the configuration or the command line was wrong.
    pub code: u8,
}

impl Failure {
    /// Anything but the configuration.
    pub fn new(text: impl Into<String>) -> Self {
        Failure { text: text.into(), code: 1 }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Failure { text: problems.to_string(), code: 2 }
    }
}

impl From<Fault> for Failure {
    /// The person at the terminal runs the server: texts for the log are for them.
    fn from(fault: Fault) -> Self {
        Failure::new(match fault {
            Fault::Invalid(texts) => texts.join("; "),
            Fault::Unavailable(text) | Fault::Internal(text) => text,
            Fault::NotFound(text)
            | Fault::BadQuery(text)
            | Fault::Parse(text)
            | Fault::Unique(text)
            | Fault::Conflict(text)
            | Fault::Protocol(_, text, _) => text.into_owned(),
            Fault::Unproved(unproved) => unproved.text.into_owned(),
            Fault::Denied(_, kind) => format!("denied: {kind}"),
            Fault::Lacking(verb, kind) => format!("denied: to {verb} {kind}"),
            Fault::Method | Fault::TooLarge | Fault::TooMany(_) | Fault::Retry => {
                format!("failed: {fault:?}")
            }
        })
    }
}
