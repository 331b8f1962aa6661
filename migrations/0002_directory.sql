-- Identity: zones, users, groups, clients, keys, stored tokens.

CREATE TABLE zone (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    zid VARCHAR(36) NOT NULL, subdomain VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, active {bool} NOT NULL,
    config {text} NOT NULL
){options};
CREATE UNIQUE INDEX zone_zid ON zone (zid);
CREATE UNIQUE INDEX zone_subdomain ON zone (subdomain);

CREATE TABLE users (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    username VARCHAR(255) NOT NULL, username_key VARCHAR(255) NOT NULL, origin VARCHAR(36) NOT NULL,
    external_id VARCHAR(255), given_name VARCHAR(255), family_name VARCHAR(255), email VARCHAR(255) NOT NULL,
    emails {text} NOT NULL, phone VARCHAR(255), active {bool} NOT NULL, verified {bool} NOT NULL,
    password {text}, password_changed_at BIGINT NOT NULL, password_change_required {bool} NOT NULL,
    generation BIGINT NOT NULL, version BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX users_name ON users (zone, username_key, origin);
CREATE INDEX users_email ON users (zone, email);

CREATE TABLE grp (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    name VARCHAR(255) NOT NULL, name_key VARCHAR(255) NOT NULL, description {text} NOT NULL, version BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX grp_name ON grp (zone, name_key);

CREATE TABLE client (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    client_id VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, secret {text}, secret_two {text}, scope {text} NOT NULL,
    authorities {text} NOT NULL, grant_types {text} NOT NULL, redirect_uri {text} NOT NULL, autoapprove {text} NOT NULL,
    access_validity BIGINT, refresh_validity BIGINT, allow_public {bool} NOT NULL, more {text} NOT NULL,
    generation BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX client_client_id ON client (zone, client_id);

CREATE TABLE signing_key (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    kid VARCHAR(255) NOT NULL, algorithm VARCHAR(10) NOT NULL, sealed {bytes} NOT NULL, active {bool} NOT NULL,
    retires_at BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX signing_key_kid ON signing_key (zone, kid);

-- Stored tokens: refresh tokens, opaque and revocable access tokens. `digest` is the SHA-256 of what the client holds.
CREATE TABLE token (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    jti VARCHAR(64) NOT NULL, digest VARCHAR(64) NOT NULL, kind VARCHAR(10) NOT NULL, client_id VARCHAR(255) NOT NULL,
    subject {uuid} NOT NULL, family {uuid} NOT NULL, used {bool} NOT NULL, claims {text} NOT NULL, expires BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX token_digest ON token (digest);
CREATE UNIQUE INDEX token_jti ON token (zone, jti);
CREATE INDEX token_subject ON token (subject, client_id);
CREATE INDEX token_family ON token (family);
CREATE INDEX token_expires ON token (expires);
