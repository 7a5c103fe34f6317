CREATE OR REPLACE FUNCTION lock_key(
    p_name text
)
RETURNS bigint
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT hashtextextended(format('pg-universes %s in %s', p_name, api_schema()), 0)
$$;

COMMENT ON FUNCTION lock_key(text) IS 'Returns the key of an advisory lock of this installation, one per schema. Names: memberships, events, relay, jobs.';
