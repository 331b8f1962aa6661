//! What a person's grant gives out: access token, refresh token and ID token, from one place for every grant.

use crate::client::Known;
use crate::dpop::is_bound;
use crate::encrypted::Envelope;
use crate::engine::Engine;
use crate::forms::AccessForm;
use crate::grant::refresh_token;
use crate::person::{Authentication, Person};
use crate::stored::{self, Whose};
use axum::http::{StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use uaa_directory::{Assurance, EndedUpTo, LASTS, User, end_kept};
use uaa_model::{Fault, Micros, Reply};
use uaa_plugin::shape::{NUMBER, Shape, TEXT, object};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Logon};
use uaa_token::{AccessClaims, Acr, Confirmation, IdClaims, epoch_seconds};
use uuid::Uuid;

/// What is to be given to a client on behalf of a person. Everything in it has been checked.
#[derive(Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) client: &'a Known,
    pub(crate) person: &'a Person,
    pub(crate) authentication: &'a Authentication,
    /// [`crate::scope::of_person`], and with a code what was approved of that.
    pub(crate) scopes: &'a [String],
    /// The claim `grant_type`: how the first token was got. A refresh keeps it.
    pub(crate) grant: &'a str,
    /// `none` or `private_key_jwt`; nothing when the client showed a secret.
    pub(crate) client_auth: Option<&'static str>,
    /// What the tokens are bound to.
    pub(crate) bound: &'a Confirmation,
    /// Whether the access token is an opaque one instead of a JWT.
    pub(crate) opaque: bool,
    /// The code that came with the ID token, for `c_hash` (OpenID Connect Core 1.0 section 3.3.2.11).
    pub(crate) code: Option<&'a str>,
    /// What goes around the ID token: [`Engine::envelope`] of [`crate::client::Encryptions::id_token`].
    pub(crate) envelope: &'a Envelope,
    /// `None`: the grant has no refresh token.
    pub(crate) renewal: Option<Renewal<'a>>,
}

impl Order<'_> {
    /// The browser's session that what is given ends with. Whoever was asked on a page for more than that allowed it until they take it
    /// back (OpenID Connect Back-Channel Logout 1.0 section 2.7), and a device or a command line is a place of its own.
    pub(crate) fn ends_with(&self, granted: &[String]) -> Reply<Option<Uuid>> {
        let away = granted.iter().any(|scope| AWAY.contains(&scope.as_str()));
        match THROUGH_A_BROWSER.contains(&self.grant) && !away {
            true => self.authentication.session(),
            false => Ok(None),
        }
    }
}

/// The refresh token that goes with it.
#[derive(Clone, Copy)]
pub(crate) enum Renewal<'a> {
    /// The first of that family, if the client has the grant type `refresh_token`.
    First { family: Uuid },
    /// The one that follows in this family, good for these scopes however few the access token has, and as long as the first one.
    Next { family: Uuid, granted: &'a [String], until: Micros },
    /// The same one again, where the zone does not rotate.
    Same { family: Uuid, token: &'a str, granted: &'a [String] },
}

/// What was made: the members of RFC 6749 section 5.1, with UAA's `jti`.
#[derive(Debug, Serialize)]
pub(crate) struct Issued {
    pub(crate) access_token: String,
    /// `bearer` or `DPoP` (RFC 9449 section 5).
    token_type: &'static str,
    /// How many seconds the access token is good for.
    pub(crate) expires_in: i64,
    /// Its scopes, with spaces between.
    pub(crate) scope: String,
    pub(crate) jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
}

impl Issued {
    pub(crate) fn new(access_token: String, claims: &AccessClaims<'_>) -> Issued {
        Issued {
            access_token,
            token_type: token_type(claims),
            expires_in: (claims.exp - claims.iat - 1).max(0),
            scope: claims.scope.join(" "),
            jti: claims.jti.as_ref().into(),
            refresh_token: None,
            id_token: None,
        }
    }

