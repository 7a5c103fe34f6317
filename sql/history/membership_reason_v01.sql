CREATE OR REPLACE FUNCTION membership_reason(
    p_metadata jsonb
)
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(
        p_metadata ->> 'rule',
        'line ' || (p_metadata ->> 'line') || ' of its file',
        'rank ' || (p_metadata ->> 'rank') || ' by market cap')
$$;

COMMENT ON FUNCTION membership_reason(jsonb) IS 'Returns why a symbol is a member, from the metadata of the membership: the rule, the line of its file, or the rank. NULL if none is recorded.';
