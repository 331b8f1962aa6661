-- Identity zones beyond the first one: what people read of a zone, and how often it was changed.

ALTER TABLE zone ADD COLUMN description {text};
ALTER TABLE zone ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
