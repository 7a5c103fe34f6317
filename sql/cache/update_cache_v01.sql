CREATE OR REPLACE FUNCTION update_cache(
    p_groups bigint[],
    p_append boolean DEFAULT false,
    p_take_over boolean DEFAULT true
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET plan_cache_mode = force_custom_plan
AS $$
/*
 * Deletes rows of retired groups unless p_append. A row that another program wrote is overwritten, if p_take_over, when a
 * unique key of the table makes it conflict with ours, so that readers never find a stale duplicate. If the table allows one
 * row per universe name and two groups share a name, the first one keeps the row.
 */
DECLARE
    v_rows integer;
    v_written integer;
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
        FROM uncached_entries AS e
        WHERE e.group_id = ANY (p_groups)
        ORDER BY e.group_id
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_written := v_written + v_rows;

        UPDATE cache_entries AS c
        SET universe = e.universe, content = e.content, cache_type = 'universe', key = e.universe, value = e.symbols,
            universe_category = e.universe_category, universe_metadata = e.universe_metadata, type = e.type, name = e.name,
            environment = e.environment, updated_at = now()
        FROM (
            SELECT DISTINCT ON (o.id) o.id, u.*
            FROM uncached_entries AS u
            JOIN cache_entries AS o ON o.universe_category IS NULL AND (o.universe = u.universe
                OR (o.type = u.type AND o.name = u.name AND o.key = u.universe AND o.environment = u.environment))
            WHERE p_take_over AND u.group_id = ANY (p_groups)
            ORDER BY o.id, u.group_id
        ) AS e
        WHERE c.id = e.id;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_written := v_written + v_rows;
    END IF;

    IF NOT p_append THEN
        DELETE FROM cache_entries AS c
        USING definition_groups AS g
        WHERE g.id = ANY (p_groups) AND g.metadata ? 'retired_at'
            AND c.universe = g.name AND c.universe_category = g.type AND c.environment = g.environment;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_written := v_written + v_rows;
    END IF;
    RETURN v_written;
END;
$$;

COMMENT ON FUNCTION update_cache(bigint[], boolean, boolean) IS 'Rewrites the cache_entries of p_groups and returns the number of rows written. p_append: keeps the entries of retired groups. p_take_over: overwrites rows of another program that a unique key makes conflict.';
