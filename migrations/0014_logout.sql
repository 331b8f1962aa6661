-- Which clients took part in a session, and which of them are still to be told of its end.

CREATE TABLE participant (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    session {uuid} NOT NULL, client_id VARCHAR(255) NOT NULL, subject {uuid} NOT NULL, expires BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX participant_of ON participant (session, client_id);
CREATE INDEX participant_expires ON participant (expires);

CREATE TABLE logout_notice (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    session {uuid} NOT NULL, client_id VARCHAR(255) NOT NULL, subject {uuid} NOT NULL, due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL, error VARCHAR(255) NOT NULL, expires BIGINT NOT NULL
){options};
CREATE INDEX logout_notice_due ON logout_notice (due_at);
CREATE INDEX logout_notice_expires ON logout_notice (expires);
