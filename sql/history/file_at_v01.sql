CREATE OR REPLACE FUNCTION file_at(
    p_group_id bigint,
    p_at timestamptz
)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * The file that the members of a universe came from at a past moment, as definition_groups.metadata names it. What a
 * rollback brought back came from the file before the moment that it went to, so the search goes on from there.
 */
DECLARE
    v_group definition_groups;
    v_at timestamptz := p_at;
    v_loaded timestamptz;
    v_file jsonb;
    v_to timestamptz;
BEGIN
    SELECT g.* INTO v_group FROM definition_groups AS g WHERE g.id = p_group_id;
    LOOP
        SELECT l.finished_at, jsonb_strip_nulls(jsonb_build_object('source', 'file', 'file', f.value -> 'name', 'md5', f.value -> 'md5',
            'format', f.value -> 'format', 'as_of', f.value -> 'as_of', 'load_id', l.id, 'loaded_at', l.started_at))
        INTO v_loaded, v_file
        FROM load_runs AS l
        CROSS JOIN LATERAL jsonb_array_elements(l.files) AS f
        WHERE l.kind = lower(v_group.type) || 's' AND l.environment = v_group.environment AND NOT l.dry_run AND l.finished_at <= v_at
            AND f.value ->> 'universe' = v_group.name AND f.value ->> 'status' IN ('loaded', 'unchanged')
        ORDER BY l.finished_at DESC
        LIMIT 1;

        SELECT (r.steps #>> '{0,to}')::timestamptz INTO v_to
        FROM sync_runs AS r
        WHERE r.mode = 'rollback' AND r.environment = v_group.environment AND r.status = 'completed' AND NOT r.dry_run
            AND r.finished_at <= v_at AND r.finished_at > coalesce(v_loaded, '-infinity')
        ORDER BY r.finished_at DESC
        LIMIT 1;
        IF NOT FOUND THEN
            RETURN v_file;
        END IF;
        v_at := v_to;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION file_at(bigint, timestamptz) IS 'File that the members of a universe came from at a past moment, by the last load that had it: file, md5, format, as_of, load_id, loaded_at. NULL: from none that is recorded.';
