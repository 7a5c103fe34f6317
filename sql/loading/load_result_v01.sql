CREATE OR REPLACE FUNCTION load_result(
    p_load load_runs
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* A first load adds many symbols: they can be read from load_runs. */
    SELECT to_jsonb(p_load) || jsonb_build_object('changes', CASE jsonb_typeof(p_load.changes)
        WHEN 'array' THEN (
            SELECT coalesce(jsonb_agg(c || jsonb_build_object(
                'added', jsonb_array_length(c -> 'added'), 'removed', jsonb_array_length(c -> 'removed')) ORDER BY n), '[]')
            FROM jsonb_array_elements(p_load.changes) WITH ORDINALITY AS x (c, n)
        )
        ELSE p_load.changes
    END)
$$;

COMMENT ON FUNCTION load_result(load_runs) IS 'Returns a row of load_runs as JSON, with the numbers of added and removed symbols in place of the symbols.';
