//! Why a client was not taken for who it says it is: for the audit log, for the log, and, where it helps nobody else, for the client.

use super::Known;
use crate::engine::Engine;
use crate::fault::{invalid_client, unproved_client};
use std::sync::Arc;
use uaa_authz::{Actor, Subject};
use uaa_model::Fault;
use uaa_plugin::Ctx;
use uaa_token::Rejected;

/// The reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// There is none of that name, or none was named.
    Unknown,
    /// It may not show like this who it is.
    Method,
    /// It has another secret.
    Secret,
    /// Too many wrong secrets came for it from that address.
    Locked,
    /// There was no certificate, or it is another's.
    Certificate,
    /// What it signed is no assertion about itself, or nobody that it trusts signed it.
    Assertion,
    /// Its assertion is signed with another algorithm than is agreed upon.
    Algorithm,
    /// Another key signed its assertion.
    Signature,
    Expired,
    NotYet,
    /// Its assertion is good for longer than we remember one.
    TooLong,
    Audience,
    /// Its assertion has no name by which it would be known when it comes again.
    NoName,
    Replayed,
}

/// What came in the way: the client, or our own trouble.
pub(crate) enum Refusal {
    Why(Why),
    Fault(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Fault(fault)
    }
}

impl From<Why> for Refusal {
    fn from(why: Why) -> Refusal {
        Refusal::Why(why)
    }
}

impl From<Rejected> for Why {
    fn from(rejected: Rejected) -> Why {
        match rejected {
            Rejected::Malformed | Rejected::Issuer | Rejected::Zone | Rejected::Kind => Why::Assertion,
            Rejected::Algorithm => Why::Algorithm,
            Rejected::UnknownKey | Rejected::Signature => Why::Signature,
            Rejected::Expired => Why::Expired,
            Rejected::NotYet => Why::NotYet,
            Rejected::Audience => Why::Audience,
        }
    }
}

impl Why {
    /// In one word, for the logs.
    const fn name(self) -> &'static str {
        match self {
            Why::Unknown => "unknown_client",
            Why::Method => "method",
            Why::Secret => "secret",
            Why::Locked => "locked",
            Why::Certificate => "certificate",
            Why::Assertion => "assertion",
            Why::Algorithm => "assertion_algorithm",
            Why::Signature => "assertion_signature",
            Why::Expired => "assertion_expired",
            Why::NotYet => "assertion_not_yet",
            Why::TooLong => "assertion_too_long",
            Why::Audience => "assertion_audience",
            Why::NoName => "assertion_without_jti",
            Why::Replayed => "assertion_replayed",
        }
    }

    /// What the caller is told (RFC 7521 section 4.2.1 lets it be told why). Of an assertion that holds but for these it was the
    /// client that made it, or somebody who has stolen it and learns nothing that it does not say; of all else nobody learns what it was.
    fn fault(self) -> Fault {
        match self {
            Why::Unknown
            | Why::Method
            | Why::Secret
            | Why::Locked
            | Why::Certificate
            | Why::Assertion
            | Why::Algorithm
            | Why::Signature => invalid_client(),
            Why::Expired => unproved_client("The client assertion has expired."),
            Why::NotYet => unproved_client("The client assertion is not good yet: its time lies ahead."),
            Why::TooLong => unproved_client("The client assertion is good for more than a day."),
            Why::Audience => unproved_client(
                "The client assertion is for another audience: `aud` is the issuer of this server.",
            ),
            Why::NoName => unproved_client("The client assertion has no `jti`."),
            Why::Replayed => unproved_client("The client assertion was used before."),
        }
    }
}

impl Engine {
    /// Notes that somebody said to be a client and was not, and what they are told. A name that no client has is not noted, as it may
    /// be a secret.
    pub(super) fn refused(&self, client: Option<&Arc<Known>>, refusal: Refusal, cx: &Ctx) -> Fault {
        let why = match refusal {
            Refusal::Fault(fault) => return fault,
            Refusal::Why(why) => why,
        };
        let registry = self.access.registry();
        let (actor, name) = match client {
            Some(client) => {
                let (subject, id) = (Subject::Client(client.id), &*client.client_id);
                (Actor::with_scopes(registry, subject, cx.zone(), id, id, []), id)
            }
            None => (Actor::nobody(registry, cx.zone()), ""),
        };
        let (address, request) = (&*cx.caller.address, &*cx.caller.request);
        tracing::warn!(client = name, why = why.name(), address, request, "a client did not show who it is");
        cx.note(&Arc::new(actor), "ClientAuthenticationFailure", "failed", why.name(), &[]);
        why.fault()
    }
}
