//! Sign-ins that fail and tokens that are not stored, in the audit log: in memory first (`Access::note`), so that the hot
//! paths stay without a database.

use crate::client::Known;
use crate::engine::Engine;
use crate::person::Person;
use std::sync::Arc;
use uaa_authz::{Actor, Subject};
use uaa_model::{Fault, Reply};
use uaa_plugin::Ctx;
use uaa_store::Noted;
use uaa_token::AccessClaims;

impl Engine {
    /// Signs the claims of an access token that is not stored, and notes that it was. `grant`: how it was got. A request that
    /// then fails has noted a token that nobody got.
    pub(crate) fn issue(
        &self,
        claims: &AccessClaims<'_>,
        client: &Known,
        person: Option<&Person>,
        grant: &'static str,
        cx: &Ctx,
    ) -> Reply<String> {
        let token = self.sign(claims, client)?;
        let actor = match person {
            Some(person) => (Subject::User(person.id), person.username.as_str()),
            None => (Subject::Client(client.id), client.client_id.as_str()),
        };
        self.noted(self.holder(actor, &client.client_id, cx), ("TokenIssuedEvent", "issued", grant), cx);
        Ok(token)
    }

    /// Notes that somebody said to be a client and was not. What somebody typed is not noted, as it may be a secret.
    fn failed(&self, cx: &Ctx) {
        let nobody = Actor::nobody(self.access.registry(), cx.zone());
        self.noted(nobody, ("ClientAuthenticationFailure", "failed", "secret"), cx);
    }

    /// Notes a failed authentication of a client, if that is what went wrong.
    pub(crate) fn noted_as_failed(&self, fault: &Fault, cx: &Ctx) {
        if let Fault::Protocol(..) = fault {
            self.failed(cx);
        }
    }

    /// What the transaction at hand writes is done in the name of that person, or of the client itself.
    pub(crate) fn in_name_of(&self, person: Option<&Person>, client: &Known, cx: &mut Ctx) {
        let actor = match person {
            Some(person) => person.whom().actor(&client.client_id, cx),
            None => {
                Arc::new(self.holder((Subject::Client(client.id), &client.client_id), &client.client_id, cx))
            }
        };
        cx.tx().in_the_name_of(actor);
    }

    fn holder(&self, (subject, name): (Subject, &str), client: &str, cx: &Ctx) -> Actor {
        Actor::with_scopes(self.access.registry(), subject, cx.zone(), name, client, [])
    }

    fn noted(
        &self,
        actor: Actor,
        (event, outcome, detail): (&'static str, &'static str, &'static str),
        cx: &Ctx,
    ) {
        self.access.note(&Noted {
            actor: &Arc::new(actor),
            zone: cx.zone(),
            op: "token_create",
            event,
            outcome,
            detail,
            more: &[],
            request: &cx.caller.request,
            address: &cx.caller.address,
        });
    }
}
