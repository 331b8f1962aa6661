//! The identity half: users, groups, clients, keys, stored tokens.

use uaa_authz::{Kind, Level, Realm, Resource, Verbs, Zone};
use uaa_model::Reply;
use uaa_store::{Row, Spec, Stored, fields};

const fn v(letters: &str) -> Verbs {
    Verbs::of(letters)
}

const fn spec(table: &'static str, columns: &'static [&'static str]) -> Spec {
    Spec { table, organization: None, space: None, columns, metadata: false, shared: false, tally: true }
}

/// A person with an account in a zone. The owner of the row is the person.
#[derive(Debug)]
pub enum User {}

impl Resource for User {
    const KIND: Kind =
        Kind::identity("user", &[("scim.read", v("r")), ("scim.write", v("rcud")), ("scim.create", v("c"))])
            .owned(v("r"))
            .fact();
    type Parent = Zone;
}

fields!(
    User,
    /// A user's own columns.
    UserOwn {
        /// Name for signing in, as it was given.
        username: String,
        /// The same in lower case: names are unique without regard to case.
        username_key: String,
        /// The identity provider that the user comes from; `uaa` for our own.
        origin: String,
        /// The identifier that a provisioning system gave.
        external_id: Option<String>,
        /// Given name.
        given_name: Option<String>,
        /// Family name.
        family_name: Option<String>,
        /// The primary e-mail address.
        email: String,
        /// All e-mail addresses, a JSON array as in SCIM.
        emails: String,
        /// Telephone number.
        phone: Option<String>,
        /// Whether the user may sign in.
        active: bool,
        /// Whether the e-mail address is the user's.
        verified: bool,
        /// The Argon2 hash; none for users of other providers.
        password: Option<String>,
        /// The hashes of the ones before, newest first, a JSON array; none until there was one.
        former_passwords: Option<String>,
        /// When the password was set, in microseconds.
        password_changed_at: i64,
        /// Whether the next sign-in must set a new one.
        password_change_required: bool,
        /// Goes up when every token of the user must end.
        generation: i64,
        /// SCIM's `meta.version`.
        version: i64,
    }
);

impl Stored for User {
    type Own = UserOwn;
    const SPEC: Spec = spec("users", User::COLUMNS);
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("users_name", "Username already in use"), ("users.zone", "Username already in use")];
    fn own(row: &Row, at: usize) -> Reply<UserOwn> {
        UserOwn::read(row, at)
    }
}

/// A named set of users and groups. One whose name is a scope with authority is a binding of all its members.
#[derive(Debug)]
pub enum Group {}

impl Resource for Group {
    const KIND: Kind = Kind::identity(
        "group",
        &[("scim.read", v("r")), ("scim.write", v("rcud")), ("groups.update", v("ru"))],
    )
    .fact();
    type Parent = Zone;
}

fields!(
    Group,
    /// A group's own columns.
    GroupOwn {
        /// `displayName`: the scope that membership gives.
        name: String,
        /// The same in lower case.
        name_key: String,
        /// For people.
        description: String,
        /// SCIM's `meta.version`.
        version: i64,
    }
);

impl Stored for Group {
    type Own = GroupOwn;
    const SPEC: Spec = spec("grp", Group::COLUMNS);
    const UNIQUE: &'static [(&'static str, &'static str)] = &[
        ("grp_name", "A group with that displayName already exists."),
        ("grp.zone", "A group with that displayName already exists."),
    ];
    fn own(row: &Row, at: usize) -> Reply<GroupOwn> {
        GroupOwn::read(row, at)
    }
}

/// An OAuth client. Its authorities are role bindings of its own.
#[derive(Debug)]
pub enum Client {}

impl Resource for Client {
    const KIND: Kind = Kind::identity(
        "client",
        &[("clients.read", v("r")), ("clients.write", v("rcud")), ("clients.admin", v("rcuds"))],
    )
    .owned(v("r"))
    .fact();
    type Parent = Zone;
}

