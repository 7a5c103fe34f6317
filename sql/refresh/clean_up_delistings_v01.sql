CREATE OR REPLACE FUNCTION clean_up_delistings(
    p_symbols text[],
    p_context refresh_context
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET plan_cache_mode = force_custom_plan
AS $$
/*
 * Inactive symbols leave every group of the environment, loaded ones included, even if p_context appends. History keeps them,
 * closed with the reason delisted, and withheld_members those that a file states. p_symbols restricts the search (NULL: all).
 */
DECLARE
    v_symbols text[];
    v_groups bigint[];
BEGIN
    IF cardinality(p_symbols) = 0 THEN
        RETURN;
    END IF;
    -- Materialized: PostgreSQL 17 and later would else search the whole array anew for every membership.
    WITH gone AS MATERIALIZED (
        SELECT s.symbol FROM symbols AS s WHERE NOT s.active AND (p_symbols IS NULL OR s.symbol = ANY (p_symbols))
    )
    SELECT array_agg(DISTINCT m.symbol), array_agg(DISTINCT m.group_id)
    INTO v_symbols, v_groups
    FROM gone AS s
    JOIN group_memberships AS m ON m.symbol = s.symbol
    JOIN definition_groups AS g ON g.id = m.group_id AND g.environment = p_context.environment;

    IF v_symbols IS NOT NULL THEN
        PERFORM withhold_delisted(v_symbols, v_groups);
        RETURN QUERY
        SELECT * FROM apply_memberships('desired_nothing', v_groups, p_context.run_id, v_symbols,
            p_force => p_context.force, p_reason => 'delisted');
    END IF;
END;
$$;

COMMENT ON FUNCTION clean_up_delistings(text[], refresh_context) IS 'Removes the inactive symbols among p_symbols (NULL: all) from every group and returns what changed.';
