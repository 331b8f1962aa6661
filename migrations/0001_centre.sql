-- The centre: places, facts of decisions, numbers, labels, audit.
-- {uuid}, {bytes}, {text}, {serial}, {bool}, {options} are spelled for each engine (uaa/store/src/migrate.rs).

CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL){options};

-- The revision of a zone's facts, in a narrow table of its own: every fact change updates it, nothing else does.
CREATE TABLE zone_rev (zone {uuid} NOT NULL PRIMARY KEY, rev BIGINT NOT NULL){options};
CREATE TABLE fact_change (
    zone {uuid} NOT NULL, rev BIGINT NOT NULL, kind VARCHAR(40) NOT NULL, id {uuid} NOT NULL,
    PRIMARY KEY (zone, rev, kind, id)
){options};

CREATE TABLE place (
    id {uuid} NOT NULL, kind VARCHAR(40) NOT NULL, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    owner {uuid}, barrier SMALLINT NOT NULL, PRIMARY KEY (id, kind)
){options};
CREATE INDEX place_owner ON place (owner, kind);

CREATE TABLE subject (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, kind VARCHAR(10) NOT NULL, inactive {bool} NOT NULL
){options};
CREATE INDEX subject_inactive ON subject (inactive);

CREATE TABLE member (
    member {uuid} NOT NULL, grp {uuid} NOT NULL, zone {uuid} NOT NULL, origin VARCHAR(36) NOT NULL,
    created_at BIGINT NOT NULL, PRIMARY KEY (member, grp)
){options};
CREATE INDEX member_grp ON member (grp, member);

CREATE TABLE role (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    name VARCHAR(250) NOT NULL, description {text} NOT NULL, permissions {text} NOT NULL
){options};
CREATE UNIQUE INDEX role_name ON role (zone, name);

CREATE TABLE role_binding (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    subject {uuid} NOT NULL, subject_kind VARCHAR(10) NOT NULL, role {uuid} NOT NULL, role_name VARCHAR(250) NOT NULL,
    level SMALLINT NOT NULL, place {uuid} NOT NULL, scope VARCHAR(255), source VARCHAR(20) NOT NULL,
    expires BIGINT NOT NULL, at_org {uuid}, in_org {uuid}
){options};
CREATE UNIQUE INDEX role_binding_once ON role_binding (subject, place, role, source);
CREATE INDEX role_binding_place ON role_binding (place, role);
CREATE INDEX role_binding_role ON role_binding (role);
CREATE INDEX role_binding_at_org ON role_binding (at_org, guid);
CREATE INDEX role_binding_in_org ON role_binding (in_org, guid);

CREATE TABLE shared (kind VARCHAR(40) NOT NULL, id {uuid} NOT NULL, place {uuid} NOT NULL, PRIMARY KEY (kind, id, place)){options};
CREATE INDEX shared_place ON shared (place, kind, id);

CREATE TABLE label (
    kind VARCHAR(40) NOT NULL, id {uuid} NOT NULL, name VARCHAR(330) NOT NULL, val VARCHAR(63) NOT NULL,
    PRIMARY KEY (id, name)
){options};
CREATE INDEX label_value ON label (kind, name, val, id);

CREATE TABLE tally (
    place {uuid} NOT NULL, kind VARCHAR(40) NOT NULL, part SMALLINT NOT NULL, n BIGINT NOT NULL,
    PRIMARY KEY (place, kind, part)
){options};

CREATE TABLE audit (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    op VARCHAR(80) NOT NULL, event VARCHAR(120) NOT NULL, actor {uuid}, actor_kind VARCHAR(10) NOT NULL,
    actor_name VARCHAR(255) NOT NULL, client VARCHAR(255) NOT NULL, target_kind VARCHAR(40) NOT NULL,
    verb VARCHAR(10) NOT NULL, target {uuid} NOT NULL, target_name VARCHAR(250) NOT NULL, detail {text} NOT NULL,
    data {text} NOT NULL, via VARCHAR(60) NOT NULL, request VARCHAR(128) NOT NULL, outcome VARCHAR(20) NOT NULL,
    hash {bytes} NOT NULL
){options};
CREATE INDEX audit_target ON audit (target, guid);
CREATE INDEX audit_event ON audit (zone, event, guid);
CREATE INDEX audit_org ON audit (org_guid, guid);
CREATE INDEX audit_space ON audit (space_guid, guid);

CREATE TABLE outbox (seq {serial}, zone {uuid} NOT NULL, id {uuid} NOT NULL, hash {bytes} NOT NULL){options};
CREATE TABLE seal (
    zone {uuid} NOT NULL, n BIGINT NOT NULL, previous {bytes} NOT NULL, leaves {bytes} NOT NULL, hash {bytes} NOT NULL,
    signature {bytes} NOT NULL, sealed_at BIGINT NOT NULL, PRIMARY KEY (zone, n)
){options};
