//! One person or service for each built-in role, and some who have none.

use crate::sweep::places::{Branch, bind, client_of, user_of};
use std::collections::BTreeMap;
use tests::inside::Inside;
use uaa_authz::{BUILT_IN, RoleLevel, SCOPE_ROLES, ZONE_ADMIN, ZONE_READER, Zone, built_in_id};
use uaa_directory::password::Source;
use uaa_directory::{Client, OrganizationRole, RoleBinding, SpaceRole, User};
use uaa_model::{Id, Secret, UAA_ZONE};
use uaa_store::{Binding, Set, Tx};
use uuid::Uuid;

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    /// All scopes that its holder may have.
    Full,
    /// One scope that opens nothing, of the platform.
    Narrow,
    /// One that is for something else than the platform: its `aud` does not name the Cloud Controller.
    Elsewhere,
    /// A full one, too old.
    Expired,
    /// None at all.
    None,
}

/// A role that somebody has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) role: &'static str,
    pub(crate) place: Uuid,
    /// Whether a token must carry a scope to use it.
    pub(crate) scoped: bool,
}

/// Somebody who asks.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) id: Uuid,
    /// `user` or `client`.
    pub(crate) kind: &'static str,
    /// Roles, and where they are bound.
    pub(crate) roles: Vec<Held>,
    /// Roles whose scope a full token carries.
    pub(crate) scoped: Vec<&'static str>,
    /// Whether a full token opens the platform by `cloud_controller.read` and `.write`.
    pub(crate) platform: bool,
    tokens: BTreeMap<Token, String>,
}

