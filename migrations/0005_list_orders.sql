-- Orders in which clients page through what there may be very many of.

CREATE INDEX organization_named ON organization (zone, name, guid);
CREATE INDEX organization_updated ON organization (zone, updated_at, guid);
CREATE INDEX space_named ON space (zone, name, guid);
CREATE INDEX space_updated ON space (zone, updated_at, guid);
