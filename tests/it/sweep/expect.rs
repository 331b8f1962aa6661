//! What an answer should be: the text of `roles.txt` and a few sentences, and nothing of the engine.

use crate::sweep::people::{Held, Person, Token};
use crate::sweep::places::{Branch, Thing};
use crate::sweep::rows::Probe;
use std::collections::{BTreeMap, BTreeSet};
use tests::inside::Heard;
use uaa_model::UAA_ZONE;
use uaa_plugin::{Route, Site};
use uuid::Uuid;

/// Role, kind, verbs.
pub(crate) struct Matrix(BTreeMap<String, BTreeMap<String, String>>);

/// Who asks, with which token, in which zone.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) person: &'a Person,
    pub(crate) token: Token,
    pub(crate) here: Uuid,
}

/// What an answer should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Anything but a refusal.
    Allowed,
    /// A list of exactly these, among the things that the sweep planted.
    Lists { those: BTreeSet<String>, among: BTreeSet<String> },
    /// 401.
    Unauthenticated,
    /// 403.
    Forbidden,
    /// 404, or 422 for a parent that a body names.
    Hidden,
}

impl Expected {
    pub(crate) fn holds(&self, heard: &Heard) -> bool {
        let unseen =
            heard.body["errors"][0]["detail"].as_str().is_some_and(|d| d.contains("have access to it"));
        let refused = matches!(heard.status, 401 | 403 | 404) || heard.status >= 500 || unseen;
        match self {
            Expected::Allowed => !refused,
            Expected::Unauthenticated => heard.status == 401,
            Expected::Forbidden => heard.status == 403,
            Expected::Hidden => heard.status == 404 || (heard.status == 422 && unseen),
            Expected::Lists { those, among } => {
                let rows = heard.body["resources"].as_array().or(heard.body.as_array());
                let name = |row: &serde_json::Value| {
                    ["guid", "id", "client_id"].iter().find_map(|n| row[n].as_str().map(str::to_owned))
                };
                let listed: BTreeSet<String> = rows.into_iter().flatten().filter_map(name).collect();
                heard.status == 200 && listed.intersection(among).cloned().collect::<BTreeSet<_>>() == *those
            }
        }
    }
}

impl Matrix {
    /// The golden file, as it stands.
    pub(crate) fn read() -> Matrix {
        let (mut all, mut role) = (BTreeMap::new(), String::new());
        for line in include_str!("../../golden/roles.txt").lines().filter(|l| !l.starts_with('#')) {
            if let Some((kind, verbs)) = line.strip_prefix("  ").and_then(|l| l.split_once(' ')) {
                let kinds: &mut BTreeMap<String, String> = all.entry(role.clone()).or_default();
                kinds.insert(kind.to_owned(), verbs.trim().to_owned());
            } else {
                role = line.to_owned();
            }
        }
        assert!(all.contains_key("admin"), "roles.txt has roles");
        Matrix(all)
    }

    fn has(&self, role: &str, kind: &str, verb: &str) -> bool {
        let letter = &verb[..1];
        self.0.get(role).and_then(|kinds| kinds.get(kind)).is_some_and(|verbs| verbs.contains(letter))
    }

    /// The answer to a probe.
    pub(crate) fn expected(
        &self,
        route: &Route,
        probe: &Probe,
        who: Who<'_>,
        branch: &Branch,
        all: &[Branch],
    ) -> Expected {
        let Who { person, token, here } = who;
        let meant_for_others = token == Token::Elsewhere && route.site == Site::Api;
        if matches!(token, Token::Expired | Token::None) || meant_for_others {
            return Expected::Unauthenticated;
        }
        // What is not there as one kind may be of another that the route takes and the token does not open: it is told so.
        let unopened = |need: &str| {
            let (verb, kind) = need.split_once(' ').unwrap_or_default();
            !Ask { matrix: self, person, full: token == Token::Full, kind, here }.opened(verb)
        };
        let by_id = |need: &str| !["own", "list", "create"].iter().any(|verb| need.starts_with(verb));
        let shut = route.need.to_string().split(" | ").any(|need| by_id(need) && unopened(need));
        let mut each = probe.need.split(" | ").map(|need| self.one(need, probe, who, branch, all));
        let first = each.next().expect("a need");
        let best = each.fold(first, |best, next| if next == Expected::Allowed { next } else { best });
        // The person who was planted holds more than whoever looks after people: `places` bound `access.read` to them.
        let ask = Ask { matrix: self, person, full: token == Token::Full, kind: "authority", here };
        let own = || branch.thing("user").is_some_and(|user| user.id == person.id);
        let stands_in = || own() || ask.by_role("operate", &[Some(here)]);
        if best == Expected::Allowed && TAKES_OVER.contains(&route.name) && !stands_in() {
            return Expected::Forbidden;
        }
        if best == Expected::Hidden && shut && probe.need != route.need.to_string() {
            return Expected::Forbidden;
        }
        best
    }