fields!(
    Client,
    /// A client's own columns.
    ClientOwn {
        /// `client_id`.
        client_id: String,
        /// For people.
        name: String,
        /// The Argon2 hash of the secret.
        secret: Option<String>,
        /// The hash of a second one, while secrets are being rotated.
        secret_two: Option<String>,
        /// Scopes that users may give it, a JSON array.
        scope: String,
        /// Scopes it has by itself, a JSON array.
        authorities: String,
        /// `authorized_grant_types`, a JSON array.
        grant_types: String,
        /// Redirect URIs, a JSON array.
        redirect_uri: String,
        /// `true`, `false` or a JSON array of patterns.
        autoapprove: String,
        /// Seconds that access tokens are good for.
        access_validity: Option<i64>,
        /// Seconds that refresh tokens are good for.
        refresh_validity: Option<i64>,
        /// Whether it may go without a secret.
        allow_public: bool,
        /// Fields without a column, a JSON object.
        more: String,
        /// SHA-256, in hexadecimal, of the token by which a client that registered itself manages itself.
        registration: Option<String>,
        /// Goes up when every token of the client must end.
        generation: i64,
    }
);

impl Stored for Client {
    type Own = ClientOwn;
    const SPEC: Spec = spec("client", Client::COLUMNS);
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("client_client_id", "Client already exists"), ("client.zone", "Client already exists")];
    fn own(row: &Row, at: usize) -> Reply<ClientOwn> {
        ClientOwn::read(row, at)
    }
}

/// Many clients at once, and clients beyond what somebody may make who only writes clients. No rows.
#[derive(Debug)]
pub enum ClientBatch {}

impl Resource for ClientBatch {
    const KIND: Kind = Kind::identity("client_batch", &[("clients.admin", v("c"))]);
    type Parent = Zone;
}

/// A token by which clients register themselves, a number of times.
#[derive(Debug)]
pub enum RegistrationToken {}

impl Resource for RegistrationToken {
    const KIND: Kind =
        Kind::identity("registration_token", &[("clients.read", v("r")), ("clients.admin", v("rcud"))]);
    type Parent = Zone;
}

fields!(
    RegistrationToken,
    /// A registration token's own columns.
    RegistrationTokenOwn {
        /// SHA-256 of what its holder holds, in hexadecimal.
        digest: String,
        /// For people.
        description: String,
        /// How many clients may still come of it.
        uses_left: i64,
        /// When it ends, in microseconds.
        expires: i64,
        /// What it allows beside the installation's policy, a JSON object.
        policy: String,
    }
);

