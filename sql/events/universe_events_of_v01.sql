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

COMMENT ON FUNCTION universe_events_of(jsonb) IS 'The universe_updated event of every changed group in p_changes, as publish_events takes them. added and removed are the symbols, updated the number of members whose weight or rank changed.';