    fn one(
        &self,
        need: &str,
        probe: &Probe,
        Who { person, token, here }: Who<'_>,
        branch: &Branch,
        all: &[Branch],
    ) -> Expected {
        let (verb, kind) = need.split_once(' ').unwrap_or_default();
        let ask = Ask { matrix: self, person, full: token == Token::Full, kind, here };
        match verb {
            "own" if ask.speaks_of_oneself() => Expected::Allowed,
            "own" => Expected::Forbidden,
            // Questions about others are asked at the zone.
            "list" if asks_about_others(probe.path) => ask.whole(),
            "list" => ask.list(probe, all),
            "create" => ask.create(branch),
            _ => ask.thing(verb, branch),
        }
    }
}

/// One question, with what is known of who asks.
struct Ask<'a> {
    matrix: &'a Matrix,
    person: &'a Person,
    full: bool,
    kind: &'a str,
    /// The zone that is spoken to.
    here: Uuid,
}

impl Ask<'_> {
    /// The kinds that only the scopes of UAA open.
    fn identity(&self) -> bool {
        IDENTITY.contains(&self.kind)
    }

    /// Whether the token shows its holder their own: of where somebody is signed in, and by what, one that acts as the person (`uaa.user`), or
    /// whose scope opens all there are.
    fn speaks_of_oneself(&self) -> bool {
        // A role through a scope that names a zone is one there, and says nothing of whoever has it.
        let at_home = |held: &Held| held.place == UAA_ZONE && held.role != "zone_admin";
        let opens = |held: &Held| at_home(held) && self.matrix.has(held.role, self.kind, "read");
        let all = || self.person.roles.iter().any(opens);
        !PERSONAL.contains(&self.kind) || (self.full && (self.person.kind == "user" || all()))
    }

    /// Whether the token lets its holder use what it has.
    fn opened(&self, verb: &str) -> bool {
        // Everybody is of the first zone. Elsewhere nothing counts but what a scope says that names the zone.
        if self.here != UAA_ZONE {
            return false;
        }
        let own = self.identity()
            && self.speaks_of_oneself()
            && "rd".contains(&verb[..1])
            && self.matrix.has("owner", self.kind, verb);
        let scoped = || self.person.scoped.iter().any(|role| self.matrix.has(role, self.kind, verb));
        own || (self.full && ((self.person.platform && !self.identity()) || scoped()))
    }

    /// Whether a role of the person allows it at one of these places.
    fn by_role(&self, verb: &str, places: &[Option<Uuid>]) -> bool {
        self.person.roles.iter().any(|held| {
            let carried = || self.full && self.person.scoped.contains(&held.role);
            let usable = if held.scoped { carried() } else { self.opened(verb) };
            let here = self.here == UAA_ZONE || held.place == self.here;
            here && places.contains(&Some(held.place))
                && usable
                && self.matrix.has(held.role, self.kind, verb)
        })
    }

    fn may(&self, verb: &str, zone: Uuid, thing: &Thing) -> bool {
        let owned = thing.owner == Some(self.person.id) && self.matrix.has("owner", self.kind, verb);
        let shared = thing.shared.filter(|_| verb == "read");
        (zone == self.here)
            && (self.by_role(verb, &[Some(zone), thing.organization, thing.space, shared])
                || (owned && self.opened(verb)))
    }

    fn refused(&self, verb: &str, zone: Uuid, thing: &Thing) -> Expected {
        // What stands in another zone is not there, for those who would be told.
        let kind = match self.kind {
            "user_password" | "user_tokens" | "user_status" | "user_verification" | "user_factors" => "user",
            "client_secret" | "client_tokens" | "client_trust" => "client",
            row => row,
        };
        let whose = Ask { kind, ..*self };
        if self.identity() && zone != self.here && whose.by_role("read", &[Some(self.here)]) {
            Expected::Hidden
        } else if self.identity() || !self.opened(verb) || self.may("read", zone, thing) {
            Expected::Forbidden
        } else {
            Expected::Hidden
        }
    }

    fn thing(&self, verb: &str, branch: &Branch) -> Expected {
        // A zone is a thing of the zone that is spoken to, if it may be spoken of there at all.
        let (kind, zone) =
            if self.kind == "zone" { ("identity_zone", self.here) } else { (self.kind, branch.zone) };
        let thing = branch.thing(kind).unwrap_or_else(|| panic!("no `{kind}` was planted"));
        if !self.may(verb, zone, thing) {
            return self.refused(verb, zone, thing);
        }
        self.past_the_barrier(verb, branch, thing)
    }

    fn past_the_barrier(&self, verb: &str, branch: &Branch, thing: &Thing) -> Expected {
        let barred = branch.suspended && thing.organization.is_some() && !["read", "secret"].contains(&verb);
        let passes = Ask { kind: "suspended_organization", ..*self };
        if barred && !passes.by_role("operate", &[Some(branch.zone), thing.organization, thing.space]) {
            return Expected::Forbidden;
        }
        Expected::Allowed
    }

    /// Something new stands where its parent does; a parent that cannot be seen is not there.
    fn create(&self, branch: &Branch) -> Expected {
        let parent =
            PARENTS.iter().find(|(kind, _)| *kind == self.kind).map_or("zone", |(_, parent)| *parent);
        let Some(above) = branch.thing(parent) else {
            // The zone is the one that is spoken to, wherever the rest stands.
            let zone = Thing {
                id: self.here,
                wire: String::new(),
                organization: None,
                space: None,
                owner: None,
                shared: None,
            };
            return if self.may("create", self.here, &zone) {
                Expected::Allowed
            } else {
                Expected::Forbidden
            };
        };
        let at = Thing { owner: None, shared: None, ..above.clone() };
        if self.may("create", branch.zone, &at) {
            return self.past_the_barrier("create", branch, &at);
        }
        let seen = Ask { kind: parent, ..*self }.may("read", branch.zone, &at);
        if seen || !self.opened("create") { Expected::Forbidden } else { Expected::Hidden }
    }

    fn list(&self, probe: &Probe, all: &[Branch]) -> Expected {
        let anywhere = self.person.roles.iter().any(|held| self.by_role("read", &[Some(held.place)]));
        if (self.identity() && !anywhere) || (!self.identity() && !self.opened("read")) {
            return Expected::Forbidden;
        }
        let (mut those, mut among) = (BTreeSet::new(), BTreeSet::new());
        // A list with a filter, of what is not shown by its own name, or of names only: that it is given is all.
        if probe.path.contains('{') {
            return Expected::Allowed;
        }
        for branch in all {
            let Some(thing) = branch.thing(self.kind) else { continue };
            among.insert(thing.wire.clone());
            if self.may("read", branch.zone, thing) {
                those.insert(thing.wire.clone());
            }
        }
        Expected::Lists { those, among }
    }

    /// The right to see all of the zone.
    fn whole(&self) -> Expected {
        if self.by_role("read", &[Some(self.here)]) { Expected::Allowed } else { Expected::Forbidden }
    }
}

fn asks_about_others(path: &str) -> bool {
    ["/access/v1/explain", "/access/v1/evaluation"].iter().any(|asked| path.starts_with(asked))
}

/// Routes by which somebody else could become the person.
const TAKES_OVER: &[&str] = &["user_password_update", "user_replace"];

/// Kinds that not any token of their owner reaches.
const PERSONAL: &[&str] = &["factor", "session"];

const IDENTITY: &[&str] = &[
    "zone",
    "user",
    "group",
    "client",
    "signing_key",
    "token",
    "session",
    "approval",
    "mail",
    "expiring_code",
    "factor",
    "user_factors",
    "registration_token",
    "identity_provider",
    "client_registration",
    "participant",
    "logout_notice",
    "invitation",
    "user_password",
    "user_id",
    "user_status",
    "user_verification",
    "client_secret",
    "user_tokens",
    "client_tokens",
    "client_trust",
    "client_batch",
    "token_state",
    "authority",
];

const PARENTS: &[(&str, &str)] = &[
    ("space", "organization"),
    ("organization_role", "organization"),
    ("space_role", "space"),
    ("space_quota", "organization"),
];
