-- Jobs run as whoever began them, and ask again: who that was, with which scopes, and when the next try is due.

ALTER TABLE job ADD COLUMN actor {uuid};
ALTER TABLE job ADD COLUMN actor_kind VARCHAR(10);
ALTER TABLE job ADD COLUMN actor_name VARCHAR(255);
ALTER TABLE job ADD COLUMN client VARCHAR(255);
ALTER TABLE job ADD COLUMN scopes {text};
ALTER TABLE job ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
CREATE INDEX job_due ON job (state, due_at);
