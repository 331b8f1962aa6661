//! One thing of each kind in each branch of the tree.

use crate::sweep::Ids;
use crate::sweep::people::Person;
use std::collections::BTreeMap;
use tests::inside::Inside;
use uaa_authz::{Create, Resource, Zone, built_in_id};
use uaa_directory::{
    AuditEvent, Client, CustomRole, ExpiringCode, Factor, Group, IdentityProvider, Job, LogoutNotice, Mail,
    Organization, OrganizationQuota, OrganizationRole, PlatformUser, Purpose, RegistrationToken, RoleBinding,
    Session, Space, SpaceQuota, SpaceRole, Token, User, hex,
};
use uaa_model::{Barrier, Id, UAA_ZONE};
use uaa_store::{Annotation, Binding, Cond, Field, Granted, Set, Stored, Tx};
use uuid::Uuid;

/// A thing that can be asked for, with what decides who may.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) id: Uuid,
    /// What it is called in paths and bodies.
    pub(crate) wire: String,
    pub(crate) organization: Option<Uuid>,
    pub(crate) space: Option<Uuid>,
    pub(crate) owner: Option<Uuid>,
    /// A further place at which it can be seen.
    pub(crate) shared: Option<Uuid>,
}

/// A zone, an organization in it, a space in that, and one thing of each kind there.
pub(crate) struct Branch {
    pub(crate) name: &'static str,
    pub(crate) zone: Uuid,
    pub(crate) organization: Uuid,
    pub(crate) space: Uuid,
    pub(crate) suspended: bool,
    pub(crate) things: BTreeMap<&'static str, Thing>,
    somebody: Uuid,
}

