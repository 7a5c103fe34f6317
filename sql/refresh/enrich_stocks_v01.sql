CREATE OR REPLACE FUNCTION enrich_stocks(
    p_symbols text[],
    p_context refresh_context,
    p_new_groups boolean
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Classification of p_symbols (NULL: all), and what follows from a stock's sector: sector leaders and themes. With
 * p_new_groups all rankings are computed even if no stock has changed, because the new ones are empty.
 */
DECLARE
    v_changes group_change[] := ARRAY(SELECT c FROM classify_stocks(p_symbols, p_context) AS c);
    v_moved text[] := ARRAY(SELECT DISTINCT m.symbol FROM unnest(v_changes) AS c, unnest(c.added || c.removed) AS m (symbol) WHERE NOT c.held);
BEGIN
    RETURN QUERY SELECT * FROM unnest(v_changes);
    RETURN QUERY SELECT * FROM rebalance_rankings(CASE WHEN NOT p_new_groups THEN v_moved END, p_context);
    RETURN QUERY SELECT * FROM rebalance_themes(v_moved, p_context);
END;
$$;

COMMENT ON FUNCTION enrich_stocks(text[], refresh_context, boolean) IS 'Applies sectors, industry groups and complete lists to p_symbols (NULL: all), then rankings and themes of the stocks that changed, and returns what changed. p_new_groups: the run has created groups, so all rankings are computed.';