impl Stored for RegistrationToken {
    type Own = RegistrationTokenOwn;
    const SPEC: Spec = Spec { tally: false, ..spec("registration_token", RegistrationToken::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[];
    fn own(row: &Row, at: usize) -> Reply<RegistrationTokenOwn> {
        RegistrationTokenOwn::read(row, at)
    }
}

/// Registering a client with an access token instead of one made for it. No rows.
#[derive(Debug)]
pub enum ClientRegistration {}

impl Resource for ClientRegistration {
    const KIND: Kind =
        Kind::identity("client_registration", &[("clients.register", v("c")), ("clients.admin", v("c"))]);
    type Parent = Zone;
}

/// A key that signs tokens. Its private part is sealed under a key outside the database.
#[derive(Debug)]
pub enum SigningKey {}

impl Resource for SigningKey {
    const KIND: Kind = Kind::identity("signing_key", &[]).fact();
    type Parent = Zone;
}

fields!(
    SigningKey,
    /// A signing key's own columns.
    SigningKeyOwn {
        /// The key id on the wire.
        kid: String,
        /// `RS256`, `ES256`, …
        algorithm: String,
        /// The private key, encrypted.
        sealed: Vec<u8>,
        /// Whether it signs; the others only verify.
        active: bool,
        /// When it leaves the key set; 0 not yet known.
        retires_at: i64,
        /// `next`: published, and signs later. `beside`: signs for who asks for its algorithm.
        stage: String,
    }
);

impl Stored for SigningKey {
    type Own = SigningKeyOwn;
    const SPEC: Spec = spec("signing_key", SigningKey::COLUMNS);
    const UNIQUE: &'static [(&'static str, &'static str)] = &[("signing_key", "the key exists already")];
    fn own(row: &Row, at: usize) -> Reply<SigningKeyOwn> {
        SigningKeyOwn::read(row, at)
    }
}

/// A token that is kept: refresh tokens, opaque and revocable access tokens. It belongs to its user or client.
#[derive(Debug)]
pub enum Token {}

impl Resource for Token {
    const KIND: Kind = Kind {
        name: "token",
        realm: Realm::Identity,
        level: Level::Leaf,
        owner: v("rd"),
        personal: false,
        fact: false,
        shared: false,
        grants: &[("tokens.list", v("r")), ("tokens.revoke", v("rd"))],
    };
    type Parent = Zone;
}

fields!(
    Token,
    /// A stored token's own columns.
    TokenOwn {
        /// Its `jti`.
        jti: String,
        /// SHA-256 of what the client holds, in hexadecimal.
        digest: String,
        /// `refresh`, `access`, or `assertion`: not kept itself, but that it was used.
        kind: String,
        /// Whose it is.
        client_id: String,
        /// The user, or the client itself.
        subject: uuid::Uuid,
        /// All refresh tokens that came of one sign-in.
        family: uuid::Uuid,
        /// Whether it was exchanged already: seen again, the whole family ends.
        used: bool,
        /// Its claims, JSON.
        claims: String,
        /// When it ends, in microseconds.
        expires: i64,
        /// The browser's session that it ends with, if it does.
        session: Option<uuid::Uuid>,
    }
);

impl Stored for Token {
    type Own = TokenOwn;
    const SPEC: Spec = Spec { tally: false, ..spec("token", Token::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("token_jti", "the name is used"), ("token.zone", "the name is used")];
    fn own(row: &Row, at: usize) -> Reply<TokenOwn> {
        TokenOwn::read(row, at)
    }
}

/// What a person let one client do in their name, one row a scope. It belongs to the person.
#[derive(Debug)]
pub enum Approval {}

impl Resource for Approval {
    const KIND: Kind = Kind::identity("approval", &[]).owned(v("rcud"));
    type Parent = Zone;
}

fields!(
    Approval,
    /// An approval's own columns.
    ApprovalOwn {
        /// The person.
        subject: uuid::Uuid,
        /// The client.
        client_id: String,
        /// The scope.
        scope: String,
        /// Allowed, or denied.
        approved: bool,
        /// Until when, in microseconds.
        expires: i64,
    }
);

impl Stored for Approval {
    type Own = ApprovalOwn;
    const SPEC: Spec = Spec { tally: false, ..spec("approval", Approval::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[
        ("approval_of", "the approval exists already"),
        ("approval.subject", "the approval exists already"),
    ];
    fn own(row: &Row, at: usize) -> Reply<ApprovalOwn> {
        ApprovalOwn::read(row, at)
    }
}

/// Permissions that are not rows: a password, a client's secret and keys, ids of users, ending all tokens of a user or client, the state
/// of any token, handing out anything.
pub(crate) const SYNTHETIC: &[Kind] = &[
    Kind::identity("user_password", &[("password.write", v("u"))]).owned(v("u")),
    Kind::identity("user_id", &[("scim.userids", v("r"))]),
    Kind::identity("user_status", &[("uaa.account_status.write", v("u")), ("scim.write", v("u"))]),
    // Whoever makes users says of each whether the address is theirs.
    Kind::identity("user_verification", &[("scim.create", v("u")), ("scim.write", v("u"))]),
    Kind::identity("client_secret", &[("clients.secret", v("u")), ("clients.admin", v("u"))]).owned(v("u")),
    Kind::identity("client_trust", &[("clients.trust", v("u")), ("clients.admin", v("u"))]).owned(v("u")),
    Kind::identity("user_tokens", &[("tokens.revoke", v("d"))]).owned(v("d")),
    Kind::identity("user_factors", &[]),
    Kind::identity("client_tokens", &[("tokens.revoke", v("d"))]),
    Kind::identity("token_state", &[("uaa.resource", v("r"))]),
    Kind::identity("authority", &[]),
];
