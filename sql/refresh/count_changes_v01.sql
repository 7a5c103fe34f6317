CREATE OR REPLACE FUNCTION count_changes(
    p_changes group_change[]
)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT jsonb_build_object(
        'added', coalesce(sum(cardinality(c.added)) FILTER (WHERE NOT c.held), 0),
        'removed', coalesce(sum(cardinality(c.removed)) FILTER (WHERE NOT c.held), 0),
        'updated', coalesce(sum(c.updated) FILTER (WHERE NOT c.held), 0),
        'held', count(*) FILTER (WHERE c.held)
    )
    FROM unnest(p_changes) AS c
$$;

COMMENT ON FUNCTION count_changes(group_change[]) IS 'Returns the number of members added, removed and updated, and of groups held, as JSON.';
