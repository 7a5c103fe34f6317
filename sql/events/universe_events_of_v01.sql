CREATE OR REPLACE FUNCTION universe_events_of(
    p_changes jsonb
)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(json_agg(json_build_object('event', 'universe_updated', 'payload', json_build_object(
        'universe', c ->> 'name', 'type', c ->> 'type', 'count', c -> 'count',
        'added', c -> 'added', 'removed', c -> 'removed', 'updated', c -> 'updated'
    )) ORDER BY n)::jsonb, '[]')
    FROM jsonb_array_elements(p_changes) WITH ORDINALITY AS x (c, n)
    WHERE NOT (c ->> 'held')::boolean
$$;

COMMENT ON FUNCTION universe_events_of(jsonb) IS 'Returns the universe_updated events of the changed groups in p_changes as an array for publish_events; held groups are left out. added, removed: symbols; updated: number of members whose weight or rank changed.';
