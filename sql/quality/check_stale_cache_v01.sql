CREATE VIEW check_stale_cache AS
SELECT
    environment,
    universe AS subject,
    format('%s: %s', universe_category, CASE
        WHEN e.group_id IS NULL THEN 'an entry of a universe that does not exist or is retired'
        WHEN c.id IS NULL THEN 'no entry'
        WHEN jsonb_typeof(c.value) = 'array' AND jsonb_array_length(c.value) <> jsonb_array_length(e.symbols)
            THEN format('the entry lists %s symbols, the universe has %s', jsonb_array_length(c.value), jsonb_array_length(e.symbols))
        ELSE 'the entry lists other symbols, or in another order, or with another count'
    END) AS detail
FROM group_entries AS e
FULL JOIN (SELECT * FROM cache_entries AS x WHERE x.universe_metadata ? 'group_id') AS c USING (universe, universe_category, environment)
-- Only value is compared with the members, which is expensive; content is compared with value.
WHERE (c.value IS DISTINCT FROM e.symbols
    OR c.content -> 'symbols' IS DISTINCT FROM c.value
    OR c.content -> 'count' IS DISTINCT FROM CASE jsonb_typeof(c.value) WHEN 'array' THEN to_jsonb(jsonb_array_length(c.value)) END)
    -- An adopted table may have a unique key that makes a row of another program conflict with ours: update_cache skips it.
    AND NOT (c.id IS NULL AND EXISTS (
        SELECT
        FROM unique_keys('cache_entries') AS k
        JOIN cache_entries AS o ON o.universe = e.universe OR (o.key = e.universe AND o.type = e.type AND o.name = e.name)
        WHERE k.columns NOT IN ('id', 'environment, universe, universe_category')
    ));

COMMENT ON VIEW check_stale_cache IS 'Rows of cache_entries that differ from group_entries, missing and surplus ones included; last_updated is ignored.';
