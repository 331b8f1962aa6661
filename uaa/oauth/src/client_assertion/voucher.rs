//! Clients that somebody else vouches for (RFC 7523 section 3, UAA's `jwt_creds`): a workload shows the token that its own platform
//! gave it, and has no secret here.

use super::LONGEST;
use crate::client::{Known, Refusal, Why};
use crate::dpop::is_bound;
use crate::engine::Engine;
use serde::Deserialize;
use uaa_model::Fault;
use uaa_token::{Assertion, Expect, Rejected, claimed_algorithm, epoch_seconds};

/// Whom a client lets vouch for it.
#[derive(Debug, Deserialize)]
pub(crate) struct Voucher {
    /// Who says it.
    iss: String,
    /// What they call the client.
    sub: String,
    /// Whom their tokens are for; without it they must be for here.
    aud: Option<String>,
}

impl Engine {
    /// Whether the assertion is of one of those that vouch for this client, about it, and meant for here.
    ///
    /// It may come again: a platform gives a workload one token for an hour or a day and not one a request. Whoever wants each to be
    /// good once signs with a key of their own.
    pub(crate) async fn vouched_for(
        &self,
        client: &Known,
        assertion: &str,
        (iss, sub): (&str, &str),
    ) -> Result<(), Refusal> {
        let voucher = client.vouchers.iter().find(|one| one.iss == iss && one.sub == sub);
        // FAPI 2.0 Security Profile section 5.3.2.1: a key of the client itself.
        let voucher = voucher.filter(|_| client.policy.fapi.is_none()).ok_or(Why::Assertion)?;
        let algorithm = claimed_algorithm(assertion);
        if !algorithm.is_some_and(|algorithm| client.policy.takes_assertion(algorithm)) {
            return Err(Why::Algorithm.into());
        }
        let (here, uaa) = (&client.here, &*client.here.uaa);
        let token_endpoint = format!("{uaa}/oauth/token");
        let audience = match &voucher.aud {
            Some(aud) => vec![aud.as_str()],
            None => vec![here.issuer.as_str(), &token_endpoint, uaa],
        };
        if voucher.iss == here.issuer {
            return self.vouched_for_by_us(client, assertion, voucher, &audience).await;
        }
        let now = self.clock.now();
        let expect = Expect { now, issuer: &voucher.iss, audience: &audience, zone: None };
        for again in [false, true] {
            let keys = self.published.keys_of_issuer(&voucher.iss, again, now).await?;
            match keys.ok_or(Why::Signature)?.verify::<Assertion>(assertion, &expect) {
                Err(Rejected::UnknownKey) => {}
                Err(rejected) => return Err(Why::from(rejected).into()),
                Ok(said) if said.sub != voucher.sub => return Err(Why::Assertion.into()),
                // One that is good for ever is a secret that nobody changes.
                Ok(said) if said.exp > epoch_seconds(now) + LONGEST => return Err(Why::TooLong.into()),
                Ok(_) => return Ok(()),
            }
        }
        Err(Why::Signature.into())
    }

    /// An access token of this zone, as long as it is one: what was revoked vouches for nobody.
    async fn vouched_for_by_us(
        &self,
        client: &Known,
        assertion: &str,
        voucher: &Voucher,
        audience: &[&str],
    ) -> Result<(), Refusal> {
        let good =
            self.verify(assertion, &client.here, self.clock.now()).await.map_err(|fault| match fault {
                Fault::Denied(..) => Why::Assertion.into(),
                other => Refusal::from(other),
            })?;
        // One that is bound to a key is good with that key alone, and none is shown for it here.
        if good.said()?.sub != voucher.sub || !good.is_for_one_of(audience) || is_bound(&good.bound) {
            return Err(Why::Assertion.into());
        }
        Ok(())
    }
}
