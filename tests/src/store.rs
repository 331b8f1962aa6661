use crate::Database;
use std::sync::Arc;
use uaa_authz::{Actor, Create, Duty, Registry, Subject, Zone};
use uaa_directory::{CustomRole, Group, Organization, OrganizationRole, RoleBinding, Space, SpaceRole, User};
use uaa_model::{Id, Ids, Micros, Reply, Secret, SystemRng, TestClock, UAA_ZONE};
use uaa_store::{Access, Binding, Db, Feed, Granted, Set, Settings, Slot, Stored, Tx, Want};
use uuid::Uuid;

/// The store of one database, as the composition root opens it, with a clock that stands still.
pub struct Store {
    /// Transactions.
    pub access: Access,
    /// The time.
    pub clock: Arc<TestClock>,
    /// Goes away with the store.
    pub database: Database,
}

impl Store {
    /// Brings the schema forward and makes the zone `uaa`.
    ///
    /// # Panics
    /// When the database does not open.
    pub async fn open(database: Database) -> Store {
        Store::followed_by(database, vec![]).await
    }

    /// The same, with feeds of changed facts.
    ///
    /// # Panics
    /// When the database does not open.
    pub async fn followed_by(database: Database, feeds: Vec<Arc<dyn Feed>>) -> Store {
        let clock = TestClock::at(START);
        let db = Db::open(&database.url, 8).await.expect("the database opens");
        db.migrate(START).await.expect("the schema comes forward");
        let settings = Settings {
            clock: clock.clone(),
            ids: Ids::new(clock.clone(), Arc::new(SystemRng)),
            seal_key: Secret::new("seal".into()),
            lease: 1_000_000,
        };
        let registry = Registry::new(uaa_directory::kinds()).expect("sound kinds");
        let access = Access::new(db, Arc::new(registry), settings, feeds);
        access.found(UAA_ZONE, "uaa", "uaa").await.expect("the zone is made");
        Store { access, clock, database }
    }

    /// The time, in microseconds.
    pub fn clock_now(&self) -> Micros {
        uaa_model::Clock::now(self.clock.as_ref())
    }

    /// A writing transaction of the product itself, which may do everything and never has to try again.
    pub fn system(&self) -> Tx {
        let mut tx = self.writer();
        tx.insist();
        tx
    }

    /// The same as a request begins it: beside other writers, and maybe in vain.
    pub fn writer(&self) -> Tx {
        let actor = Actor::system(self.access.registry(), Duty::Bootstrap, UAA_ZONE);
        self.begin(actor, Want::Write)
    }

    /// The same, only reading.
    pub fn looking(&self) -> Tx {
        let actor = Actor::system(self.access.registry(), Duty::Bootstrap, UAA_ZONE);
        self.begin(actor, Want::Read)
    }

    /// A transaction of a user with a token of these scopes.
    pub fn user(&self, user: Uuid, scopes: &[&str], want: Want) -> Tx {
        self.begin(self.actor(user, scopes), want)
    }

    /// A user with a token of these scopes.
    pub fn actor(&self, user: Uuid, scopes: &[&str]) -> Actor {
        let (registry, subject) = (self.access.registry(), Subject::User(user));
        Actor::with_scopes(registry, subject, UAA_ZONE, "somebody", "cf", scopes.iter().copied())
    }

    fn begin(&self, actor: Actor, want: Want) -> Tx {
        self.access.begin(Arc::new(actor), UAA_ZONE, want, "test", "request".into())
    }
}

/// What tests put into a store, by the transaction that makes it.
pub trait Makes {
    /// An organization.
    fn organization(&mut self, name: &str) -> impl Future<Output = Reply<Granted<Create, Organization>>>;
    /// A space of it.
    fn space(
        &mut self,
        of: Id<Organization>,
        name: &str,
    ) -> impl Future<Output = Reply<Granted<Create, Space>>>;
    /// An active user.
    fn person(&mut self, name: &str) -> impl Future<Output = Reply<Granted<Create, User>>>;
    /// A group.
    fn group(&mut self, name: &str) -> impl Future<Output = Reply<Granted<Create, Group>>>;
    /// A custom role of these kinds and verbs.
    fn role(&mut self, name: &str, permissions: &str) -> impl Future<Output = Reply<Uuid>>;
    /// A built-in role for a subject at the zone, at an organization or at a space.
    fn give(
        &mut self,
        subject: Uuid,
        role: &str,
        at: At,
        expires: Micros,
        scope: Option<&str>,
    ) -> impl Future<Output = Reply<Uuid>> {
        self.give_role(subject, uaa_authz::built_in_id(role), at, expires, scope)
    }
    /// Any role.
    fn give_role(
        &mut self,
        subject: Uuid,
        role: Uuid,
        at: At,
        expires: Micros,
        scope: Option<&str>,
    ) -> impl Future<Output = Reply<Uuid>>;
}

