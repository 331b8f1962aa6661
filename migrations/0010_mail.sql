-- Codes that are good for one use, and messages that wait to be sent.

-- `digest` is the SHA-256 of the code. `data` never holds it.
CREATE TABLE expiring_code (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL, purpose VARCHAR(10) NOT NULL, subject {uuid}, client_id VARCHAR(255) NOT NULL,
    data {text} NOT NULL, used {bool} NOT NULL, expires BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX expiring_code_digest ON expiring_code (digest);
CREATE INDEX expiring_code_subject ON expiring_code (subject, purpose);
CREATE INDEX expiring_code_expires ON expiring_code (expires);

-- What is to be written and sent, not the message: its code is made when it is sent. `errand` goes with the sending.
CREATE TABLE mail (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    purpose VARCHAR(10) NOT NULL, recipient VARCHAR(255) NOT NULL, errand {text} NOT NULL, state VARCHAR(10) NOT NULL,
    tries BIGINT NOT NULL, due_at BIGINT NOT NULL, error VARCHAR(255) NOT NULL
){options};
CREATE INDEX mail_due ON mail (state, due_at);
CREATE INDEX mail_recipient ON mail (zone, recipient);
CREATE INDEX mail_state ON mail (state, updated_at);

-- The hashes of earlier passwords, where a zone wants new ones.
ALTER TABLE users ADD COLUMN former_passwords {text};
