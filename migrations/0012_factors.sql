-- What people prove who they are with, besides a password.

-- `sealed` is encrypted under the data key: the secret of an app, the hashes of recovery codes. `mark` only goes
-- forward: the last step of the clock that a code was good for, the codes that are used.
CREATE TABLE factor (
    guid {uuid} NOT NULL PRIMARY KEY, zone {uuid} NOT NULL, org_guid {uuid}, space_guid {uuid},
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    subject {uuid} NOT NULL, kind VARCHAR(10) NOT NULL, name VARCHAR(255) NOT NULL, credential VARCHAR(64) NOT NULL,
    sealed {bytes} NOT NULL, mark BIGINT NOT NULL, used_at BIGINT NOT NULL
){options};
CREATE UNIQUE INDEX factor_credential ON factor (zone, credential);
CREATE INDEX factor_subject ON factor (subject);

-- When the second proof of a session was given; 0: it has none.
ALTER TABLE session ADD COLUMN second_at BIGINT NOT NULL DEFAULT 0;
