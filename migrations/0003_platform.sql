-- The platform: organizations, spaces, the people in them, quotas, jobs.

CREATE TABLE organization (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, labels {text} NOT NULL, annotations {text} NOT NULL,
    name VARCHAR(255) NOT NULL, name_key VARCHAR(255) NOT NULL, suspended {bool} NOT NULL, quota {uuid}
){options};
CREATE UNIQUE INDEX organization_name ON organization (zone, name_key);
CREATE INDEX organization_quota_of ON organization (quota);
CREATE INDEX organization_created ON organization (zone, created_at, guid);

CREATE TABLE space (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, labels {text} NOT NULL, annotations {text} NOT NULL,
    name VARCHAR(255) NOT NULL, name_key VARCHAR(255) NOT NULL, suspended {bool} NOT NULL, allow_ssh {bool} NOT NULL,
    quota {uuid}
){options};
CREATE UNIQUE INDEX space_name ON space (org_guid, name_key);
CREATE INDEX space_org ON space (org_guid, guid);
CREATE INDEX space_quota_of ON space (quota);
CREATE INDEX space_created ON space (zone, created_at, guid);

CREATE TABLE platform_user (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, labels {text} NOT NULL, annotations {text} NOT NULL,
    username VARCHAR(255), username_key VARCHAR(255), origin VARCHAR(36), client_id VARCHAR(255)
){options};
CREATE INDEX platform_user_name ON platform_user (zone, username_key);
CREATE INDEX platform_user_client ON platform_user (zone, client_id);

CREATE TABLE organization_quota (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    name VARCHAR(255) NOT NULL, name_key VARCHAR(255) NOT NULL, limits {text} NOT NULL
){options};
CREATE UNIQUE INDEX organization_quota_name ON organization_quota (zone, name_key);

CREATE TABLE space_quota (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    name VARCHAR(255) NOT NULL, name_key VARCHAR(255) NOT NULL, limits {text} NOT NULL
){options};
CREATE UNIQUE INDEX space_quota_name ON space_quota (org_guid, name_key);

CREATE TABLE job (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    operation VARCHAR(80) NOT NULL, state VARCHAR(20) NOT NULL, errors {text} NOT NULL, warnings {text} NOT NULL,
    target {uuid} NOT NULL, target_kind VARCHAR(40) NOT NULL
){options};
CREATE INDEX job_state ON job (state, created_at);
