//! Tokens that are not stored, in the audit log: in memory first (`Access::note`), so that the hot paths stay without a database; and in
//! whose name what is stored is written.

use crate::client::Known;
use crate::engine::Engine;
use crate::person::Person;
use std::sync::Arc;
use uaa_authz::{Actor, Subject};
use uaa_model::Reply;
use uaa_plugin::Ctx;
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
        let holder = Arc::new(self.holder(actor, &client.client_id, cx));
        cx.note(&holder, "TokenIssuedEvent", "issued", grant, &[]);
        Ok(token)
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
}
