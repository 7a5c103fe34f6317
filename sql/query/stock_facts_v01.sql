CREATE OR REPLACE FUNCTION stock_facts(
    p_symbol text,
    p_as_of text DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
AS $$
/* settled: the time lies far enough in the past for a later call to return the same answer. */
DECLARE
    v_at timestamptz := resolve_as_of(p_as_of);
BEGIN
    RETURN describe_stock(p_symbol, v_at, p_environment)
        || jsonb_build_object('settled', coalesce(v_at < clock_timestamp() - interval '1 second', false));
END;
$$;

COMMENT ON FUNCTION stock_facts(text, text, text) IS 'Returns one symbol as JSON, now (p_as_of NULL) or at the time p_as_of: see describe_stock and resolve_as_of. Timestamps are in UTC. settled: false while the time is now, so the answer may still change. Raises UV002 and UV003 as those functions do.';
