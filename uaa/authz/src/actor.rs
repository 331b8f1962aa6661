use crate::{Kind, Mask, Realm, Registry, Verbs};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// Work that the product does on its own account. Closed: a new duty is a reviewed line in `roles.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Makes the first zone, groups, clients and administrator.
    Bootstrap,
    /// Checks credentials and issues, refreshes and reads tokens.
    SignIn,
    /// Carries on what a job was granted: deletes what is below a deleted organization or space.
    Jobs,
    /// Seals the audit log, deletes what has expired.
    Upkeep,
    /// What an operator does at the machine itself, by the command line.
    Operator,
    /// Writes and sends the messages that wait, with the codes that they carry.
    Mail,
    /// Makes, changes and ends clients that register themselves, and counts the tokens by which they do.
    Registration,
}

impl Duty {
    /// All of them, in the order of `roles.txt`.
    pub const ALL: [Duty; 7] = [
        Duty::Bootstrap,
        Duty::SignIn,
        Duty::Jobs,
        Duty::Upkeep,
        Duty::Operator,
        Duty::Mail,
        Duty::Registration,
    ];

    /// The name in `roles.txt` and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Duty::Bootstrap => "bootstrap",
            Duty::SignIn => "sign_in",
            Duty::Jobs => "jobs",
            Duty::Upkeep => "upkeep",
            Duty::Operator => "operator",
            Duty::Registration => "registration",
            Duty::Mail => "mail",
        }
    }

    /// What it may do to a kind.
    pub(crate) fn verbs(self, kind: &Kind) -> Verbs {
        match (self, kind.realm, kind.name) {
            (Duty::Bootstrap | Duty::Operator, _, _) => Verbs::ALL,
            (Duty::Registration, Realm::Identity, "client") => Verbs::of("rcud"),
            (Duty::Registration, Realm::Identity, "registration_token") => Verbs::of("ru"),
            (Duty::Registration, _, _) => Verbs::NONE,
            (Duty::SignIn, Realm::Identity, "user") => Verbs::of("rcuso"),
            (Duty::SignIn, Realm::Identity, "client") => Verbs::of("rus"),
            (Duty::SignIn, Realm::Identity, "group" | "signing_key" | "zone") => Verbs::of("rs"),
            (
                Duty::SignIn,
                Realm::Identity,
                "token" | "session" | "approval" | "factor" | "expiring_code",
            ) => Verbs::ALL,
            (Duty::SignIn, Realm::Identity, "participant" | "logout_notice") => Verbs::ALL,
            (Duty::SignIn, Realm::Identity, "mail") => Verbs::of("rc"),
            (Duty::SignIn, Realm::Identity, "identity_provider") => Verbs::of("r"),
            (Duty::SignIn, _, _) => Verbs::NONE,
            (Duty::Jobs, Realm::Identity, "user" | "group" | "client" | "zone") => Verbs::of("r"),
            (Duty::Jobs, Realm::Identity, _) => Verbs::NONE,
            // Whoever is given a role becomes a user of the platform; whoever begins a job has one.
            (Duty::Jobs, Realm::Platform, "job" | "platform_user") => Verbs::ALL,
            (Duty::Jobs, Realm::Platform, "role" | "role_binding" | "audit_event") => Verbs::NONE,
            (Duty::Jobs, Realm::Platform, _) => Verbs::of("rud"),
            (
                Duty::Upkeep,
                _,
                "token" | "session" | "approval" | "expiring_code" | "mail" | "job" | "audit_event",
            ) => Verbs::of("rd"),
            (Duty::Upkeep, _, _) => Verbs::NONE,
            (Duty::Mail, Realm::Identity, "mail") => Verbs::of("rud"),
            (Duty::Mail, Realm::Identity, "expiring_code") => Verbs::of("rcd"),
            (Duty::Mail, Realm::Identity, "user" | "zone") => Verbs::of("r"),
            (Duty::Mail, _, _) => Verbs::NONE,
        }
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person.
    User(Uuid),
    /// A client with a token of its own: a service account.
    Client(Uuid),
    /// The product itself.
    System(Duty),
    /// Nobody has said who they are.
    Nobody,
}

impl Subject {
    /// The identifier that bindings and owners speak of.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Subject::User(id) | Subject::Client(id) => Some(id),
            Subject::System(_) | Subject::Nobody => None,
        }
    }
}

/// A scope's name, as compared in decisions: the first 16 bytes of its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeKey(u128);

impl ScopeKey {
    /// The key of a scope.
    pub fn of(scope: &str) -> ScopeKey {
        let digest = Sha256::digest(scope);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        ScopeKey(u128::from_be_bytes(bytes))
    }
}

/// Who acts, from where, and what the token at hand may be used for.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub subject: Subject,
    /// The zone the subject lives in: that of the token, not of the request.
    pub home: Uuid,
    /// User name, client id or duty, for the audit log.
    pub name: Arc<str>,
    /// The client that holds the token.
    pub client: Arc<str>,
    /// The token's `jti`.
    pub token: Arc<str>,
    /// The scopes of the token as they stand in it, for jobs, which ask again later with the same ones.
    pub scope: Arc<str>,
    /// The scopes of the token, sorted. `None`: no token narrows this actor.
    pub scopes: Option<Arc<[ScopeKey]>>,
    /// What the scopes open, for bindings that name no scope of their own.
    pub opened: Mask,
}

impl Actor {
    /// A user or client with a token of these scopes.
    pub fn with_scopes<'a>(
        registry: &Registry,
        subject: Subject,
        home: Uuid,
        name: &str,
        client: &str,
        scopes: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Actor {
        let mut keys: Vec<ScopeKey> = scopes.clone().into_iter().map(ScopeKey::of).collect();
        keys.sort_unstable();
        let scope = scopes.clone().into_iter().collect::<Vec<_>>().join(" ").into();
        Actor {
            subject,
            home,
            name: name.into(),
            client: client.into(),
            token: "".into(),
            scope,
            scopes: Some(keys.into()),
            opened: registry.opened_by(scopes),
        }
    }

    /// A user or client that no token narrows: for questions about somebody, never for a request.
    pub fn unnarrowed(registry: &Registry, subject: Subject, home: Uuid, name: &str) -> Actor {
        let opened = registry.everything();
        Actor {
            subject,
            home,
            name: name.into(),
            client: Arc::default(),
            token: Arc::default(),
            scope: Arc::default(),
            scopes: None,
            opened,
        }
    }

    /// The product itself.
    pub fn system(registry: &Registry, duty: Duty, zone: Uuid) -> Actor {
        Actor::unnarrowed(registry, Subject::System(duty), zone, duty.name())
    }

    /// Whoever has not signed in.
    pub fn nobody(registry: &Registry, zone: Uuid) -> Actor {
        Actor {
            subject: Subject::Nobody,
            home: zone,
            name: Arc::default(),
            client: Arc::default(),
            token: Arc::default(),
            scope: Arc::default(),
            scopes: Some(Arc::default()),
            opened: registry.nothing(),
        }
    }

    /// Whether the token carries that scope.
    pub fn has_scope(&self, key: ScopeKey) -> bool {
        self.scopes.as_ref().is_none_or(|s| s.binary_search(&key).is_ok())
    }
}