    /// The same one by one: for the fragment of implicit and hybrid flows, and for what has more of them.
    pub(crate) fn members(&self) -> Reply<Map<String, Value>> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) | Err(_) => Err(Fault::Internal("what was issued is no object".into())),
        }
    }

    /// The answer of the token endpoint.
    pub(crate) fn answer(&self) -> Reply<Answer> {
        unkept(self)
    }
}

/// What the token endpoint answers: [`Issued::members`], and what some grants say otherwise.
pub(crate) fn looks() -> Shape {
    object([
        // None yet where it goes to another client, which makes one of the refresh token.
        ("access_token", TEXT.or_null()),
        ("token_type", TEXT),
        ("expires_in", NUMBER),
        ("scope", TEXT),
        ("jti", TEXT),
    ])
    .perhaps([("refresh_token", TEXT), ("id_token", TEXT), ("issued_token_type", TEXT)])
    .named("token")
}

/// An answer of the token endpoint that no cache keeps (RFC 6749 section 5.1).
pub(crate) fn unkept(members: &impl Serialize) -> Reply<Answer> {
    Answer::json(StatusCode::OK, members)?
        .with(header::CACHE_CONTROL, "no-store")?
        .with(header::PRAGMA, "no-cache")
}

impl Engine {
    /// Makes the tokens of a person's grant. Whoever calls works under the duty of sign-in; when something is to be stored and
    /// the transaction at hand only reads, it goes on in one that writes (`Ctx::step`).
    pub(crate) async fn issue_to_person(&self, order: &Order<'_>, cx: &mut Ctx) -> Reply<Issued> {
        let Order { client, person, authentication, scopes, grant, .. } = *order;
        client.is_content_with(authentication)?;
        client.is_open_to(&person.origin)?;
        let with_id_token = WITH_ID_TOKEN.contains(&grant) && scopes.iter().any(|scope| scope == "openid");
        if with_id_token {
            order.envelope.ready()?;
        }
        let mut claims = self.claims(client, Some((person, authentication)), grant, scopes)?;
        claims.client_auth_method = order.client_auth.map(Into::into);
        claims.cnf = bound_to(order.bound);
        let family = match order.renewal {
            Some(Renewal::Next { family, .. } | Renewal::Same { family, .. }) => family,
            Some(Renewal::First { family }) => {
                // Whoever knows the family can end it.
                claims.jti = family.simple().to_string().into();
                family
            }
            None => self.ids.uuid(),
        };
        // However few scopes this one has: what the person allowed while they are away is said of the sign-in.
        let granted = match order.renewal {
            Some(Renewal::Next { granted, .. } | Renewal::Same { granted, .. }) => granted,
            Some(Renewal::First { .. }) | None => scopes,
        };
        let session = order.ends_with(granted)?;
        let sid = session.map(|session| self.called_by(client, session)).transpose()?;
        claims.sid = sid.map(|sid| sid.to_string().into());
        let form = (order.opaque, family, session);
        let access = self.access_token(&mut claims, client, Some(person), form, cx).await?;
        let mut issued = Issued::new(access, &claims);
        issued.refresh_token = self.renewal(order, (family, &issued.jti), cx).await?;
        if with_id_token {
            issued.id_token = Some(self.id_token(order, Some(&issued.access_token), cx).await?);
        }
        Ok(issued)
    }

    /// The text of an access token, kept if its form is one of those that are. `form`: whether the request asks for an opaque
    /// one, and the family and the session that it ends with.
    pub(crate) async fn access_token(
        &self,
        claims: &mut AccessClaims<'_>,
        client: &Known,
        person: Option<&Person>,
        (opaque, family, session): (bool, Uuid, Option<Uuid>),
        cx: &mut Ctx,
    ) -> Reply<String> {
        let form = match self.access_form(opaque, cx) {
            // What was made in that second has ended, if it is kept nowhere.
            AccessForm::Jwt if self.took_back_just_now(claims, person) => AccessForm::StoredJwt,
            // That the session has ended is not known for so long.
            AccessForm::Jwt if session.is_some() && claims.exp - claims.iat > LASTS / 1_000_000 => {
                AccessForm::StoredJwt
            }
            form => form,
        };
        if form == AccessForm::Jwt {
            let grant = as_event(&claims.grant_type);
            return self.issue(claims, client, person, grant, cx);
        }
        let (subject, generation) = person.map_or((client.id, 0), |person| (person.id, person.generation));
        let whose = Whose { subject, family, generations: (generation, client.generation), session };
        Box::pin(stored::access(self, claims, form, (client, person), whose, cx)).await
    }

