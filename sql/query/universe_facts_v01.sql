CREATE OR REPLACE FUNCTION universe_facts(
    p_name text,
    p_types text[] DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
AS $$
    SELECT describe_universe(p_name, p_types, NULL, p_environment) - '{constituents,at}'::text[]
$$;

COMMENT ON FUNCTION universe_facts(text, text[], text) IS 'Returns one universe as JSON, without its members: see describe_universe. Timestamps are in UTC.';
