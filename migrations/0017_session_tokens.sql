-- What applications got through a browser's session, and what was made in it for other programs, ends with it.

-- The session that the token ends with; none: it outlives the session that it came of, or came of none.
ALTER TABLE token ADD COLUMN session {uuid};
CREATE INDEX token_session ON token (session);