/// Where a role is bound.
#[derive(Clone, Copy, Debug)]
pub enum At {
    /// At the zone.
    Zone,
    /// At an organization.
    Organization(Id<Organization>),
    /// At a space.
    Space(Id<Space>),
}

impl Makes for Tx {
    async fn organization(&mut self, name: &str) -> Reply<Granted<Create, Organization>> {
        let slot = self.slot::<Organization>(Id::<Zone>::new(UAA_ZONE)).await?;
        self.insert(slot, named(name)).await
    }

    async fn space(&mut self, of: Id<Organization>, name: &str) -> Reply<Granted<Create, Space>> {
        let slot = self.slot::<Space>(of).await?;
        self.insert(slot, space(name)).await
    }

    async fn person(&mut self, name: &str) -> Reply<Granted<Create, User>> {
        let slot = self.slot::<User>(Id::<Zone>::new(self.zone())).await?;
        let set = Set::default()
            .put(User::username, name)
            .put(User::username_key, name.to_lowercase())
            .put(User::origin, "uaa")
            .put(User::email, format!("{name}@example.com"))
            .put(User::emails, "[]")
            .put(User::active, true)
            .put(User::verified, true)
            .put(User::password_changed_at, 0)
            .put(User::password_change_required, false)
            .put(User::generation, 0)
            .put(User::version, 0);
        let made = self.insert(slot, set).await?;
        self.enroll(&made).await?;
        Ok(made)
    }

    async fn group(&mut self, name: &str) -> Reply<Granted<Create, Group>> {
        let slot = self.slot::<Group>(Id::<Zone>::new(UAA_ZONE)).await?;
        let set = Set::default()
            .put(Group::name, name)
            .put(Group::name_key, name.to_lowercase())
            .put(Group::description, "")
            .put(Group::version, 0);
        let made = self.insert(slot, set).await?;
        self.enroll(&made).await?;
        Ok(made)
    }

    async fn role(&mut self, name: &str, permissions: &str) -> Reply<Uuid> {
        let slot = self.slot::<CustomRole>(Id::<Zone>::new(UAA_ZONE)).await?;
        let set = Set::default()
            .put(CustomRole::name, name)
            .put(CustomRole::description, "")
            .put(CustomRole::permissions, permissions);
        self.insert(slot, set).await.map(|made| made.id().uuid())
    }

    async fn give_role(
        &mut self,
        subject: Uuid,
        role: Uuid,
        at: At,
        expires: Micros,
        scope: Option<&str>,
    ) -> Reply<Uuid> {
        let new = Binding {
            subject,
            subject_kind: "user",
            role,
            role_name: role.to_string(),
            scope: scope.map(str::to_owned),
            source: "direct",
            expires,
        };
        match at {
            At::Zone => {
                let slot = self.slot::<RoleBinding>(Id::<Zone>::new(UAA_ZONE)).await?;
                bound(self, slot, new).await
            }
            At::Organization(id) => {
                let slot = self.slot::<OrganizationRole>(id).await?;
                bound(self, slot, new).await
            }
            At::Space(id) => {
                let slot = self.slot::<SpaceRole>(id).await?;
                bound(self, slot, new).await
            }
        }
    }
}

async fn bound<R: Stored>(tx: &mut Tx, slot: Slot<R>, new: Binding) -> Reply<Uuid> {
    tx.bind(slot, new, Set::default()).await.map(|made| made.id().uuid())
}

/// The columns of an organization.
pub fn named(name: &str) -> Set<Organization> {
    Set::default()
        .put(Organization::name, name)
        .put(Organization::name_key, name.to_lowercase())
        .put(Organization::suspended, false)
}

/// The columns of a space.
pub fn space(name: &str) -> Set<Space> {
    Set::default()
        .put(Space::name, name)
        .put(Space::name_key, name.to_lowercase())
        .put(Space::suspended, false)
        .put(Space::allow_ssh, true)
}

/// The scopes with which people use the platform.
pub const PLATFORM: &[&str] = &["cloud_controller.read", "cloud_controller.write"];

/// 2026-01-01.
const START: Micros = 1_767_225_600_000_000;