impl Branch {
    /// A template of a row, filled in.
    pub(crate) fn fill(&self, text: &str, person: &Person) -> String {
        let mut names: Ids = self.things.iter().map(|(kind, thing)| (*kind, thing.wire.clone())).collect();
        names.insert("somebody", self.somebody.to_string());
        names.insert("me", format!("{}:{}", person.kind, person.id));
        names.insert("my-kind", person.kind.to_owned());
        names.insert("my-id", person.id.to_string());
        names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// The thing that a question of that kind is about: for something new the place it would stand at.
    pub(crate) fn thing(&self, kind: &str) -> Option<&Thing> {
        self.things.get(kind)
    }
}

/// The other zone.
pub(crate) const OTHER: Uuid = Uuid::from_u128(0x0a11);

/// Here, where people have their roles, and everywhere else.
pub(crate) async fn plant(inside: &Inside) -> Vec<Branch> {
    inside.hall.access.found(OTHER, "other", "other").await.expect("another zone");
    of_the_zone(inside).await;
    let here = branch(inside, "here", UAA_ZONE, None).await;
    let beside = branch(inside, "in another space", UAA_ZONE, Some(here.organization)).await;
    let elsewhere = branch(inside, "in another organization", UAA_ZONE, None).await;
    let mut suspended = branch(inside, "in a suspended organization", UAA_ZONE, None).await;
    let abroad = branch(inside, "in another zone", OTHER, None).await;
    let mut tx = inside.begin(UAA_ZONE);
    let organization = tx.grant::<uaa_authz::Update, Organization>(Id::new(suspended.organization)).await;
    tx.bar(&organization.expect("it is there"), Some(Barrier::OrganizationSuspended))
        .await
        .expect("suspended");
    tx.commit().await.expect("committed");
    suspended.suspended = true;
    vec![here, beside, elsewhere, suspended, abroad]
}

async fn branch(inside: &Inside, name: &'static str, zone: Uuid, within: Option<Uuid>) -> Branch {
    let mut tx = inside.begin(zone);
    let tx = &mut tx;
    let tag = tx.ids().hex32();
    let organization = match within {
        Some(id) => id,
        None => organization(tx, &tag).await,
    };
    let space = space(tx, organization, &tag).await;
    let person = user(tx, &format!("owner-{tag}")).await;
    let somebody = user(tx, &format!("somebody-{tag}")).await;
    let mut branch =
        Branch { name, zone, organization, space, suspended: false, things: BTreeMap::new(), somebody };
    let (at_zone, at_org) = ((None, None), (Some(organization), None));
    let at_space = (Some(organization), Some(space));
    branch.put_named("identity_zone", OTHER, at_zone).wire = "other".into();
    branch.put::<Organization>(organization, at_org);
    branch.put::<Space>(space, at_space);
    branch.put::<User>(person, at_zone).owner = Some(person);
    branch.put_named("user_password", person, at_zone).owner = Some(person);
    branch.put_named("user_tokens", person, at_zone).owner = Some(person);
    branch.put_named("user_status", person, at_zone);
    branch.put_named("user_verification", person, at_zone);
    branch.put_named("user_factors", person, at_zone);
    branch.put_named("user_id", person, at_zone);
    platform_user(tx, person, organization).await;
    let known = branch.put::<PlatformUser>(person, at_zone);
    (known.owner, known.shared) = (Some(person), Some(organization));
    let group = group(tx, &tag, person).await;
    branch.put::<Group>(group, at_zone);
    let client = client(tx, &format!("client-{tag}")).await;
    let known = branch.put::<Client>(client, at_zone);
    (known.owner, known.wire) = (Some(client), format!("client-{tag}"));
    branch.put_named("client_secret", client, at_zone).owner = Some(client);
    branch.put_named("client_trust", client, at_zone).owner = Some(client);
    branch.put_named("client_tokens", client, at_zone).owner = Some(client);
    token(tx, person, &tag).await;
    let known = branch.put::<Token>(Uuid::nil(), at_zone);
    (known.owner, known.wire) = (Some(person), tag.clone());
    let session = session(tx, person, &tag).await;
    branch.put::<Session>(session, at_zone).owner = Some(person);
    let kept = expiring_code(tx, &tag).await;
    branch.put::<ExpiringCode>(kept, at_zone).wire.clone_from(&tag);
    let mail = mail(tx).await;
    branch.put::<Mail>(mail, at_zone);
    let factor = factor(tx, person, &tag).await;
    branch.put::<Factor>(factor, at_zone).owner = Some(person);
    let initial = registration_token(tx, &tag).await;
    branch.put::<RegistrationToken>(initial, at_zone);
    let provider = identity_provider(tx, &tag).await;
    branch.put::<IdentityProvider>(provider, at_zone);
    let notice = logout_notice(tx, person).await;
    branch.put::<LogoutNotice>(notice, at_zone);
    let job = job(tx, person).await;
    branch.put::<Job>(job, at_zone).owner = Some(person);
    let quota = organization_quota(tx, organization, &tag).await;
    branch.put::<OrganizationQuota>(quota, at_zone).shared = Some(organization);
    let quota = space_quota(tx, organization, space, &tag).await;
    branch.put::<SpaceQuota>(quota, at_org).shared = Some(space);
    let role = custom_role(tx, &tag).await;
    branch.put::<CustomRole>(role, at_zone);
    let bound = bind::<RoleBinding>(tx, Id::new(zone), person, "access.read").await;
    branch.put::<RoleBinding>(bound, at_zone);
    let bound =
        bind::<OrganizationRole>(tx, Id::new(organization), person, "organization_billing_manager").await;
    branch.put::<OrganizationRole>(bound, at_org);
    let bound = bind::<SpaceRole>(tx, Id::new(space), person, "space_supporter").await;
    branch.put::<SpaceRole>(bound, at_space);
    let made = std::mem::replace(tx, inside.begin(zone));
    made.commit().await.expect("committed");
    branch.put::<AuditEvent>(event(tx, space).await, at_space);
    branch
}

/// A client in the other zone that whoever manages zones has put there.
async fn of_the_zone(inside: &Inside) {
    let mut tx = inside.begin(OTHER);
    // Rows name some clients that the first zone has.
    for name in ["cf", "cc_routing", "cc_service_key_client", "gorouter", "tcp_router", "tcp_emitter"] {
        client(&mut tx, name).await;
    }
    // And a user.
    user(&mut tx, "admin").await;
    let made = make(&mut tx, Id::new(OTHER), true, client_of("of-the-zone", None, &[])).await;
    tx.enroll(&made).await.expect("enrolled");
    let set = Set::default().put(Client::more, r#"{"createdwith": "zones.write"}"#);
    tx.update(&made, set).await.expect("changed");
    tx.commit().await.expect("committed");
}

/// The event of the making of a space.
async fn event(tx: &mut Tx, space: Uuid) -> Uuid {
    let seen = tx.visible::<AuditEvent>().await.expect("they are to be seen");
    let made = Cond::In(Field::Text("event"), vec!["audit.space.create".into()]);
    let of_space = Cond::All(vec![Cond::Ids("target", vec![space]), made]);
    tx.find(&seen, of_space).await.expect("it is looked for").expect("it was written").guid
}

impl Branch {
    fn put<R: Resource>(&mut self, id: Uuid, at: (Option<Uuid>, Option<Uuid>)) -> &mut Thing {
        self.put_named(R::KIND.name, id, at)
    }

    fn put_named(&mut self, kind: &'static str, id: Uuid, at: (Option<Uuid>, Option<Uuid>)) -> &mut Thing {
        let (organization, space) = at;
        let thing = Thing { id, wire: id.to_string(), organization, space, owner: None, shared: None };
        self.things.entry(kind).or_insert(thing)
    }
}

async fn make<R: Stored>(tx: &mut Tx, at: Id<R::Parent>, owner: bool, set: Set<R>) -> Granted<Create, R> {
    let slot = tx.slot::<R>(at).await.expect("a slot");
    let id = tx.ids().uuid();
    tx.insert_as(slot, Id::new(id), owner.then_some(id), set).await.expect("made")
}

fn zone(tx: &Tx) -> Id<Zone> {
    Id::new(tx.zone())
}

async fn organization(tx: &mut Tx, tag: &str) -> Uuid {
    let set = Set::default()
        .put(Organization::name, tag)
        .put(Organization::name_key, tag)
        .put(Organization::suspended, false);
    make(tx, zone(tx), false, set).await.id().uuid()
}

async fn space(tx: &mut Tx, organization: Uuid, tag: &str) -> Uuid {
    let set = Set::default()
        .put(Space::name, tag)
        .put(Space::name_key, tag)
        .put(Space::suspended, false)
        .put(Space::allow_ssh, true);
    let made = make(tx, Id::new(organization), false, set).await.id().uuid();
    tx.annotate(Annotation { event: "audit.space.create".into(), ..Annotation::default() });
    made
}

/// A user without a password, who cannot sign in.
pub(crate) fn user_of(name: &str, password: Option<&str>) -> Set<User> {
    Set::default()
        .put(User::username, name)
        .put(User::username_key, name)
        .put(User::origin, "uaa")
        .put(User::email, name)
        .put(User::emails, "[]")
        .put(User::active, true)
        .put(User::verified, true)
        .put(User::password, password.map(str::to_owned))
        .put(User::password_changed_at, 0)
        .put(User::password_change_required, false)
        .put(User::generation, 0)
        .put(User::version, 0)
}

async fn user(tx: &mut Tx, name: &str) -> Uuid {
    let made = make(tx, zone(tx), true, user_of(name, None)).await;
    tx.enroll(&made).await.expect("enrolled");
    made.id().uuid()
}

async fn platform_user(tx: &mut Tx, person: Uuid, organization: Uuid) {
    let slot = tx.slot::<PlatformUser>(zone(tx)).await.expect("a slot");
    let made = tx.insert_as(slot, Id::new(person), Some(person), Set::default()).await.expect("made");
    let at = tx.grant::<uaa_authz::Read, Organization>(Id::new(organization)).await.expect("it is there");
    tx.share(&made, &at).await.expect("shared");
}

async fn group(tx: &mut Tx, tag: &str, member: Uuid) -> Uuid {
    let set = Set::default()
        .put(Group::name, tag)
        .put(Group::name_key, tag)
        .put(Group::description, "")
        .put(Group::version, 0);
    let made = make(tx, zone(tx), false, set).await;
    tx.enroll(&made).await.expect("enrolled");
    tx.join(&made, member, "uaa").await.expect("joined");
    made.id().uuid()
}

/// A client without a secret, which cannot ask for tokens.
pub(crate) fn client_of(client_id: &str, secret: Option<&str>, authorities: &[&str]) -> Set<Client> {
    let authorities = serde_json::to_string(authorities).expect("texts");
    Set::default()
        .put(Client::client_id, client_id)
        .put(Client::name, client_id)
        .put(Client::secret, secret.map(str::to_owned))
        .put(Client::scope, r#"["*", "*.*", "*.*.*"]"#)
        .put(Client::authorities, authorities)
        .put(Client::grant_types, r#"["client_credentials", "password"]"#)
        .put(Client::redirect_uri, "[]")
        .put(Client::autoapprove, "[]")
        .put(Client::allow_public, false)
        .put(Client::more, "{}")
        .put(Client::generation, 0)
}

async fn client(tx: &mut Tx, client_id: &str) -> Uuid {
    let made = make(tx, zone(tx), true, client_of(client_id, None, &[])).await;
    tx.enroll(&made).await.expect("enrolled");
    made.id().uuid()
}

async fn session(tx: &mut Tx, person: Uuid, tag: &str) -> Uuid {
    let set = Set::default()
        .put(Session::digest, format!("session-{tag}"))
        .put(Session::subject, person)
        .put(Session::generation, 0)
        .put(Session::auth_time, 0)
        .put(Session::amr, "pwd")
        .put(Session::second_at, 0)
        .put(Session::remembered, true)
        .put(Session::seen, 0)
        .put(Session::expires, i64::MAX)
        .put(Session::agent, "")
        .put(Session::address, "");
    let slot = tx.slot::<Session>(zone(tx)).await.expect("a slot");
    let id = tx.ids().uuid();
    tx.insert_as(slot, Id::new(id), Some(person), set).await.expect("inserted").id().uuid()
}

async fn factor(tx: &mut Tx, person: Uuid, tag: &str) -> Uuid {
    let set = Set::default()
        .put(Factor::subject, person)
        .put(Factor::kind, "recovery")
        .put(Factor::name, "")
        .put(Factor::credential, tag)
        .put(Factor::sealed, vec![])
        .put(Factor::mark, 0)
        .put(Factor::used_at, 0);
    let slot = tx.slot::<Factor>(zone(tx)).await.expect("a slot");
    let id = tx.ids().uuid();
    tx.insert_as(slot, Id::new(id), Some(person), set).await.expect("inserted").id().uuid()
}

async fn token(tx: &mut Tx, person: Uuid, tag: &str) {
    let set = Set::default()
        .put(Token::jti, tag)
        .put(Token::digest, tag)
        .put(Token::kind, "access")
        .put(Token::client_id, "cf")
        .put(Token::subject, person)
        .put(Token::family, person)
        .put(Token::used, false)
        .put(Token::claims, "{}")
        .put(Token::expires, i64::MAX);
    let slot = tx.slot::<Token>(zone(tx)).await.expect("a slot");
    let id = tx.ids().uuid();
    tx.insert_as(slot, Id::new(id), Some(person), set).await.expect("made");
}

async fn expiring_code(tx: &mut Tx, tag: &str) -> Uuid {
    let none: Option<Uuid> = None;
    let set = Set::default()
        .put(ExpiringCode::digest, hex(&uaa_token::digest(tag)))
        .put(ExpiringCode::purpose, Purpose::Client.name())
        .put(ExpiringCode::subject, none)
        .put(ExpiringCode::client_id, "")
        .put(ExpiringCode::data, "swept")
        .put(ExpiringCode::used, false)
        .put(ExpiringCode::expires, i64::MAX);
    make(tx, zone(tx), false, set).await.id().uuid()
}

async fn mail(tx: &mut Tx) -> Uuid {
    let set = Set::default()
        .put(Mail::purpose, "reset")
        .put(Mail::recipient, "swept@acme.example")
        .put(Mail::errand, "{}")
        .put(Mail::state, "sent")
        .put(Mail::tries, 1)
        .put(Mail::due_at, 0)
        .put(Mail::error, "");
    make(tx, zone(tx), false, set).await.id().uuid()
}

async fn job(tx: &mut Tx, person: Uuid) -> Uuid {
    let set = Set::default()
        .put(Job::operation, "space.delete")
        .put(Job::state, "COMPLETE")
        .put(Job::errors, "[]")
        .put(Job::warnings, "[]")
        .put(Job::target, person)
        .put(Job::target_kind, "space");
    let slot = tx.slot::<Job>(zone(tx)).await.expect("a slot");
    let id = tx.ids().uuid();
    tx.insert_as(slot, Id::new(id), Some(person), set).await.expect("made");
    id
}

async fn organization_quota(tx: &mut Tx, organization: Uuid, tag: &str) -> Uuid {
    let set = Set::default()
        .put(OrganizationQuota::name, tag)
        .put(OrganizationQuota::name_key, tag)
        .put(OrganizationQuota::limits, "{}");
    let made = make(tx, zone(tx), false, set).await;
    let at = tx.grant::<uaa_authz::Read, Organization>(Id::new(organization)).await.expect("it is there");
    tx.share(&made, &at).await.expect("shared");
    made.id().uuid()
}

async fn space_quota(tx: &mut Tx, organization: Uuid, space: Uuid, tag: &str) -> Uuid {
    let set = Set::default()
        .put(SpaceQuota::name, tag)
        .put(SpaceQuota::name_key, tag)
        .put(SpaceQuota::limits, "{}");
    let made = make(tx, Id::new(organization), false, set).await;
    let at = tx.grant::<uaa_authz::Read, Space>(Id::new(space)).await.expect("it is there");
    tx.share(&made, &at).await.expect("shared");
    made.id().uuid()
}

async fn registration_token(tx: &mut Tx, tag: &str) -> Uuid {
    let set = Set::default()
        .put(RegistrationToken::digest, tag)
        .put(RegistrationToken::description, "")
        .put(RegistrationToken::uses_left, 1)
        .put(RegistrationToken::expires, i64::MAX)
        .put(RegistrationToken::policy, r#"{"scopes": [], "grant_types": [], "redirect_hosts": []}"#);
    make(tx, zone(tx), false, set).await.id().uuid()
}

async fn logout_notice(tx: &mut Tx, person: Uuid) -> Uuid {
    let set = Set::default()
        .put(LogoutNotice::session, person)
        .put(LogoutNotice::client_id, "cf")
        .put(LogoutNotice::subject, person)
        .put(LogoutNotice::due_at, i64::MAX)
        .put(LogoutNotice::tries, 0)
        .put(LogoutNotice::error, "")
        .put(LogoutNotice::expires, i64::MAX);
    make(tx, zone(tx), false, set).await.id().uuid()
}

async fn identity_provider(tx: &mut Tx, tag: &str) -> Uuid {
    let set = Set::default()
        .put(IdentityProvider::origin, tag)
        .put(IdentityProvider::kind, "oidc1.0")
        .put(IdentityProvider::name, "swept")
        .put(IdentityProvider::issuer, "https://idp.example")
        .put(IdentityProvider::active, true)
        .put(IdentityProvider::config, "{}")
        .put(IdentityProvider::sealed, vec![])
        .put(IdentityProvider::version, 0);
    make(tx, zone(tx), false, set).await.id().uuid()
}

async fn custom_role(tx: &mut Tx, tag: &str) -> Uuid {
    let set = Set::default()
        .put(CustomRole::name, tag)
        .put(CustomRole::description, "")
        .put(CustomRole::permissions, r#"[["space", "read"]]"#);
    make(tx, zone(tx), false, set).await.id().uuid()
}

/// Gives a role that names no scope.
pub(crate) async fn bind<R: Stored>(tx: &mut Tx, at: Id<R::Parent>, subject: Uuid, role: &str) -> Uuid {
    let binding = Binding {
        subject,
        subject_kind: "user",
        role: built_in_id(role),
        role_name: role.into(),
        scope: None,
        source: "direct",
        expires: 0,
    };
    let slot = tx.slot::<R>(at).await.expect("a slot");
    tx.bind(slot, binding, Set::default()).await.expect("bound").id().uuid()
}
