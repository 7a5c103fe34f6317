CREATE OR REPLACE FUNCTION load_summary(
    p_load load_runs
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT to_jsonb(p_load) - '{files,changes,environment}'::text[] || jsonb_build_object(
        'duration_seconds', round(extract(epoch FROM p_load.finished_at - p_load.started_at), 3),
        'files', (
            SELECT jsonb_build_object(
                'total', count(*),
                'loaded', count(*) FILTER (WHERE f ->> 'status' = 'loaded'),
                'unchanged', count(*) FILTER (WHERE f ->> 'status' = 'unchanged'),
                'held', count(*) FILTER (WHERE f ->> 'status' = 'held'),
                'rejected', count(*) FILTER (WHERE f ->> 'status' = 'rejected'))
            FROM jsonb_array_elements(p_load.files) AS f
        ))
        -- Loads of symbols, prices and sectors have numbers of rows here, and no universes.
        || (
            SELECT jsonb_build_object(
                'universes_updated', count(*) FILTER (WHERE NOT (c ->> 'held')::boolean),
                'universes_held', count(*) FILTER (WHERE (c ->> 'held')::boolean))
            FROM jsonb_array_elements(CASE jsonb_typeof(p_load.changes) WHEN 'array' THEN p_load.changes ELSE '[]' END) AS c
        )
$$;

COMMENT ON FUNCTION load_summary(load_runs) IS 'Returns a load as one JSON object: its parameters, times, total_changes, numbers of files by status, and numbers of universes updated and held.';
