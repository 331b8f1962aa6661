//! Organizations, spaces, the people in them and what ties them together.

use uaa_authz::{Kind, Level, Resource, Verbs, Zone};
use uaa_model::Reply;
use uaa_store::{Row, Spec, Stored, fields};

mod access;

pub use access::{
    AuditEvent, AuditEventOwn, BindingOwn, CustomRole, CustomRoleOwn, Job, JobOwn, OrganizationRole,
    RoleBinding, SpaceRole,
};

const fn v(letters: &str) -> Verbs {
    Verbs::of(letters)
}

const fn spec(table: &'static str, columns: &'static [&'static str]) -> Spec {
    Spec { table, organization: None, space: None, columns, metadata: false, shared: false, tally: true }
}

/// A tenant: a branch of the zone with spaces, people and quotas of its own.
#[derive(Debug)]
pub enum Organization {}

impl Resource for Organization {
    const KIND: Kind = Kind::platform(
        "organization",
        Level::Organization,
        &[
            ("organization_manager", v("ru")),
            ("organization_auditor", v("r")),
            ("organization_billing_manager", v("r")),
            ("organization_user", v("r")),
        ],
    );
    type Parent = Zone;
}

fields!(
    Organization,
    /// An organization's own columns.
    OrganizationOwn {
        /// Name.
        name: String,
        /// The same in lower case: names are unique without regard to case.
        name_key: String,
        /// Whether changing stops.
        suspended: bool,
        /// Its quota.
        quota: Option<uuid::Uuid>,
    }
);

impl Stored for Organization {
    type Own = OrganizationOwn;
    const SPEC: Spec =
        Spec { organization: Some("guid"), metadata: true, ..spec("organization", Organization::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("organization_name", "the name is taken"), ("organization.zone", "the name is taken")];
    fn own(row: &Row, at: usize) -> Reply<OrganizationOwn> {
        OrganizationOwn::read(row, at)
    }
}

/// A branch of an organization: where apps and services live.
#[derive(Debug)]
pub enum Space {}

impl Resource for Space {
    const KIND: Kind = Kind::platform(
        "space",
        Level::Space,
        &[
            ("organization_manager", v("rcud")),
            ("space_manager", v("ru")),
            ("space_developer", v("r")),
            ("space_auditor", v("r")),
            ("space_supporter", v("r")),
        ],
    );
    type Parent = Organization;
}

fields!(
    Space,
    /// A space's own columns.
    SpaceOwn {
        /// Name.
        name: String,
        /// The same in lower case.
        name_key: String,
        /// Whether changing stops.
        suspended: bool,
        /// The space feature `ssh`.
        allow_ssh: bool,
        /// Its quota.
        quota: Option<uuid::Uuid>,
    }
);

impl Stored for Space {
    type Own = SpaceOwn;
    const SPEC: Spec = Spec {
        organization: Some("org_guid"),
        space: Some("guid"),
        metadata: true,
        ..spec("space", Space::COLUMNS)
    };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[
        ("space_name", "Name must be unique per organization"),
        ("space.org_guid", "Name must be unique per organization"),
    ];
    fn own(row: &Row, at: usize) -> Reply<SpaceOwn> {
        SpaceOwn::read(row, at)
    }
}

/// A user or client as the Cloud Controller knows it, under the identifier it has in the directory. Visible in every
/// organization in which it has a role.
#[derive(Debug)]
pub enum PlatformUser {}

impl Resource for PlatformUser {
    const KIND: Kind = Kind::platform(
        "platform_user",
        Level::Leaf,
        &[
            ("organization_manager", v("r")),
            ("organization_auditor", v("r")),
            ("organization_billing_manager", v("r")),
            ("organization_user", v("r")),
        ],
    )
    .owned(v("r"))
    .shared();
    type Parent = Zone;
}

fields!(
    PlatformUser,
    /// A platform user's own columns.
    PlatformUserOwn {
        /// The user's name; none for a client.
        username: Option<String>,
        /// The same in lower case.
        username_key: Option<String>,
        /// The user's identity provider.
        origin: Option<String>,
        /// The client's id; none for a user.
        client_id: Option<String>,
    }
);

impl Stored for PlatformUser {
    type Own = PlatformUserOwn;
    const SPEC: Spec = Spec { metadata: true, shared: true, ..spec("platform_user", PlatformUser::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[("", "the user exists already")];
    fn own(row: &Row, at: usize) -> Reply<PlatformUserOwn> {
        PlatformUserOwn::read(row, at)
    }
}

/// Limits for organizations; visible in those that it is applied to.
#[derive(Debug)]
pub enum OrganizationQuota {}

impl Resource for OrganizationQuota {
    const KIND: Kind = Kind::platform(
        "organization_quota",
        Level::Leaf,
        &[
            ("organization_manager", v("r")),
            ("organization_auditor", v("r")),
            ("organization_billing_manager", v("r")),
            ("organization_user", v("r")),
        ],
    )
    .shared();
    type Parent = Zone;
}

fields!(
    OrganizationQuota,
    /// A quota's own columns.
    OrganizationQuotaOwn {
        /// Name.
        name: String,
        /// The same in lower case.
        name_key: String,
        /// The limits, a JSON object in the Cloud Controller's form.
        limits: String,
    }
);

impl OrganizationQuota {
    /// Name of the quota that every new organization gets.
    pub const DEFAULT: &'static str = "default";
    /// Its limits at the first start.
    pub const DEFAULT_LIMITS: &'static str =
        r#"{"apps":{"total_memory_in_mb":102400},"routes":{"total_routes":1000,"total_reserved_ports":100}}"#;
}

impl Stored for OrganizationQuota {
    type Own = OrganizationQuotaOwn;
    const SPEC: Spec = Spec { shared: true, ..spec("organization_quota", OrganizationQuota::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("organization_quota_name", "the name is taken"), ("organization_quota.zone", "the name is taken")];
    fn own(row: &Row, at: usize) -> Reply<OrganizationQuotaOwn> {
        OrganizationQuotaOwn::read(row, at)
    }
}

/// Limits for spaces of one organization; visible in those that it is applied to.
#[derive(Debug)]
pub enum SpaceQuota {}

impl Resource for SpaceQuota {
    const KIND: Kind = Kind::platform(
        "space_quota",
        Level::Leaf,
        &[
            ("organization_manager", v("rcud")),
            ("space_manager", v("r")),
            ("space_developer", v("r")),
            ("space_auditor", v("r")),
            ("space_supporter", v("r")),
        ],
    )
    .shared();
    type Parent = Organization;
}

fields!(
    SpaceQuota,
    /// A quota's own columns.
    SpaceQuotaOwn {
        /// Name.
        name: String,
        /// The same in lower case.
        name_key: String,
        /// The limits, a JSON object in the Cloud Controller's form.
        limits: String,
    }
);

impl Stored for SpaceQuota {
    type Own = SpaceQuotaOwn;
    const SPEC: Spec =
        Spec { organization: Some("org_guid"), shared: true, ..spec("space_quota", SpaceQuota::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("space_quota_name", "the name is taken"), ("space_quota.org_guid", "the name is taken")];
    fn own(row: &Row, at: usize) -> Reply<SpaceQuotaOwn> {
        SpaceQuotaOwn::read(row, at)
    }
}

/// Permissions that are not rows.
pub(crate) const SYNTHETIC: &[Kind] = &[
    Kind::platform("organization_suspension", Level::Leaf, &[]),
    Kind::platform("space_suspension", Level::Leaf, &[("organization_manager", v("u"))]),
];
