CREATE OR REPLACE FUNCTION group_ids(
    p_types text[],
    p_environment text
)
RETURNS bigint[]
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(array_agg(g.id), '{}')
    FROM definition_groups AS g
    WHERE g.type = ANY (p_types) AND g.environment = p_environment AND NOT coalesce(g.metadata ? 'retired_at', false)
        AND EXISTS (SELECT FROM managed_groups AS w WHERE w.type = g.type AND w.name = g.name)
$$;

COMMENT ON FUNCTION group_ids(text[], text) IS 'Returns the ids of the universes of the types p_types that a refresh maintains; retired ones are left out.';
