-- Keys beside the one that signs: `next` is published and signs later, `beside` signs for who asks for its algorithm.
ALTER TABLE signing_key ADD COLUMN stage VARCHAR(10) NOT NULL DEFAULT '';
