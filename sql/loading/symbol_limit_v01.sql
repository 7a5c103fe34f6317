CREATE OR REPLACE FUNCTION symbol_limit()
RETURNS integer
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT least(20, min(a.atttypmod - 4) FILTER (WHERE a.atttypmod > 0))
    FROM pg_attribute AS a
    WHERE a.attname = 'symbol'
        AND a.attrelid IN ('symbols'::regclass, 'ohlcv_daily'::regclass, 'group_memberships'::regclass)
$$;

COMMENT ON FUNCTION symbol_limit() IS 'Returns the maximum length of a symbol: 20 characters, or fewer if an adopted table has a narrower column.';
