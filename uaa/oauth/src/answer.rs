use crate::client::Known;
use crate::engine::Engine;
use crate::issue::acr;
use crate::person::{Authentication, Person};
use std::borrow::Cow;
use uaa_model::Reply;
use uaa_token::{AccessClaims, Generations, audience, epoch_seconds};

impl Engine {
    /// The claims of an access token: a person's, or the client's own.
    pub(crate) fn claims<'a>(
        &'a self,
        client: &'a Known,
        of: Option<(&'a Person, &'a Authentication)>,
        grant: &'a str,
        scopes: &'a [String],
    ) -> Reply<AccessClaims<'a>> {
        let (person, authentication) = of.unzip();
        let now = self.clock.now();
        let seconds = client.access_seconds.unwrap_or(self.settings.access_seconds);
        let user_id = person.map(|p| self.called_by(client, p.id)).transpose()?.map(|id| id.to_string());
        let texts = || scopes.iter().map(|s| Cow::Borrowed(s.as_str())).collect::<Vec<_>>();
        let id = Cow::Borrowed(client.client_id.as_str());
        let iat = epoch_seconds(now);
        Ok(AccessClaims {
            jti: self.ids.hex32().into(),
            sub: user_id.clone().map_or(id.clone(), Cow::Owned),
            scope: texts(),
            authorities: if person.is_none() { texts() } else { vec![] },
            client_id: id.clone(),
            cid: id.clone(),
            azp: id,
            grant_type: grant.into(),
            user_id: user_id.map(Cow::Owned),
            origin: person.map(|p| p.origin.as_str().into()),
            user_name: person
                .filter(|_| client.may_name(scopes, "profile"))
                .map(|p| p.username.as_str().into()),
            email: person.filter(|_| client.may_name(scopes, "email")).map(|p| p.email.as_str().into()),
            auth_time: authentication.map(|a| a.auth_time),
            rev_sig: self.rev_sig_of(client, person).into(),
            iat,
            exp: iat + seconds,
            iss: client.here.issuer.as_str().into(),
            zid: client.here.id.as_str().into(),
            aud: audience(&client.client_id, scopes.iter().map(String::as_str)),
            nonce: authentication.and_then(|a| a.nonce.as_deref()).map(Into::into),
            amr: authentication.iter().flat_map(|a| &a.amr).map(|amr| amr.as_str().into()).collect(),
            acr: authentication.and_then(acr),
            az_attr: authentication.and_then(|a| a.az_attr.clone()),
            ..AccessClaims::default()
        })
    }

    /// The change detector of a token of this client, and of this person when it speaks of one.
    pub(crate) fn rev_sig_of(&self, client: &Known, person: Option<&Person>) -> String {
        let user_id = person.map(|p| p.id.to_string());
        let generations = Generations {
            client_id: &client.client_id,
            client: client.generation,
            user: user_id.as_deref().zip(person).map(|(id, p)| (id, p.generation)),
        };
        self.rev_sig.sign(&generations).as_str().to_owned()
    }
}
