//! People whom an identity provider of the zone vouches for, by a token of its own (RFC 7523 section 3).
//!
//! Such a token may come again until it ends, as in UAA: the cf CLI shows what it was handed as often as it is called.

mod claims;

use crate::client::Known;
use crate::engine::Engine;
use crate::fault::invalid_grant;
use crate::person::{Authentication, Person};
use futures::future::join_all;
use std::sync::Arc;
use uaa_authz::Actor;
use uaa_directory::{IdentityProviderOwn, KeysAt, Met, OIDC, OidcConfig, Told, meet, providers_of_issuer};
use uaa_model::{Fault, Reply};
use uaa_plugin::Ctx;
use uaa_store::Fields;
use uaa_token::{Expect, PersonAssertion, PublicKeys, Rejected, epoch_seconds};

type Provider = Fields<IdentityProviderOwn>;

impl Engine {
    /// The person that a provider's token speaks of, who is made here when they come for the first time and the provider's people
    /// are. Under the duty of sign-in.
    ///
    /// # Errors
    /// `invalid_grant`, with what is wrong.
    pub(crate) async fn sent_by_provider(
        &self,
        client: &Known,
        assertion: &str,
        issuer: &str,
        cx: &mut Ctx,
    ) -> Reply<(Person, Authentication)> {
        let sent = self.sent(client, assertion, issuer, cx).await;
        let (person, authentication) = sent.inspect_err(|fault| noted_as_failed(fault, client, cx))?;
        let actor = person.whom().actor(&client.client_id, cx);
        let more = [("origin", person.origin.as_str())];
        cx.note(&actor, "IdentityProviderAuthenticationSuccess", "signed_in", OIDC, &more);
        cx.logged_on(person.id);
        Ok((person, authentication))
    }

    async fn sent(
        &self,
        client: &Known,
        assertion: &str,
        issuer: &str,
        cx: &mut Ctx,
    ) -> Reply<(Person, Authentication)> {
        let provider = self.provider_of(issuer, cx).await?;
        client.is_open_to(&provider.own.origin)?;
        let config = OidcConfig::stored(&provider.own.config);
        // Nothing is held while others are asked.
        cx.tx().release();
        let said = self.said_by(client, (&config, issuer), assertion).await?;
        let told = claims::told(&said, &config)?;
        let person = who(&provider, &told, config.add_shadow_user_on_login, cx).await?;
        Ok((person, claims::authentication(&said, cx.now())))
    }

    /// The one active provider of that issuer. Who says in the configuration whose tokens speak for it comes before those whose
    /// document says it, which are asked only then.
    async fn provider_of(&self, issuer: &str, cx: &mut Ctx) -> Reply<Provider> {
        let mut named = providers_of_issuer(issuer, 2, cx.tx()).await?;
        if named.is_empty() {
            named = self.by_their_documents(issuer, cx).await?;
        }
        match (named.pop(), named.is_empty()) {
            (Some(provider), true) => Ok(provider),
            (Some(_), false) => Err(invalid_grant(
                "Several identity providers of this zone have the issuer of the assertion: nobody can tell whose user it is.",
            )),
            (None, _) => Err(invalid_grant(
                "No active identity provider of this zone has the issuer of the assertion.",
            )),
        }
    }

    async fn by_their_documents(&self, issuer: &str, cx: &mut Ctx) -> Reply<Vec<Provider>> {
        let silent = providers_of_issuer("", MOST_SILENT, cx.tx()).await?;
        cx.tx().release();
        let now = cx.now();
        let asked = silent.into_iter().map(|provider| async move {
            let config = OidcConfig::stored(&provider.own.config);
            let document = match config.document() {
                Some(url) => self.published.issuer_at(url, false, now).await?,
                None => None,
            };
            Ok(Some(provider).filter(|_| document.is_some_and(|said| said.issuer == issuer)))
        });
        join_all(asked).await.into_iter().filter_map(Reply::transpose).collect()
    }

    /// What the assertion says, if the provider signed it, for here and now.
    async fn said_by(
        &self,
        client: &Known,
        (config, issuer): (&OidcConfig, &str),
        assertion: &str,
    ) -> Reply<PersonAssertion> {
        let now = self.clock.now();
        let (here, uaa) = (&client.here, &*client.here.uaa);
        let token_endpoint = format!("{uaa}/oauth/token");
        // What this server is called there, as in an ID token, or is known by (RFC 7523 section 3, point 3).
        let audience = [config.relying_party_id(), &here.issuer, &token_endpoint, uaa];
        let audience: Vec<&str> = audience.into_iter().filter(|name| !name.is_empty()).collect();
        let expect = Expect { now, issuer, audience: &audience, zone: None };
        let mut last = Rejected::UnknownKey;
        for again in [false, true] {
            let keys = self.keys_of_provider(config, issuer, again).await?;
            let keys = keys.ok_or_else(|| {
                invalid_grant("The keys of the identity provider that issued the assertion cannot be read.")
            })?;
            match keys.verify::<PersonAssertion>(assertion, &expect) {
                Ok(said) if said.0.exp > epoch_seconds(now) + LONGEST => {
                    return Err(invalid_grant("The assertion is good for more than a day."));
                }
                Ok(said) => return Ok(said),
                // A key that has no name may have been followed by another.
                Err(rejected @ (Rejected::UnknownKey | Rejected::Signature)) => last = rejected,
                Err(rejected) => return Err(not_good(rejected)),
            }
        }
        Err(not_good(last))
    }

    async fn keys_of_provider(
        &self,
        config: &OidcConfig,
        issuer: &str,
        again: bool,
    ) -> Reply<Option<Arc<PublicKeys>>> {
        let now = self.clock.now();
        match config.keys() {
            KeysAt::Here(keys) => Ok(Some(Arc::new(*keys))),
            KeysAt::Url(url) => self.published.keys(url, again, now).await,
            KeysAt::Document(url) => self.published.keys_by_document(url, issuer, again, now).await,
            KeysAt::Nowhere => Ok(None),
        }
    }
}

/// Who that is here.
async fn who(provider: &Provider, told: &Told, make: bool, cx: &mut Ctx) -> Reply<Person> {
    match meet(provider, told, make, cx).await? {
        Met::Person(row) => Ok(Person::new(*row)),
        Met::Inactive => Err(invalid_grant("The user of the assertion may not sign in any more.")),
        // UAA's words.
        Met::Unknown => Err(invalid_grant(
            "The user account must be pre-created. Please contact your system administrator.",
        )),
        Met::Taken => Err(invalid_grant(
            "Another user of the identity provider has that name here; an administrator has to say whose it is.",
        )),
        Met::Several => {
            Err(invalid_grant("Several users of the identity provider have that identifier here."))
        }
    }
}

fn not_good(rejected: Rejected) -> Fault {
    invalid_grant(format!("The assertion is not good: {rejected}."))
}

/// Notes what a provider said and was not taken. What was sent is not noted, as it may be good elsewhere.
fn noted_as_failed(fault: &Fault, client: &Known, cx: &mut Ctx) {
    if let Fault::Protocol(..) = fault {
        let zone = cx.zone();
        let nobody = Actor::nobody(cx.tx().registry(), zone);
        let more = [("client", client.client_id.as_str())];
        cx.note(&Arc::new(nobody), "IdentityProviderAuthenticationFailure", "failed", OIDC, &more);
    }
}

/// Seconds that an assertion may be good for: one that is good for long is a secret that nobody changes.
const LONGEST: i64 = 86_400;
/// Providers whose documents are asked for their issuer.
const MOST_SILENT: i64 = 50;
