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
/* settled: the moment lies far enough back for another call about it to give the same answer; that of today is now, and moves. */
DECLARE
    v_at timestamptz := resolve_as_of(p_as_of);
BEGIN
    RETURN describe_stock(p_symbol, v_at, p_environment)
        || jsonb_build_object('settled', coalesce(v_at < clock_timestamp() - interval '1 second', false));
END;
$$;

COMMENT ON FUNCTION stock_facts(text, text, text) IS 'One symbol as a document, now (p_as_of NULL) or at the moment that p_as_of names: see describe_stock and resolve_as_of. Moments are in UTC. settled: false while the moment is now. Raises UV002 and UV003 as those functions do.';
