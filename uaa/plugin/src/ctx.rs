use crate::authenticate::{Presented, token};
use crate::certificate::ShownCertificate;
use crate::route::Site;
use crate::zone::{ZoneInfo, Zones};
use axum::http::{HeaderMap, Method};
use std::sync::Arc;
use uaa_model::{Denied, Fault, Id, Micros, Reply};
use uaa_store::{Access, Judged, Ran, Tx, Want};
use uuid::Uuid;

/// Where the product is reached, from the configuration alone: never from a Host header.
#[derive(Clone, Debug)]
pub struct Links {
    /// The Cloud Controller, without a slash at the end.
    pub api: Arc<str>,
    /// UAA.
    pub uaa: Arc<str>,
    /// The sign-in pages.
    pub login: Arc<str>,
}

/// What the edge found out about a request before any route. An extension of the request.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// `X-Vcap-Request-Id`.
    pub request: Arc<str>,
    /// The client's address, for lockout and log.
    pub address: Arc<str>,
    /// The label before `.uaa.DOMAIN` or `.login.DOMAIN`, in lower case: a zone's subdomain. Empty for the first zone.
    pub subdomain: Arc<str>,
    /// Whether it came to UAA's own host, where the sign-in pages have another and keep their cookies there.
    pub beside_login: bool,
    /// The client's certificate (RFC 8705), when it showed one.
    pub certificate: Option<Arc<ShownCertificate>>,
}

/// The values of the path's parameters, in their order.
#[derive(Clone, Debug, Default)]
pub struct Params(Arc<[String]>);

impl Params {
    /// Takes the decoded values over.
    pub fn new(values: Vec<String>) -> Self {
        Params(values.into())
    }

    /// The text of a parameter.
    pub fn text(&self, at: usize) -> &str {
        self.0.get(at).map_or("", String::as_str)
    }

    /// A parameter as an identifier; `None` for what is none, which no resource has.
    pub fn id<R>(&self, at: usize) -> Option<Id<R>> {
        self.0.get(at)?.parse().ok()
    }
}

/// What a handler gets beside its proof. It lends the transaction; it cannot end it.
pub struct Ctx {
    pub(crate) tx: Tx,
    pub(crate) ran: Ran,
    pub(crate) access: Access,
    pub(crate) zones: Arc<Zones>,
    pub(crate) here: Arc<ZoneInfo>,
    pub(crate) op: &'static str,
    pub(crate) public: bool,
    pub(crate) site: Site,
    /// The request's method.
    pub method: Method,
    /// The path within the site, without the query.
    pub path: Arc<str>,
    /// Where the product is reached, in the zone that the request speaks to.
    pub links: Links,
    /// The path's parameters.
    pub params: Params,
    /// Who calls, as the edge saw it.
    pub caller: Caller,
    /// The request's headers.
    pub headers: Arc<HeaderMap>,
    /// The query, undecoded.
    pub query: Arc<str>,
}

impl Ctx {
    /// The transaction.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Where the statements of this request are counted: for what is begun for it besides its own transaction.
    pub fn ran(&self) -> &Ran {
        &self.ran
    }

    /// The token of the request's header, for a route that asks for one inside.
    pub fn presented(&self) -> Option<Presented<'_>> {
        let (scheme, token) = token(&self.headers)?;
        let (method, site, path, headers) = (&self.method, self.site, &*self.path, &*self.headers);
        let certificate = self.caller.certificate.as_deref();
        Some(Presented { token, scheme, method, site, path, headers, certificate })
    }

    /// The zone that the request speaks to.
    pub fn zone(&self) -> Uuid {
        self.tx.zone()
    }

    /// The same with its names, addresses and configuration, from memory.
    pub fn here(&self) -> Arc<ZoneInfo> {
        self.here.clone()
    }

    /// All identity zones, from memory.
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// The request's time.
    pub fn now(&self) -> Micros {
        self.tx.now()
    }

    /// Decides a question about somebody from memory, on facts of that revision at least (`Access::judge`).
    ///
    /// # Errors
    /// `Unavailable` when the compiled facts are too old: such an answer fails closed.
    pub async fn judge(
        &self,
        actor: &uaa_authz::Actor,
        kind: uaa_authz::KindIx,
        verb: uaa_authz::Verb,
        id: Option<Uuid>,
        at_least: i64,
    ) -> Reply<Judged> {
        self.access.judge(actor, self.zone(), kind, verb, id, at_least).await
    }

    /// Notes what is not written by a transaction: a sign-in that failed (`Access::note`). `more`: what else is to be known of it.
    pub fn note(
        &self,
        actor: &Arc<uaa_authz::Actor>,
        event: &'static str,
        outcome: &'static str,
        detail: &'static str,
        more: &[(&'static str, &str)],
    ) {
        self.access.note(&uaa_store::Noted {
            actor,
            zone: self.zone(),
            op: self.op,
            event,
            outcome,
            detail,
            more,
            request: &self.caller.request,
            address: &self.caller.address,
        });
    }

    /// Notes that somebody has signed in by something that writes nothing of it (`Access::logged_on`).
    pub fn logged_on(&self, person: Uuid) {
        self.access.logged_on(self.zone(), person, self.now());
    }

    /// Ends the transaction so far and goes on in a new one. For public routes only, which work in steps so that no
    /// transaction is open while a password is hashed.
    pub async fn step(&mut self, want: Want) -> Reply<()> {
        if !self.public {
            return Err(Fault::Internal(format!("`{}` is one transaction", self.op)));
        }
        let (actor, zone, request) = (self.tx.actor().clone(), self.tx.zone(), self.caller.request.clone());
        let next = self.access.begin(actor, zone, want, self.op, request).counted_in(&self.ran);
        let mut next = next.asked_from(&self.caller.address);
        if let Some(person) = self.tx.in_whose_name() {
            next.in_the_name_of(person.clone());
        }
        if std::mem::replace(&mut self.tx, next).commit().await?.changed {
            self.access.follow().await?;
        }
        Ok(())
    }

    /// Goes on in a transaction that writes, unless the one at hand does. For public routes only.
    pub async fn step_to_write(&mut self) -> Reply<()> {
        match self.tx.want() {
            Want::Read => self.step(Want::Write).await,
            Want::Write => Ok(()),
        }
    }

    /// The parameter at that position as an identifier of `R`, hidden when it cannot be one.
    pub fn id<R: uaa_authz::Resource>(&self, at: usize) -> Reply<Id<R>> {
        self.params.id(at).ok_or(Fault::Denied(Denied::Hidden, R::KIND.name))
    }
}
