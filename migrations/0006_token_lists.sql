-- All stored tokens of a client, newest first.

CREATE INDEX token_client ON token (zone, client_id, guid);
