CREATE OR REPLACE FUNCTION rebalance_rankings(
    p_symbols text[],
    p_context refresh_context
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Market-cap bands of p_symbols (NULL: all) and every ranking, since one move shifts the others. The materialized views are
 * refreshed concurrently, so that readers never wait. Does nothing for an empty array.
 */
BEGIN
    IF cardinality(p_symbols) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT * FROM apply_memberships('desired_bands', group_ids('{MARKET_CAP}', p_context.environment),
        p_context.run_id, p_symbols, p_context.append, p_context.force);
    RETURN QUERY
    SELECT * FROM apply_memberships('desired_rankings', group_ids('{MARKET_LEADERS,SECTOR_LEADERS}', p_context.environment),
        p_context.run_id, NULL, p_context.append, p_context.force);

    PERFORM refresh_rankings();
END;
$$;

COMMENT ON FUNCTION rebalance_rankings(text[], refresh_context) IS 'Applies market-cap bands to p_symbols (NULL: all) and every ranking, refreshes the materialized views, and returns what changed.';
