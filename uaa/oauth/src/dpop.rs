//! RFC 9449: whoever asks for a token, or comes with one, shows that they hold a key. A stolen token is then good for nothing.

mod seen;

use crate::client::Known;
use crate::engine::Engine;
use crate::verified::Good;
use axum::http::HeaderMap;
use seen::Seen;
use std::borrow::Cow;
use std::sync::Arc;
use uaa_model::{Denied, Fault, Micros, Reply, Unproved};
use uaa_plugin::{Ctx, Presented, Scheme, Site, ZoneInfo};
use uaa_token::{Algorithm, Confirmation, DpopProof, NonceKey, ProvedRequest, digest};
use url::Url;

/// What is known of proofs.
#[derive(Debug)]
pub(crate) struct Proofs {
    nonces: NonceKey,
    /// Apart, so that whoever floods the token endpoint, for which no token is needed, closes nothing else.
    asking: Seen,
    coming: Seen,
}

impl Proofs {
    pub(crate) fn new(nonces: NonceKey) -> Proofs {
        Proofs { nonces, asking: Seen::default(), coming: Seen::default() }
    }
}

/// Where a proof came, and how the answer says that it is not good.
#[derive(Clone, Copy)]
enum Place {
    /// The token endpoint, or one like it: 400 (section 5).
    Asking,
    /// A resource: 401 and a challenge (section 7.1).
    Coming,
}

impl Engine {
    /// The thumbprint of the key that a request to the token endpoint, or to one like it, proves to hold. `None`: it brings no
    /// proof.
    pub(crate) fn proved_key(&self, client: &Known, cx: &Ctx) -> Reply<Option<String>> {
        let (here, place) = (&client.here, Place::Asking);
        let Some(text) = one(&cx.headers).map_err(|text| place.refuse(text))? else { return Ok(None) };
        let wanted = ProvedRequest { now: cx.now(), method: cx.method.as_str(), token: None };
        let proof = self.proof(text, &wanted, (Site::Uaa, &cx.path), here, place)?;
        self.proof_is_new(&proof, client, here, place, cx.now())?;
        Ok(Some(proof.jkt))
    }

    /// The nonce of this moment, for a client that must use one.
    pub(crate) fn nonce_for(&self, client: &Known, now: Micros) -> Option<String> {
        client.policy.dpop_nonce.then(|| self.proofs.nonces.now(&client.here.id, now))
    }

    /// A token as a request brought it along: good, and in the hands of whoever it is bound to.
    pub(crate) async fn presented(
        &self,
        presented: &Presented<'_>,
        here: &Arc<ZoneInfo>,
        now: Micros,
    ) -> Reply<Arc<Good>> {
        let good = self.verify(presented.token, here, now).await.map_err(|fault| match fault {
            Fault::Denied(Denied::Unauthenticated, _) if presented.scheme == Scheme::Dpop => {
                Place::Coming.challenge("invalid_token", "the token is not good")
            }
            other => other,
        })?;
        match (&good.bound.jkt, presented.scheme) {
            (None, Scheme::Bearer) => {}
            (Some(jkt), Scheme::Dpop) => self.held(jkt, &good, presented, here, now).await?,
            // Section 7.2: a token that is bound and comes without its proof has been stolen, for all that is known.
            (Some(_), Scheme::Bearer) => {
                let text = "the token is bound to a key, and comes without a proof";
                return Err(Place::Coming.challenge("invalid_token", text));
            }
            (None, Scheme::Dpop) => {
                return Err(Place::Coming.challenge("invalid_token", "the token is not bound to a key"));
            }
        }
        // RFC 8705 section 3: whoever has the token and not the key of the certificate has stolen it.
        let shown = presented.certificate.map(|shown| shown.certificate.thumbprint());
        if good.bound.x5t.is_some() && good.bound.x5t.as_deref() != shown {
            return Err(Fault::Denied(Denied::Unauthenticated, "token"));
        }
        Ok(good)
    }

    async fn held(
        &self,
        jkt: &str,
        good: &Good,
        presented: &Presented<'_>,
        here: &Arc<ZoneInfo>,
        now: Micros,
    ) -> Reply<()> {
        let place = Place::Coming;
        let text = one(presented.headers).map_err(|text| place.refuse(text))?;
        let text = text.ok_or_else(|| place.refuse("the header `DPoP` is missing"))?;
        let wanted = ProvedRequest { now, method: presented.method.as_str(), token: Some(presented.token) };
        let proof = self.proof(text, &wanted, (presented.site, presented.path), here, place)?;
        if proof.jkt != jkt {
            return Err(place.challenge("invalid_token", "the token is bound to another key"));
        }
        let client = self.client(here.guid, &good.actor.client).await?;
        let client = client.ok_or(Fault::Denied(Denied::Unauthenticated, "token"))?;
        self.proof_is_new(&proof, &client, here, place, now)
    }

