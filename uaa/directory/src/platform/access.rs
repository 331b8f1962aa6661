//! Role bindings and custom roles, the audit log as the Cloud Controller shows it, jobs.

use super::{Organization, Space, spec, v};
use uaa_authz::{Kind, Level, Resource, Zone};
use uaa_model::Reply;
use uaa_store::{Row, Spec, Stored, fields};

/// A set of permissions that an operator has put together.
#[derive(Debug)]
pub enum CustomRole {}

impl Resource for CustomRole {
    const KIND: Kind = Kind::platform(
        "role",
        Level::Leaf,
        &[("uaa.admin", v("rcud")), ("access.read", v("r")), ("access.write", v("rcud"))],
    )
    .fact();
    type Parent = Zone;
}

fields!(
    CustomRole,
    /// A custom role's own columns.
    CustomRoleOwn {
        /// Name.
        name: String,
        /// For people.
        description: String,
        /// `[[kind, verb], …]`, JSON.
        permissions: String,
    }
);

impl Stored for CustomRole {
    type Own = CustomRoleOwn;
    const SPEC: Spec = spec("role", CustomRole::COLUMNS);
    const UNIQUE: &'static [(&'static str, &'static str)] = &[
        ("role_name", "a role of that name exists already"),
        ("role.zone", "a role of that name exists already"),
    ];
    fn own(row: &Row, at: usize) -> Reply<CustomRoleOwn> {
        CustomRoleOwn::read(row, at)
    }
}

macro_rules! binding {
    ($(#[$doc:meta])* $name:ident, $parent:ty, $kind:expr, $organization:expr, $space:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl Resource for $name {
            const KIND: Kind = $kind;
            type Parent = $parent;
        }

        impl Stored for $name {
            type Own = BindingOwn;
            const SPEC: Spec = Spec {
                organization: $organization,
                space: $space,
                tally: false,
                ..spec("role_binding", RoleBinding::COLUMNS)
            };
            const UNIQUE: &'static [(&'static str, &'static str)] = &[("role_binding", "the role is bound already")];
            fn own(row: &Row, at: usize) -> Reply<BindingOwn> {
                BindingOwn::read(row, at)
            }
        }
    };
}

fields!(
    RoleBinding,
    /// A role binding's own columns.
    BindingOwn {
        /// The user, client or group.
        subject: uuid::Uuid,
        /// `user`, `client` or `group`.
        subject_kind: String,
        /// The role.
        role: uuid::Uuid,
        /// The role's name.
        role_name: String,
        /// 0 zone, 1 organization, 2 space.
        level: i16,
        /// Where it is bound.
        place: uuid::Uuid,
        /// Where it comes from.
        source: String,
        /// When it ends, in microseconds; 0 never.
        expires: i64,
    }
);

binding!(
    /// A role at a zone.
    RoleBinding,
    Zone,
    Kind::platform(
        "role_binding",
        Level::Leaf,
        &[("uaa.admin", v("rcd")), ("access.read", v("r")), ("access.write", v("rcd"))]
    )
    .fact(),
    None,
    None
);

binding!(
    /// A role at an organization.
    OrganizationRole,
    Organization,
    Kind::platform(
        "organization_role",
        Level::Leaf,
        &[
            ("organization_manager", v("rcd")),
            ("organization_auditor", v("r")),
            ("organization_billing_manager", v("r")),
            ("organization_user", v("r"))
        ]
    )
    .fact(),
    Some("at_org"),
    None
);

binding!(
    /// A role at a space.
    SpaceRole,
    Space,
    Kind::platform(
        "space_role",
        Level::Leaf,
        &[
            ("organization_manager", v("rcd")),
            ("space_manager", v("rcd")),
            ("space_developer", v("r")),
            ("space_auditor", v("r")),
            ("space_supporter", v("r"))
        ]
    )
    .fact(),
    Some("in_org"),
    Some("space_guid")
);

/// One entry of the audit log. It has no place of its own: it is visible where the thing was.
#[derive(Debug)]
pub enum AuditEvent {}

impl Resource for AuditEvent {
    const KIND: Kind = Kind::platform(
        "audit_event",
        Level::Leaf,
        &[
            ("organization_auditor", v("r")),
            ("space_auditor", v("r")),
            ("space_developer", v("r")),
            ("space_supporter", v("r")),
        ],
    );
    type Parent = Zone;
}

fields!(
    AuditEvent,
    /// An audit event's own columns.
    AuditEventOwn {
        /// The field's name of the event, empty for what only our own log knows.
        event: String,
        /// The operation.
        op: String,
        /// Who.
        actor: Option<uuid::Uuid>,
        /// `user`, `client` or `system`.
        actor_kind: String,
        /// Name of the actor.
        actor_name: String,
        /// Kind of the thing.
        target_kind: String,
        /// The thing.
        target: uuid::Uuid,
        /// Its name.
        target_name: String,
        /// More of it, a JSON object.
        data: String,
    }
);

impl Stored for AuditEvent {
    type Own = AuditEventOwn;
    const SPEC: Spec = Spec {
        organization: Some("org_guid"),
        space: Some("space_guid"),
        tally: false,
        ..spec("audit", AuditEvent::COLUMNS)
    };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[];
    fn own(row: &Row, at: usize) -> Reply<AuditEventOwn> {
        AuditEventOwn::read(row, at)
    }
}

/// Asynchronous work that a client polls. It belongs to whoever began it.
#[derive(Debug)]
pub enum Job {}

impl Resource for Job {
    const KIND: Kind = Kind::platform("job", Level::Leaf, &[]).owned(v("r"));
    type Parent = Zone;
}

fields!(
    Job,
    /// A job's own columns.
    JobOwn {
        /// `organization.delete`, …
        operation: String,
        /// `PROCESSING`, `COMPLETE`, `FAILED`.
        state: String,
        /// Errors in the Cloud Controller's form, a JSON array.
        errors: String,
        /// Warnings, a JSON array.
        warnings: String,
        /// What it works on.
        target: uuid::Uuid,
        /// The kind of that.
        target_kind: String,
    }
);

impl Stored for Job {
    type Own = JobOwn;
    const SPEC: Spec = Spec { tally: false, ..spec("job", Job::COLUMNS) };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[];
    fn own(row: &Row, at: usize) -> Reply<JobOwn> {
        JobOwn::read(row, at)
    }
}