    /// Whether the person took back what they allowed the client, and allowed it anew, in the second of these claims.
    fn took_back_just_now(&self, claims: &AccessClaims<'_>, person: Option<&Person>) -> bool {
        let made = person.map(|person| EndedUpTo::new(person.id, &claims.client_id, claims.iat));
        made.is_some_and(|made| self.ended.covers(made))
    }

    /// An access token as its client takes it.
    pub(crate) fn sign(&self, claims: &AccessClaims<'_>, client: &Known) -> Reply<String> {
        let keys = self.keys_of(client)?;
        if !client.rfc9068 {
            return keys.encoder.encode(claims);
        }
        let claims = claims.rfc9068().map_err(|e| Fault::Internal(e.to_string()))?;
        keys.at_jwt.encode(&claims)
    }

    /// The refresh token of a grant, if it has one. `access`: the `jti` of the access token beside it.
    pub(crate) async fn renewal(
        &self,
        order: &Order<'_>,
        (family, access): (Uuid, &str),
        cx: &mut Ctx,
    ) -> Reply<Option<String>> {
        let Order { client, person, scopes, .. } = *order;
        let forms = self.forms(cx);
        let (granted, until) = match order.renewal {
            None => return Ok(None),
            Some(Renewal::First { .. }) if !client.may("refresh_token") => return Ok(None),
            Some(Renewal::First { .. })
                if forms.refresh_restricted && !scopes.iter().any(|s| s == OFFLINE) =>
            {
                return Ok(None);
            }
            Some(Renewal::First { .. }) => {
                cx.step_to_write().await?;
                if forms.refresh_unique {
                    end_kept(refresh_tokens_of(person.id, &client.client_id), cx.tx()).await?;
                }
                let seconds = client.refresh_seconds.unwrap_or(self.settings.refresh_seconds);
                (scopes, cx.now() + seconds * 1_000_000)
            }
            Some(Renewal::Next { granted, until, .. }) => (granted, until),
            Some(Renewal::Same { token, .. }) => return Ok(Some(token.to_owned())),
        };
        refresh_token::make(self, order, (granted, until), (family, access), cx).await.map(Some)
    }

    /// An ID token alone (OpenID Connect Core 1.0 section 2). `access`: the access token that goes with it, for `at_hash`. Under the
    /// duty of sign-in.
    pub(crate) async fn id_token(
        &self,
        order: &Order<'_>,
        access: Option<&str>,
        cx: &mut Ctx,
    ) -> Reply<String> {
        let previous_logon_time = previous_logon(order, cx).await?;
        let Order { client, person, authentication, scopes, grant, .. } = *order;
        let keys = self.keys_of(client)?;
        let encoder = keys.encoder_with(client.id_token_algorithm);
        let iat = epoch_seconds(self.clock.now());
        let user_id = self.called_by(client, person.id)?.to_string();
        let sid = authentication.sid.as_deref().map(|session| self.sid(client, session)).transpose()?;
        let has = |name: &str| scopes.iter().any(|scope| scope == name);
        // UAA's `profile` holds the number as well; OpenID Connect Core 1.0 section 5.4 has a scope of its own for it.
        let (profile, phone) = (has("profile"), has("profile") || has("phone"));
        let named = client.may_name(scopes, "profile");
        let mailed = client.may_name(scopes, "email");
        // By its name, which is not what the person was asked about.
        let told = |name: &str, may: bool| may && authentication.told.iter().any(|told| told == name);
        let id = client.client_id.as_str();
        let text = |text: &Option<String>, wanted: bool| text.clone().filter(|_| wanted).map(Into::into);
        let claims = IdClaims {
            jti: self.ids.hex32().into(),
            sub: user_id.as_str().into(),
            aud: vec![id.into()],
            iss: client.here.issuer.as_str().into(),
            iat,
            exp: iat + client.access_seconds.unwrap_or(self.settings.access_seconds),
            auth_time: Some(authentication.auth_time),
            azp: id.into(),
            cid: id.into(),
            client_id: id.into(),
            zid: client.here.id.as_str().into(),
            origin: person.origin.as_str().into(),
            grant_type: grant.into(),
            user_id: user_id.as_str().into(),
            user_name: if named { person.username.as_str().into() } else { "".into() },
            email: mailed.then(|| person.email.as_str().into()),
            email_verified: mailed.then_some(person.verified),
            nonce: authentication.nonce.as_deref().map(Into::into),
            amr: authentication.amr.iter().map(|amr| amr.as_str().into()).collect(),
            acr: acr(authentication),
            rev_sig: self.rev_sig_of(client, Some(person)).into(),
            name: text(&person.name(), told("name", named)),
            given_name: text(&person.given_name, profile || told("given_name", named)),
            family_name: text(&person.family_name, profile || told("family_name", named)),
            phone_number: text(
                &person.phone,
                phone || told("phone_number", client.may_name(scopes, "phone")),
            ),
            scope: vec!["openid".into()],
            at_hash: access.map(|access| encoder.half_hash(access).into()),
            c_hash: order.code.map(|code| encoder.half_hash(code).into()),
            sid: sid.map(Into::into),
            previous_logon_time,
            ..IdClaims::default()
        };
        order.envelope.around(encoder.encode(&claims)?)
    }
}

