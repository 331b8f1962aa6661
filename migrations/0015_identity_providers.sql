-- Identity providers: who else knows a zone's people. `sealed` is what is secret of one, under the data key; empty when nothing is.

CREATE TABLE identity_provider (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    origin VARCHAR(36) NOT NULL, kind VARCHAR(20) NOT NULL, name VARCHAR(255) NOT NULL, issuer VARCHAR(255) NOT NULL,
    active {bool} NOT NULL, config {text} NOT NULL, sealed {bytes} NOT NULL, version BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX identity_provider_origin ON identity_provider (zone, origin);
CREATE INDEX identity_provider_issuer ON identity_provider (zone, issuer);

-- A provider knows its people by identifiers of its own.
CREATE INDEX users_external ON users (zone, origin, external_id);
