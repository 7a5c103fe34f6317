CREATE TABLE legacy_families (
    family text PRIMARY KEY CHECK (family = lower(family)),
    group_type text
);

COMMENT ON TABLE legacy_families IS 'Mapping of the families of old cache_entries rows to group types for import_legacy. family: cache_type, universe_category, name or type of a row, lower case. group_type NULL: rows of this family are not universes. An unlisted family becomes UNIVERSE unless a rule has the name.';
