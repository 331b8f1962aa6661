-- Browser sessions, and what people let applications do in their name.

-- `digest` is the SHA-256 of what the browser holds.
CREATE TABLE session (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL, subject {uuid} NOT NULL, generation BIGINT NOT NULL, auth_time BIGINT NOT NULL,
    amr VARCHAR(255) NOT NULL, remembered {bool} NOT NULL, seen BIGINT NOT NULL, expires BIGINT NOT NULL,
    agent VARCHAR(255) NOT NULL, address VARCHAR(64) NOT NULL
){options};
CREATE UNIQUE INDEX session_digest ON session (digest);
CREATE INDEX session_subject ON session (subject);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE approval (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    subject {uuid} NOT NULL, client_id VARCHAR(255) NOT NULL, scope VARCHAR(255) NOT NULL, approved {bool} NOT NULL,
    expires BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX approval_of ON approval (subject, client_id, scope);
CREATE INDEX approval_expires ON approval (expires);
