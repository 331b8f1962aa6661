//! Making, changing and ending a provider.

use super::body::{ProviderBody, Raw, Sent};
use super::{Keeper, invalid, own, view};
use uaa_authz::{Delete, Duty, Update};
use uaa_directory::{IdentityProvider, IdentityProviderOwn, OIDC, OWN_ORIGIN, OidcConfig, end_people};
use uaa_model::{Code, Fault, Id, Reply, Secret};
use uaa_plugin::{Answer, Ctx, ZoneInfo};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Set, Slot, Tx};

pub(super) async fn create(
    keeper: Keeper,
    slot: Slot<IdentityProvider>,
    sent: Sent,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let body = &sent.body;
    body.is_served()?;
    let (origin, name) = (body.new_origin()?.to_owned(), body.name()?.to_owned());
    let (config, secret) = read(body)?;
    checked(&config, secret.is_some(), &cx.here())?;
    let tx = cx.tx();
    free(tx, &origin).await?;
    let id = tx.ids().uuid();
    let sealed = match &secret {
        Some(secret) => keeper.secrets.seal(id, secret)?,
        None => vec![],
    };
    let set = told(Set::default(), &name, body.active(), &config)
        .put(IdentityProvider::origin, origin.as_str())
        .put(IdentityProvider::kind, OIDC)
        .put(IdentityProvider::sealed, sealed)
        .put(IdentityProvider::version, 0);
    let made = tx.insert_as(slot, Id::new(id), None, set).await?;
    note(tx, "IdentityProviderCreatedEvent", &origin);
    let row = tx.get(&made).await?;
    Answer::created(&view::provider(&row, sent.raw, &cx.here()))
}

/// As a whole, but for the secret, which stays when none is sent.
pub(super) async fn replace(
    keeper: Keeper,
    provider: Granted<Update, IdentityProvider>,
    sent: Sent,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let before = cx.tx().get(&provider).await?;
    sent.body.is_of(&before.own.origin, &before.own.kind)?;
    let (set, here) = match before.own.origin == OWN_ORIGIN {
        true => own::changed(&sent.body, cx).await?,
        false => (changed(&sent.body, &before, &keeper, cx)?, cx.here()),
    };
    let set = set.put(IdentityProvider::version, before.own.version + 1);
    cx.tx().update(&provider, set).await?;
    note(cx.tx(), "IdentityProviderModifiedEvent", &before.own.origin);
    let row = cx.tx().get(&provider).await?;
    Answer::ok(&view::provider(&row, sent.raw, &here))
}

/// Its people go with it, and all that they have: whoever comes later under the same key is somebody else.
pub(super) async fn delete(
    provider: Granted<Delete, IdentityProvider>,
    Raw(raw): Raw,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = cx.tx().get(&provider).await?;
    if row.own.origin == OWN_ORIGIN {
        return Err(invalid("A zone's own identity provider ends with its zone and not before."));
    }
    end_people(&provider, cx.tx()).await?;
    cx.tx().delete(provider).await?;
    note(cx.tx(), "EntityDeletedEvent", &row.own.origin);
    Answer::ok(&view::provider(&row, raw, &cx.here()))
}

fn changed(
    body: &ProviderBody,
    before: &Fields<IdentityProviderOwn>,
    keeper: &Keeper,
    cx: &Ctx,
) -> Reply<Set<IdentityProvider>> {
    let (config, secret) = read(body)?;
    let had = OidcConfig::stored(&before.own.config);
    let takes_none = config.named_method().is_some_and(|method| !method.takes_secret());
    let sealed = match &secret {
        Some(secret) => keeper.secrets.seal(before.guid, secret)?,
        None if takes_none => vec![],
        None => before.own.sealed.clone(),
    };
    // Nobody reads the secret; whoever may change the address that it is sent to would get it all the same.
    let led_away = config.secret_goes_to() != had.secret_goes_to();
    if secret.is_none() && !sealed.is_empty() && led_away {
        return Err(invalid(
            "The relyingPartySecret must be given again where discoveryUrl or tokenUrl is another one.",
        ));
    }
    checked(&config, !sealed.is_empty(), &cx.here())?;
    let set = told(Set::default(), body.name()?, body.active(), &config);
    Ok(set.put(IdentityProvider::sealed, sealed))
}

fn told(set: Set<IdentityProvider>, name: &str, active: bool, config: &OidcConfig) -> Set<IdentityProvider> {
    set.put(IdentityProvider::name, name)
        .put(IdentityProvider::issuer, config.issuer.clone().unwrap_or_default())
        .put(IdentityProvider::active, active)
        .put(IdentityProvider::config, config.text())
}

fn read(body: &ProviderBody) -> Reply<(OidcConfig, Option<Secret>)> {
    OidcConfig::sent(body.config()?).map_err(|wrong| invalid(wrong.0))
}

fn checked(config: &OidcConfig, secret: bool, here: &ZoneInfo) -> Reply<()> {
    config.check(secret).map_err(|wrong| invalid(wrong.0))?;
    // The zone's own tokens speak of its own people, and of nobody else.
    if config.issuer.as_deref() == Some(here.issuer.as_str()) {
        return Err(invalid("The issuer is this zone itself."));
    }
    Ok(())
}

/// Before the insert: a statement that breaks a constraint ends the transaction on PostgreSQL.
async fn free(tx: &mut Tx, origin: &str) -> Reply<()> {
    let me = tx.assume(Duty::SignIn);
    let known = known(tx, origin).await;
    tx.resume(me);
    match known? {
        false => Ok(()),
        true => {
            let text = "An identity provider of that origin key exists already.";
            Err(Fault::protocol(Code::new(409, "identity_provider_exists"), text))
        }
    }
}

async fn known(tx: &mut Tx, origin: &str) -> Reply<bool> {
    let seen = tx.visible::<IdentityProvider>().await?;
    let same = Cond::In(Field::Text("origin"), vec![origin.to_owned()]);
    Ok(tx.find(&seen, same).await?.is_some())
}

fn note(tx: &mut Tx, event: &str, origin: &str) {
    let (event, target_name) = (event.to_owned(), origin.to_owned());
    tx.annotate(Annotation { event, target_name, ..Annotation::default() });
}