/// When the person signed in before this time, in milliseconds. Not for clients that know people by names of their own: to the millisecond
/// it is the same in every sector, and nearly nobody else's.
async fn previous_logon(order: &Order<'_>, cx: &mut Ctx) -> Reply<Option<i64>> {
    if order.client.sector.is_some() {
        return Ok(None);
    }
    let (seen, person) = (cx.tx().visible::<User>().await?, order.person.id);
    Ok(cx.tx().logons(&seen, &[person]).await?.get(&person).and_then(Logon::previous))
}

/// The claim `cnf`, when there is something in it.
pub(crate) fn bound_to(bound: &Confirmation) -> Option<Confirmation> {
    is_bound(bound).then(|| bound.clone())
}

/// How a token is presented.
pub(crate) fn token_type(claims: &AccessClaims<'_>) -> &'static str {
    if claims.cnf.as_ref().is_some_and(|cnf| cnf.jkt.is_some()) { "DPoP" } else { "bearer" }
}

/// The context class: what was named to the client, else what the proofs come to; absent when neither is known.
pub(crate) fn acr(authentication: &Authentication) -> Option<Acr<'_>> {
    let mut values: Vec<_> = authentication.acr.iter().map(|acr| acr.as_str().into()).collect();
    if values.is_empty() && !authentication.amr.is_empty() {
        values.push(Assurance::of(&authentication.amr).name().into());
    }
    (!values.is_empty()).then_some(Acr { values })
}

fn refresh_tokens_of(user: Uuid, client_id: &str) -> Cond {
    let text = |column, value: &str| Cond::In(Field::Text(column), vec![value.to_owned()]);
    Cond::All(vec![Cond::Ids("subject", vec![user]), text("client_id", client_id), text("kind", "refresh")])
}

/// The grants whose tokens a page in a browser gets, or the server behind it.
const THROUGH_A_BROWSER: &[&str] = &["authorization_code", "implicit"];

/// The scopes of which people are told that the application goes on while they are away.
const AWAY: &[&str] = &["offline_access", OFFLINE];

/// The scope that refresh tokens need where they are restricted.
pub(crate) const OFFLINE: &str = "uaa.offline_token";

/// The grants in which a person signed in for this client: UAA gives an ID token to these alone.
const WITH_ID_TOKEN: &[&str] =
    &["password", "authorization_code", "implicit", "urn:ietf:params:oauth:grant-type:device_code"];

/// The name of a grant for the audit log, which keeps fixed texts only.
fn as_event(grant: &str) -> &'static str {
    crate::grant::GRANTS.iter().copied().find(|known| *known == grant).unwrap_or("other")
}
