use super::page;
use crate::Act;
use crate::scene::Scene;
use crate::words::Said;
use uaa_model::Micros;

/// What somebody may do, where, and through whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Whose roles they are.
    pub who: String,
    /// By organization.
    pub organizations: Vec<InOrganization>,
    /// The answer to one question.
    pub why: Option<Why>,
}

/// The roles in one organization and its spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InOrganization {
    /// Its name.
    pub name: String,
    /// One line a role and place.
    pub held: Vec<Held>,
}

/// One role at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The space; the organization itself without one.
    pub space: Option<String>,
    /// The role's name.
    pub role: String,
    /// Whether the role is the zone's own.
    pub custom: bool,
    /// The group that it comes through; given to them directly without one.
    pub group: Option<String>,
    /// Since when.
    pub since: Option<Micros>,
    /// Until when; shown instead of since when.
    pub until: Option<Micros>,
    /// Where it is explained.
    pub why: String,
    /// Whether it is the one explained beside the table.
    pub explained: bool,
}

/// Why something is allowed or is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// The answer.
    pub allowed: bool,
    /// Who asked, or about whom it is asked.
    pub who: String,
    /// The permission, such as `app.push`.
    pub permission: String,
    /// Where: `Retail / production`.
    pub place: String,
    /// The reasons, one following from the other.
    pub steps: Vec<Step>,
    /// The decision's id.
    pub decision: String,
    /// When it was made.
    pub at: Micros,
    /// Its entry in the audit log.
    pub entry: Option<String>,
    /// Asks for the role that is missing.
    pub ask: Option<Act>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The role holds the permission.
    RoleAllows {
        /// The role.
        role: String,
        /// The permission.
        permission: String,
        /// How many permissions it holds.
        of: u32,
    },
    /// A group has the role.
    GroupHasRole {
        /// The group.
        group: String,
        /// The directory it comes from, and what it is called there.
        source: Option<(String, String)>,
    },
    /// It has it at this place.
    GivenHere {
        /// The place.
        place: String,
        /// Who gave it.
        by: String,
        /// When.
        at: Micros,
        /// Until when.
        until: Option<Micros>,
    },
    /// They are in the group.
    InTheGroup {
        /// Who.
        who: String,
        /// When that was last seen.
        seen: Micros,
    },
    /// What is needed, where nothing allows it.
    Needs {
        /// The permission.
        permission: String,
    },
    /// No role holds it.
    NoRole {
        /// The roles that were looked at.
        looked: String,
    },
    /// A barrier, such as a suspended organization.
    Barred {
        /// Where the barrier is.
        place: String,
    },
    /// What would allow it.
    Would {
        /// The role.
        role: String,
        /// Where.
        place: String,
        /// Who can give it.
        by: Option<String>,
    },
}

impl Held {
    pub(crate) fn when<'a>(&self, x: &Scene<'a>) -> Option<String> {
        match (self.until, self.since) {
            (Some(until), _) => Some(x.text_at("role-until", &until).to_string()),
            (None, Some(since)) if self.group.is_some() => {
                Some(x.text_at("role-group-since", &since).to_string())
            }
            (None, Some(since)) => Some(x.text_at("role-since", &since).to_string()),
            (None, None) => None,
        }
    }
}

impl Why {
    pub(crate) fn heading<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false> {
        let said = if self.allowed { x.text("why-allowed") } else { x.text("why-denied") };
        // A variant's name in a message has no full stops.
        said.with("who", &self.who).with("place", &self.place).with("what", self.permission.replace('.', "-"))
    }
}

impl Step {
    pub(crate) fn first<'a>(&self, x: &Scene<'a>) -> Said<'a, false> {
        match self {
            Step::RoleAllows { .. } => x.text("step-role-allows"),
            Step::GroupHasRole { .. } => x.text("step-group-has"),
            Step::GivenHere { .. } => x.text("step-given-here"),
            Step::InTheGroup { who, .. } => x.text("step-in-group").with("who", who),
            Step::Needs { .. } => x.text("step-needs"),
            Step::NoRole { .. } => x.text("step-no-role"),
            Step::Barred { .. } => x.text("step-barred"),
            Step::Would { .. } => x.text("step-would"),
        }
    }

    pub(crate) fn second<'a>(&self, x: &Scene<'a>) -> Said<'a, true> {
        match self {
            Step::RoleAllows { role, permission, of } => x
                .rich("step-role-allows-how")
                .with("role", role)
                .with("permission", permission)
                .count("of", of),
            Step::GroupHasRole { group, source: Some((directory, name)) } => {
                x.rich("step-group-from").with("group", group).with("directory", directory).with("name", name)
            }
            Step::GroupHasRole { group, source: None } => x.rich("step-group-ours").with("group", group),
            Step::GivenHere { place, by, at, until } => {
                let said =
                    if until.is_some() { x.rich("step-given-until") } else { x.rich("step-given-for-good") };
                let said = said.with("place", place).with("by", by).with("date", x.when(*at).date());
                said.with("until", until.map(|until| x.when(until).date()).unwrap_or_default())
            }
            Step::InTheGroup { seen, .. } => x.rich_at("step-seen", seen),
            Step::Needs { permission } => x.rich("step-needs-what").with("permission", permission),
            Step::NoRole { looked } => x.rich("step-looked-at").with("looked", looked),
            Step::Barred { place } => x.rich("step-barred-where").with("place", place),
            Step::Would { role, place, by: Some(by) } => {
                x.rich("step-would-by").with("role", role).with("place", place).with("by", by)
            }
            Step::Would { role, place, by: None } => {
                x.rich("step-would-role").with("role", role).with("place", place)
            }
        }
    }
}

page!(Access, "page/access.html", |_, x| x.text("access-title"), tab: Roles);
