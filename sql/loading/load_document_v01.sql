CREATE OR REPLACE FUNCTION load_document(
    p_id uuid,
    p_symbols integer DEFAULT 100
)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/* load_result plus at most p_symbols added and as many removed symbols per changed universe. */
DECLARE
    v_load load_runs;
    v_first jsonb := jsonb_build_object('last', p_symbols - 1);
BEGIN
    SELECT l.* INTO v_load FROM load_runs AS l WHERE l.id = p_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('there is no load %s', p_id),
            HINT = 'SELECT id, kind, started_at FROM load_runs lists the loads.';
    END IF;
    IF jsonb_typeof(v_load.changes) <> 'array' THEN
        RETURN load_result(v_load);
    END IF;
    RETURN load_result(v_load) || jsonb_build_object('changes', (
        SELECT coalesce(jsonb_agg(c || jsonb_build_object(
            'added', jsonb_array_length(c -> 'added'), 'removed', jsonb_array_length(c -> 'removed'),
            'added_symbols', jsonb_path_query_array(c -> 'added', '$[0 to $last]', v_first),
            'removed_symbols', jsonb_path_query_array(c -> 'removed', '$[0 to $last]', v_first)) ORDER BY n), '[]')
        FROM jsonb_array_elements(v_load.changes) WITH ORDINALITY AS x (c, n)
    ));
END;
$$;

COMMENT ON FUNCTION load_document(uuid, integer) IS 'Returns a load as JSON: load_result plus added_symbols and removed_symbols of each changed universe, at most p_symbols each. Raises UV003 for an unknown id.';
