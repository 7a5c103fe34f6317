CREATE TABLE legacy_families (
    family text PRIMARY KEY CHECK (family = lower(family)),
    group_type text
);

COMMENT ON TABLE legacy_families IS 'What import_legacy takes the families of old cache_entries for: cache_type, universe_category, or name or type of a row, in lower case, mapped to a group type. A family that is not listed becomes UNIVERSE, unless the rules know the name. NULL: rows of this family are no universes, whatever they hold.';
