CREATE OR REPLACE FUNCTION update_cache(
    p_groups bigint[],
    p_append boolean DEFAULT false
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET plan_cache_mode = force_custom_plan
AS $$
/*
 * Rewrites the cache_entries of the groups p_groups and returns how many rows it wrote. Unless p_append, rows of
 * retired groups go. An older row of the same name that another program wrote is taken over when the table allows only
 * one row per universe, so that readers never find a stale twin.
 */
DECLARE
    v_written integer;
    v_deleted integer := 0;
BEGIN
    UPDATE cache_entries AS c
    SET content = e.content, value = e.symbols, universe_metadata = e.universe_metadata, updated_at = now()
    FROM group_entries AS e
    WHERE e.group_id = ANY (p_groups)
        AND c.universe = e.universe AND c.universe_category = e.universe_category AND c.environment = e.environment;
    GET DIAGNOSTICS v_written = ROW_COUNT;

    IF v_written < cardinality(p_groups) THEN
        INSERT INTO cache_entries (universe, content, cache_type, key, value, universe_category, universe_metadata,
            type, name, environment, created_at, updated_at)
        SELECT e.universe, e.content, 'universe', e.universe, e.symbols, e.universe_category, e.universe_metadata,
            e.type, e.name, e.environment, now(), now()
        FROM group_entries AS e
        WHERE e.group_id = ANY (p_groups)
            AND NOT EXISTS (
                SELECT FROM cache_entries AS c
                WHERE c.universe = e.universe AND c.universe_category = e.universe_category
                    AND c.environment = e.environment
            );
        v_written := cardinality(p_groups);
    END IF;

    IF NOT p_append THEN
        DELETE FROM cache_entries AS c
        USING definition_groups AS g
        WHERE g.id = ANY (p_groups) AND g.metadata ? 'retired_at'
            AND c.universe = g.name AND c.universe_category = g.type AND c.environment = g.environment;
        GET DIAGNOSTICS v_deleted = ROW_COUNT;
    END IF;
    RETURN v_written + v_deleted;
END;
$$;

COMMENT ON FUNCTION update_cache(bigint[], boolean) IS 'Rewrites the cache_entries of some groups and returns the number of rows written. p_append keeps the entries of retired groups.';