/// The zone at whose place a service holds its roles, and the `id` that its scopes name.
type At = (Uuid, &'static str);

impl Person {
    pub(crate) fn token(&self, token: Token) -> Option<&str> {
        self.tokens.get(&token).map(String::as_str)
    }
}

/// Everybody, with their tokens: the expired ones are fetched first, then time passes.
pub(crate) async fn gather(inside: &Inside, here: &Branch) -> Vec<Person> {
    let ours = Source { account: "sweep", address: "" };
    let hash = inside.hall.hasher.hash(&Secret::new(PASSWORD.into()), ours).await.expect("a hash");
    let mut tx = inside.begin(UAA_ZONE);
    let mut people = vec![user(&mut tx, "nobody", &hash).await];
    let owner = here.things["user"].id;
    let granted = tx.grant::<uaa_authz::Update, User>(Id::new(owner)).await.expect("it is there");
    tx.update(&granted, Set::default().put(User::password, Some(hash.clone()))).await.expect("changed");
    let name = tx.get(&granted).await.expect("it is there").own.username;
    people.push(Person::user(name, owner));
    for role in BUILT_IN {
        let name = format!("with {}", role.name);
        people.push(match role.level {
            RoleLevel::Zone => service(&mut tx, &name, &[role.name], &hash, HOME).await,
            RoleLevel::Organization => {
                let mut person = user(&mut tx, &name, &hash).await;
                bind::<OrganizationRole>(&mut tx, Id::new(here.organization), person.id, role.name).await;
                person.roles.push(held(role.name, here.organization));
                person
            }
            RoleLevel::Space => {
                let mut person = user(&mut tx, &name, &hash).await;
                bind::<SpaceRole>(&mut tx, Id::new(here.space), person.id, role.name).await;
                person.roles.push(held(role.name, here.space));
                person
            }
        });
    }
    // The roles that the owner of things here holds besides: `places` bound them.
    people[1].roles.extend([
        held("access.read", UAA_ZONE),
        held("organization_billing_manager", here.organization),
        held("space_supporter", here.space),
    ]);
    let all: Vec<&'static str> =
        BUILT_IN.iter().filter(|r| r.level == RoleLevel::Zone).map(|r| r.name).collect();
    people.push(service(&mut tx, "root", &all, &hash, HOME).await);
    tx.commit().await.expect("committed");
    for person in &mut people {
        person.fetch(inside, Token::Expired).await;
    }
    inside.clock.advance(50_000);
    for person in &mut people {
        person.fetch(inside, Token::Full).await;
        person.fetch(inside, Token::Narrow).await;
        person.fetch(inside, Token::Elsewhere).await;
    }
    people
}

impl Person {
    fn user(name: String, id: Uuid) -> Person {
        // What everybody of the zone is in, and what a user's own token is for.
        let everybody = ["scim.me", "scim.userids"];
        let roles = everybody.map(|role| Held { scoped: true, ..held(role, UAA_ZONE) }).to_vec();
        let scoped = [everybody.as_slice(), &["password.write"]].concat();
        Person { name, id, kind: "user", roles, scoped, platform: true, tokens: BTreeMap::new() }
    }

    async fn fetch(&mut self, inside: &Inside, token: Token) {
        let scope = |elsewhere: &str| match token {
            Token::Narrow => format!("&scope={OPENS_NOTHING}"),
            Token::Elsewhere => format!("&scope={elsewhere}"),
            Token::Full | Token::Expired | Token::None => String::new(),
        };
        let text = if self.kind == "user" {
            let narrow = scope("openid");
            let name = self.name.replace(' ', "+");
            let form = format!("grant_type=password&username={name}&password={PASSWORD}{narrow}");
            inside.token("root", PASSWORD, &form).await
        } else {
            let narrow = scope("uaa.none");
            inside.token(&self.name, PASSWORD, &format!("grant_type=client_credentials{narrow}")).await
        };
        self.tokens.insert(token, text);
    }
}

fn held(role: &'static str, place: Uuid) -> Held {
    Held { role, place, scoped: false }
}

async fn user(tx: &mut Tx, name: &str, hash: &str) -> Person {
    let slot = tx.slot::<User>(Id::<Zone>::new(UAA_ZONE)).await.expect("a slot");
    let id = tx.ids().uuid();
    let made = tx.insert_as(slot, Id::new(id), Some(id), user_of(name, Some(hash))).await.expect("made");
    tx.enroll(&made).await.expect("enrolled");
    Person::user(name.to_owned(), id)
}

/// Clients of the first zone that have roles in another one, each through a scope that names it; the first has none.
pub(crate) async fn keepers(inside: &Inside, zone: Uuid, id: &'static str) -> Vec<Person> {
    let ours = Source { account: "sweep", address: "" };
    let hash = inside.hall.hasher.hash(&Secret::new(PASSWORD.into()), ours).await.expect("a hash");
    let mut tx = inside.begin(UAA_ZONE);
    let mut people = vec![service(&mut tx, "keeper of nothing", &["uaa.admin"], &hash, HOME).await];
    for role in
        ["zone_admin", "zone_reader", "clients.admin", "clients.read", "scim.read", "scim.write", "idps.read"]
    {
        people.push(service(&mut tx, &format!("keeper with {role}"), &[role], &hash, (zone, id)).await);
    }
    tx.commit().await.expect("committed");
    for person in &mut people {
        for token in [Token::Full, Token::Narrow] {
            person.fetch(inside, token).await;
        }
    }
    people
}

/// A client whose authorities stand for these roles there.
async fn service(tx: &mut Tx, name: &str, roles: &[&'static str], hash: &str, (zone, zid): At) -> Person {
    let scope = |role: &str| match role {
        ZONE_ADMIN => format!("zones.{zid}.admin"),
        ZONE_READER => format!("zones.{zid}.read"),
        other if zone != UAA_ZONE => format!("zones.{zid}.{other}"),
        other => SCOPE_ROLES.iter().find(|(_, r)| *r == other).map_or(other, |(scope, _)| *scope).to_owned(),
    };
    let scopes: Vec<String> = roles.iter().map(|role| scope(role)).collect();
    let authorities: Vec<&str> =
        scopes.iter().map(String::as_str).chain(["uaa.none", OPENS_NOTHING]).collect();
    let slot = tx.slot::<Client>(Id::<Zone>::new(UAA_ZONE)).await.expect("a slot");
    let id = tx.ids().uuid();
    let set = client_of(name, Some(hash), &authorities);
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await.expect("made");
    tx.enroll(&made).await.expect("enrolled");
    let home = tx.enter(zone);
    let me = tx.assume(uaa_authz::Duty::Bootstrap);
    for (role, scope) in roles.iter().copied().zip(scopes) {
        let binding = Binding {
            subject: id,
            subject_kind: "client",
            role: built_in_id(role),
            role_name: role.into(),
            scope: Some(scope),
            source: "authorities",
            expires: 0,
        };
        let slot = tx.slot::<RoleBinding>(Id::<Zone>::new(zone)).await.expect("a slot");
        tx.bind(slot, binding, Set::default()).await.expect("bound");
    }
    tx.resume(me);
    tx.enter(home);
    Person {
        name: name.to_owned(),
        id,
        kind: "client",
        roles: roles.iter().map(|role| Held { scoped: true, ..held(role, zone) }).collect(),
        scoped: roles.to_vec(),
        platform: false,
        tokens: BTreeMap::new(),
    }
}

const PASSWORD: &str = "one-for-everybody";
/// For the service dashboards' own question, which no route here asks.
const OPENS_NOTHING: &str = "cloud_controller_service_permissions.read";
const HOME: At = (UAA_ZONE, "uaa");
