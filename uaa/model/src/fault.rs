use std::borrow::Cow;

/// A state of an organization or space that stops verbs which a role would allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Barrier {
    /// Somebody suspended the organization: reading goes on, changing stops.
    OrganizationSuspended,
    /// Somebody suspended the space.
    SpaceSuspended,
    /// A job is deleting it; nothing may be added any more.
    Deleting,
}

/// Why a request was refused. There is no other way to be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Denied {
    /// No credentials came with the request: 401.
    Anonymous,
    /// Credentials came and are not good: forged, expired, revoked, of another zone: 401.
    Unauthenticated,
    /// The caller may not know that it exists: 404.
    Hidden,
    /// The caller may see it, not do this: 403.
    Forbidden,
    /// The caller's roles allow it, the token's scopes do not: 403.
    Scope,
    /// The caller's roles allow it, the state of the place does not.
    Barred(Barrier),
}

impl Denied {
    /// One word, for the audit log and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Denied::Anonymous => "anonymous",
            Denied::Unauthenticated => "unauthenticated",
            Denied::Hidden => "hidden",
            Denied::Forbidden => "forbidden",
            Denied::Scope => "scope",
            Denied::Barred(Barrier::OrganizationSuspended) => "organization_suspended",
            Denied::Barred(Barrier::SpaceSuspended) => "space_suspended",
            Denied::Barred(Barrier::Deleting) => "deleting",
        }
    }
}

/// A protocol's own error, with the name it has there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// HTTP status.
    pub status: u16,
    /// `invalid_grant`, `scim_resource_already_exists`, `CF-QuotaExceeded`, …
    pub name: &'static str,
    /// The Cloud Controller's number, 0 elsewhere.
    pub number: u32,
}

impl Code {
    /// An error of OAuth or SCIM, which have no numbers.
    pub const fn new(status: u16, name: &'static str) -> Self {
        Code { status, name, number: 0 }
    }

    /// An error of the Cloud Controller.
    pub const fn cc(status: u16, number: u32, name: &'static str) -> Self {
        Code { status, name, number }
    }
}

/// What went wrong, in nobody's dialect: a route knows how its protocol says it (`uaa-plugin`, `dialect`).
///
/// Texts follow house rule 14 unless a client of the field matches them to the letter.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Refused by the authorization core; the kind of the thing asked for, for the text.
    Denied(Denied, &'static str),
    /// Somebody wanted to hand out a permission that he lacks at that place: 403. Verb and kind, by name.
    Lacking(&'static str, &'static str),
    /// No such route or resource outside the authorization core: 404.
    NotFound(Cow<'static, str>),
    /// The path exists, the method does not: 405.
    Method,
    /// A parameter of the query is unknown or wrong: 400.
    BadQuery(Cow<'static, str>),
    /// The body is not what the content type promises: 400.
    Parse(Cow<'static, str>),
    /// Understood and wrong: 422 in the Cloud Controller, 400 in OAuth and SCIM. Several texts make several entries.
    Invalid(Vec<Cow<'static, str>>),
    /// Understood and taken already: 422 in the Cloud Controller, 409 in SCIM.
    Unique(Cow<'static, str>),
    /// Somebody else changed it first: 409, or 412 where `If-Match` was sent.
    Conflict(Cow<'static, str>),
    /// The body is larger than the route takes: 413.
    TooLarge,
    /// Too much of it at once: 429, with the seconds to wait.
    TooMany(u32),
    /// The database or another peer is away: 503. The text is for the log.
    Unavailable(String),
    /// A protocol's own error, with its text and further members of the body.
    Protocol(Code, Cow<'static, str>, Vec<(&'static str, String)>),
    /// The proof that whoever asks holds a key is missing, or not good.
    Unproved(Box<Unproved>),
    /// The transaction lost against another; the dispatcher tries again.
    Retry,
    /// A mistake of ours: 500. The text is for the log alone.
    Internal(String),
}

/// What a proof of possession lacks (RFC 9449 sections 5, 7.1 and 8).
#[derive(Clone, Debug, PartialEq)]
pub struct Unproved {
    /// HTTP status, but for the Cloud Controller, which has its own.
    pub status: u16,
    /// `invalid_dpop_proof`, `use_dpop_nonce`, `invalid_token`.
    pub error: &'static str,
    /// For whoever reads the answer.
    pub text: Cow<'static, str>,
    /// The header `WWW-Authenticate`, where there is one.
    pub challenge: Option<String>,
    /// The header `DPoP-Nonce`: what the next proof must carry.
    pub nonce: Option<String>,
}

/// What every fallible step of a request returns.
pub type Reply<T> = Result<T, Fault>;

impl Fault {
    /// One sentence about input that was understood and is wrong.
    pub fn invalid(text: impl Into<Cow<'static, str>>) -> Self {
        Fault::Invalid(vec![text.into()])
    }

    /// A protocol's own error without further members.
    pub fn protocol(code: Code, text: impl Into<Cow<'static, str>>) -> Self {
        Fault::Protocol(code, text.into(), vec![])
    }
}
