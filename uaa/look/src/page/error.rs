use super::page;
use crate::scene::Scene;
use crate::words::Said;
use uaa_model::Micros;

/// A request that cannot be answered by sending them back: RFC 6749 section 4.1.2.1, first paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorPage {
    /// What is wrong.
    pub reason: Reason,
    /// The protocol's code for it, such as `invalid_redirect_uri`.
    pub code: String,
    /// The client id, where one was sent.
    pub client_id: Option<String>,
    /// What is in the log: the request's id.
    pub reference: String,
    /// When it happened.
    pub at: Micros,
    /// The page that one was on, where it can be opened again.
    pub again: Option<String>,
    /// Where one's applications are; `None` when nobody is signed in.
    pub home: Option<String>,
}

/// Why there is a page instead of what was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Something is wrong with what the application asked, so that there is no safe way back to it.
    Request(Flaw),
    /// The page was open too long, or opened twice; what it stood for is gone.
    Expired,
    /// The browser keeps no cookies, or has lost them.
    Cookies,
    /// There is no page at this address.
    NotFound,
    /// They are signed in and may not do this.
    NotAllowed,
    /// There is more to be done at the moment than can be: it is taken again in a while.
    Busy,
    /// Something failed on our side.
    Ours,
}

/// What is wrong with an application's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The return address is not one of the client's, or missing where there are several.
    ReturnAddress {
        /// The client's name.
        client: String,
    },
    /// There is no such client.
    UnknownClient,
    /// The ID token that would say whose sign-in it is about is missing, or none of ours.
    Hint,
    /// There is no request where `request_uri` says: used up, too old, or another client's.
    RequestUri,
    /// A parameter is missing or there twice, or something else that leaves no safe way back.
    Malformed,
}

impl ErrorPage {
    /// In UTC always: it is compared with the log of whoever runs the application.
    pub(crate) fn time<'a>(&self, x: &Scene<'a>) -> Said<'a, true> {
        x.utc(self.at).fill(x.rich("error-time-at")).with("seconds", x.utc(self.at).clock_seconds())
    }

    pub(crate) fn lead<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false> {
        match &self.reason {
            Reason::Request(_) => x.text("error-lead-request"),
            Reason::Expired => x.text("error-lead-expired"),
            Reason::Cookies => x.text("error-lead-cookies"),
            Reason::NotFound => x.text("error-lead-not-found"),
            Reason::NotAllowed => x.text("error-lead-not-allowed"),
            Reason::Busy => x.text("error-lead-busy"),
            Reason::Ours => x.text("error-lead-ours"),
        }
    }

    pub(crate) fn first<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false> {
        match &self.reason {
            Reason::Request(Flaw::ReturnAddress { client }) => {
                x.text("error-return-address").with("client", client)
            }
            Reason::Request(Flaw::UnknownClient) => x.text("error-unknown-client"),
            Reason::Request(Flaw::Hint) => x.text("error-hint"),
            Reason::Request(Flaw::RequestUri) => x.text("error-request-uri"),
            Reason::Request(Flaw::Malformed) => x.text("error-malformed"),
            Reason::Expired => x.text("error-expired"),
            Reason::Cookies => x.text("error-cookies"),
            Reason::NotFound => x.text("error-not-found"),
            Reason::NotAllowed => x.text("error-not-allowed"),
            Reason::Busy => x.text("error-busy"),
            Reason::Ours => x.text("error-ours"),
        }
    }

    pub(crate) fn second<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false> {
        match &self.reason {
            Reason::Request(_) => x.text("error-not-sent-back"),
            Reason::Expired | Reason::Cookies | Reason::Busy => x.text("error-nothing-sent"),
            Reason::NotFound | Reason::NotAllowed | Reason::Ours => x.text("error-nothing-changed"),
        }
    }

    pub(crate) fn then<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false> {
        match &self.reason {
            Reason::Request(_) => x.text("error-then-application"),
            Reason::Expired => x.text("error-then-expired"),
            Reason::Cookies => x.text("error-then-cookies"),
            Reason::NotFound => x.text("error-then-not-found"),
            Reason::NotAllowed => x.text("error-then-not-allowed"),
            Reason::Busy => x.text("error-then-busy"),
            Reason::Ours => x.text("error-then-ours"),
        }
    }
}

page!(ErrorPage, "page/error.html", |p, x| match &p.reason {
    Reason::NotFound => x.text("error-title-not-found"),
    Reason::Ours => x.text("error-title-ours"),
    Reason::Cookies => x.text("error-title-cookies"),
    Reason::Busy => x.text("error-title-busy"),
    Reason::Request(_) | Reason::Expired | Reason::NotAllowed => x.text("error-title"),
});
