-- Clients that register themselves (RFC 7591, RFC 7592).

-- SHA-256 of the token by which such a client manages itself.
ALTER TABLE client ADD COLUMN registration VARCHAR(64);

-- Initial access tokens. `digest` is the SHA-256 of what its holder holds.
CREATE TABLE registration_token (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL, description VARCHAR(255) NOT NULL, uses_left BIGINT NOT NULL, expires BIGINT NOT NULL,
    policy {text} NOT NULL
){options};
CREATE UNIQUE INDEX registration_token_digest ON registration_token (digest);
