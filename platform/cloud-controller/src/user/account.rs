//! Accounts of the directory: who can become a user of the platform.

use uaa_authz::{Create, Read};
use uaa_directory::{Client, PlatformUser, User};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Granted, Set, Slot};
use uuid::Uuid;

/// A person or a client. To look one up is work of the platform: whoever may give roles need not see the directory.
pub(crate) enum Account {
    Person(Granted<Read, User>),
    Client(Granted<Read, Client>),
}

impl Account {
    /// By the guid of the wire: a person's, or a client id.
    pub(crate) async fn by_guid(guid: &str, cx: &mut Ctx) -> Reply<Option<Account>> {
        if let Ok(id) = guid.parse::<Id<User>>()
            && let Ok(person) = cx.tx().grant(id).await
        {
            return Ok(Some(Account::Person(person)));
        }
        let seen = cx.tx().visible::<Client>().await?;
        let named = Cond::In(Field::Text("client_id"), vec![guid.to_owned()]);
        let Some(row) = cx.tx().find(&seen, named).await? else { return Ok(None) };
        cx.tx().grant(Id::new(row.guid)).await.map(|client| Some(Account::Client(client)))
    }

    /// A person by name and identity provider.
    pub(crate) async fn by_name(name: &str, origin: &str, cx: &mut Ctx) -> Reply<Option<Account>> {
        let seen = cx.tx().visible::<User>().await?;
        let name = Cond::In(Field::Folded("username_key"), vec![name.to_owned()]);
        let both = Cond::All(vec![name, Cond::In(Field::Text("origin"), vec![origin.to_owned()])]);
        let Some(row) = cx.tx().find(&seen, both).await? else { return Ok(None) };
        cx.tx().grant(Id::new(row.guid)).await.map(|person| Some(Account::Person(person)))
    }

    /// The identity providers that know somebody of that name, sorted.
    pub(crate) async fn origins(name: &str, cx: &mut Ctx) -> Reply<Vec<String>> {
        let seen = cx.tx().visible::<User>().await?;
        let named = Cond::In(Field::Folded("username_key"), vec![name.to_owned()]);
        let rows = cx.tx().list(&seen, &uaa_store::Query::first(MOST_ORIGINS).when(named)).await?.rows;
        let mut origins: Vec<String> = rows.into_iter().map(|row| row.own.origin).collect();
        origins.sort_unstable();
        Ok(origins)
    }

    /// The identifier of the account, and of the user it becomes.
    pub(crate) fn id(&self) -> Uuid {
        match self {
            Account::Person(person) => person.id().uuid(),
            Account::Client(client) => client.id().uuid(),
        }
    }

    /// As bindings call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Account::Person(_) => "user",
            Account::Client(_) => "client",
        }
    }

    /// The name to show: the user name, or the client id.
    pub(crate) async fn name(&self, cx: &mut Ctx) -> Reply<String> {
        Ok(match self {
            Account::Person(person) => cx.tx().get(person).await?.own.username,
            Account::Client(client) => cx.tx().get(client).await?.own.client_id,
        })
    }

    /// Makes it a user of the platform.
    pub(crate) async fn enter(
        &self,
        slot: Slot<PlatformUser>,
        set: Set<PlatformUser>,
        cx: &mut Ctx,
    ) -> Reply<Granted<Create, PlatformUser>> {
        let id = self.id();
        let set = match self {
            Account::Person(person) => {
                let own = cx.tx().get(person).await?.own;
                set.put(PlatformUser::username, Some(own.username))
                    .put(PlatformUser::username_key, Some(own.username_key))
                    .put(PlatformUser::origin, Some(own.origin))
            }
            Account::Client(client) => {
                set.put(PlatformUser::client_id, Some(cx.tx().get(client).await?.own.client_id))
            }
        };
        let made = cx.tx().insert_as(slot, Id::new(id), Some(id), set).await;
        made.map_err(|fault| match fault {
            Fault::Unique(_) => Fault::invalid(format!("User with guid '{id}' already exists.")),
            other => other,
        })
    }
}

/// Providers in which one name is looked for at most.
const MOST_ORIGINS: i64 = 100;
