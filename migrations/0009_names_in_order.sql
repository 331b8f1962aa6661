-- Lists by name order by what the name is in lower case; 0005 indexed the name as it was given.

CREATE INDEX organization_by_name ON organization (zone, name_key, guid);
CREATE INDEX space_by_name ON space (zone, name_key, guid);