    /// A proof that is good by itself, and for this address.
    fn proof(
        &self,
        text: &str,
        wanted: &ProvedRequest<'_>,
        (site, path): (Site, &str),
        here: &ZoneInfo,
        place: Place,
    ) -> Reply<DpopProof> {
        let proof = DpopProof::verify(text, wanted).map_err(|why| place.refuse(why.to_string()))?;
        let links = here.links(self.zones.first_links());
        let bases = match site {
            Site::Api => [&links.api, &links.api],
            Site::Uaa => [&links.uaa, &links.login],
        };
        if bases.iter().any(|base| same_address(&proof.url, &format!("{base}{path}"))) {
            return Ok(proof);
        }
        Err(place.refuse("the proof is for another address"))
    }

    /// Whether a proof, which is good otherwise, carries the nonce that it must, and comes for the first time.
    fn proof_is_new(
        &self,
        proof: &DpopProof,
        client: &Known,
        here: &ZoneInfo,
        place: Place,
        now: Micros,
    ) -> Reply<()> {
        let nonces = &self.proofs.nonces;
        // Section 8: one that is not known any more is asked for anew, also of a client that need not use any.
        let current = match &proof.nonce {
            Some(nonce) => nonces.knows(&here.id, nonce, now),
            None => !client.policy.dpop_nonce,
        };
        if !current {
            let text = "the proof must carry the nonce of this answer";
            return Err(place.unproved("use_dpop_nonce", text, Some(nonces.now(&here.id, now))));
        }
        if !client.policy.takes(proof.algorithm) {
            return Err(
                place.refuse("the proof is signed with an algorithm that the client's profile does not have")
            );
        }
        let name = digest(&format!("{}\0{}\0{}", here.guid, proof.jkt, proof.jti));
        let seen = match place {
            Place::Asking => &self.proofs.asking,
            Place::Coming => &self.proofs.coming,
        };
        if seen.first(&name, now)? { Ok(()) } else { Err(place.refuse("the proof was used before")) }
    }
}

impl Place {
    fn refuse(self, text: impl Into<Cow<'static, str>>) -> Fault {
        self.unproved("invalid_dpop_proof", text, None)
    }

    fn challenge(self, error: &'static str, text: &'static str) -> Fault {
        self.unproved(error, text, None)
    }

    fn unproved(
        self,
        error: &'static str,
        text: impl Into<Cow<'static, str>>,
        nonce: Option<String>,
    ) -> Fault {
        let text = text.into();
        let (status, challenge) = match self {
            Place::Asking => (400, None),
            Place::Coming => {
                let algorithms = Algorithm::ALL.map(Algorithm::name).join(" ");
                let text = text.replace(['"', '\\'], "'");
                let said =
                    format!("DPoP error=\"{error}\", error_description=\"{text}\", algs=\"{algorithms}\"");
                (401, Some(said))
            }
        };
        Fault::Unproved(Box::new(Unproved { status, error, text, challenge, nonce }))
    }
}

/// The token endpoint refuses a request for what its proof lacks.
pub(crate) fn unproved(text: &'static str) -> Fault {
    Place::Asking.refuse(text)
}

/// The one proof of a request (section 4.3, point 1).
fn one(headers: &HeaderMap) -> Result<Option<&str>, &'static str> {
    let mut all = headers.get_all("dpop").iter();
    let (first, second) = (all.next(), all.next());
    if second.is_some() {
        return Err("the header `DPoP` came twice");
    }
    first.map(|value| value.to_str().map_err(|_| "the header `DPoP` is no text")).transpose()
}

/// Whether an address is that of a request, but for query and fragment (section 4.3, point 9), however it is spelled
/// (RFC 3986 section 6.2.2 and 6.2.3).
fn same_address(said: &str, ours: &str) -> bool {
    let plain = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    plain(said).is_some_and(|said| plain(ours).is_some_and(|ours| said == ours))
}

/// Whether what a token is bound to was shown again.
pub(crate) fn is_bound(to: &Confirmation) -> bool {
    to.jkt.is_some() || to.x5t.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_as_addresses() {
        let ours = "https://uaa.example.com/oauth/token";
        for same in
            [ours, "https://UAA.example.com:443/oauth/token", "https://uaa.example.com/oauth/token?a#b"]
        {
            assert!(same_address(same, ours), "{same}");
        }
        for other in [
            "",
            "/oauth/token",
            "http://uaa.example.com/oauth/token",
            "https://uaa.example.com/oauth/token/",
            "https://uaa.example.com/oauth/Token",
            "https://uaa.example.com.evil/oauth/token",
            "https://evil@uaa.example.com/oauth/token",
        ] {
            assert!(!same_address(other, ours), "{other}");
        }
    }
}
