-- When people signed in last, and before that; 0: they did not. A table of its own, of which no decision reads and on which nothing
-- rests: a sign-in changes neither a person's row nor the revision of the zone.

CREATE TABLE logon (
    subject {uuid} NOT NULL PRIMARY KEY, last_at BIGINT NOT NULL, previous_at BIGINT NOT NULL
){options};
