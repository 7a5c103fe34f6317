CREATE OR REPLACE FUNCTION changed_stocks(
    p_environment text
)
RETURNS text[]
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/* Returns what take_market_changes would return as changed, but leaves the marks for the refresh. */
DECLARE
    v_environment text;
    v_symbols text[];
    v_all boolean;
BEGIN
    SELECT r.environment INTO v_environment
    FROM sync_runs AS r
    WHERE r.mode = 'full' AND r.status = 'completed' AND NOT r.dry_run
    ORDER BY r.started_at DESC
    LIMIT 1;

    SELECT coalesce(array_agg(DISTINCT c.symbol) FILTER (WHERE c.kind IN ('symbol', 'fund')), '{}'), coalesce(bool_or(c.kind = 'all'), false)
    INTO v_symbols, v_all
    FROM market_changes AS c;
    RETURN CASE WHEN v_all OR v_environment IS DISTINCT FROM p_environment THEN NULL ELSE v_symbols END;
END;
$$;

COMMENT ON FUNCTION changed_stocks(text) IS 'Returns the symbols whose sector, industry or themes may have changed since the last full refresh; NULL: all. Leaves the marks of market_changes in place.';
