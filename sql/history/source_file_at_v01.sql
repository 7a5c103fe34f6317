CREATE OR REPLACE FUNCTION source_file_at(
    p_group_id bigint,
    p_at timestamptz
)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Returns the file as definition_groups.metadata would name it. Members restored by a rollback came from the file before the
 * time that it restored, so the search continues from there.
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
        WHERE l.kind = (SELECT k.kind FROM load_kinds AS k WHERE k.group_type = v_group.type)
            AND l.environment = v_group.environment AND NOT l.dry_run AND l.finished_at <= v_at
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

COMMENT ON FUNCTION source_file_at(bigint, timestamptz) IS 'Returns the file that the members of a universe came from at p_at, taken from the last load that contained it: source, file, md5, format, as_of, load_id, loaded_at. NULL if none is recorded.';
