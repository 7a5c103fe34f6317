CREATE VIEW uncached_entries AS
SELECT e.*
FROM group_entries AS e
WHERE NOT EXISTS (
    SELECT FROM cache_entries AS c
    WHERE c.universe = e.universe AND c.universe_category = e.universe_category AND c.environment = e.environment
);

COMMENT ON VIEW uncached_entries IS 'Rows of group_entries that are missing in cache_entries.';
