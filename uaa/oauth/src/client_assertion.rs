//! `private_key_jwt` (OpenID Connect Core 1.0 section 9, RFC 7523 section 3): a client signs that it is itself, once for each
//! request.

mod voucher;

pub(crate) use voucher::Voucher;

use crate::client::{Keys, Known, Refusal, Why};
use crate::engine::Engine;
use std::sync::Arc;
use uaa_authz::{Actor, Duty};
use uaa_directory::{Keep, keep_in};
use uaa_model::{Fault, Reply};
use uaa_store::{Ran, Want};
use uaa_token::{
    Assertion, Claims, Expect, PublicKeys, Rejected, claimed_algorithm, digest, epoch_seconds,
    names_one_audience,
};

/// The value of `client_assertion_type`.
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl Engine {
    /// Whether the assertion is this client's, meant for here, and new. That it was used is written down before it counts: of
    /// several requests with the same one, in whatever process, one passes.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn client_assertion(
        &self,
        client: &Known,
        assertion: &str,
        ran: &Ran,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let (here, uaa) = (&client.here, &*client.here.uaa);
        let token_endpoint = format!("{uaa}/oauth/token");
        // RFC 7523 section 3, point 3: the token endpoint, or what the client knows the server by.
        // RFC 9126 section 2 lets the address of that endpoint count as well.
        let pushing = format!("{uaa}/oauth/par");
        let audience = [here.issuer.as_str(), &token_endpoint, uaa, &pushing];
        let strict = client.policy.fapi.is_some();
        // FAPI 2.0 Security Profile section 5.3.2.1: the issuer and nothing else, as one text.
        let audience = if strict { &audience[..1] } else { &audience[..] };
        let expect = Expect { now, issuer: &client.client_id, audience, zone: None };
        let said = self.signed_by::<Assertion>(client, assertion, &expect).await?.map_err(Why::from)?;
        let algorithm = claimed_algorithm(assertion);
        if !algorithm.is_some_and(|algorithm| client.policy.takes_assertion(algorithm)) {
            return Err(Why::Algorithm.into());
        }
        if strict && !names_one_audience(assertion) {
            return Err(Why::Audience.into());
        }
        let jti = said.jti.as_deref().filter(|jti| !jti.is_empty()).ok_or(Why::NoName)?;
        if said.sub != client.client_id {
            return Err(Why::Assertion.into());
        }
        // Point 4: one that is good for long would have to be remembered for long.
        if said.exp > epoch_seconds(now) + LONGEST {
            return Err(Why::TooLong.into());
        }
        self.once(client, jti, said.exp, ran).await
    }

    /// What a client has signed, or what is wrong with it: with a key of its own that is known, or one that it publishes meanwhile.
    pub(crate) async fn signed_by<T: Claims>(
        &self,
        client: &Known,
        token: &str,
        expect: &Expect<'_>,
    ) -> Reply<Result<T, Rejected>> {
        for again in [false, true] {
            let Some(keys) = self.client_keys(client, again).await? else { break };
            match keys.verify(token, expect) {
                Err(Rejected::UnknownKey) => {}
                other => return Ok(other),
            }
        }
        Ok(Err(Rejected::UnknownKey))
    }

    pub(crate) async fn client_keys(&self, client: &Known, again: bool) -> Reply<Option<Arc<PublicKeys>>> {
        match &client.keys {
            Keys::None => Ok(None),
            Keys::Known(keys) => Ok(Some(keys.clone())),
            Keys::At(url) => self.published.keys(url, again, self.clock.now()).await,
        }
    }

    async fn once(&self, client: &Known, jti: &str, exp: i64, ran: &Ran) -> Result<(), Refusal> {
        let zone = client.here.guid;
        let actor = Arc::new(Actor::system(self.access.registry(), Duty::SignIn, zone));
        let tx = self.access.begin(actor, zone, Want::Write, "client_assertion_use", "".into());
        let mut tx = tx.counted_in(ran);
        // The name is another client's or zone's matter, and may be long: what is kept is the digest of all.
        let name: String = digest(&format!("{zone}\0{}\0{jti}", client.client_id))[..24]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let name = format!("assertion-{name}");
        let row = Keep {
            jti: &name,
            text: &name,
            kind: "assertion",
            client_id: &client.client_id,
            subject: client.id,
            family: client.id,
            claims: "{}".into(),
            expires: exp.saturating_add(1).saturating_mul(1_000_000),
            session: None,
        };
        let kept = match keep_in(&mut tx, row).await {
            Ok(_) => tx.commit().await.map(drop),
            Err(fault) => Err(fault),
        };
        kept.map_err(|fault| match fault {
            Fault::Unique(_) => Why::Replayed.into(),
            other => other.into(),
        })
    }
}

/// Seconds that an assertion may be good for.
const LONGEST: i64 = 86_400;
