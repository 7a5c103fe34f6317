CREATE OR REPLACE FUNCTION finish_files(
    p_load load_runs
)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Records the checksum of every loaded file if it is new, and returns the result of every file. */
BEGIN
    UPDATE staged_files AS f
    SET status = CASE
        WHEN p_load.total_changes = 0 THEN 'unchanged'
        WHEN f.group_name IS NULL THEN 'loaded'
        WHEN p_load.changes @> jsonb_build_array(jsonb_build_object('name', f.group_name, 'type', f.group_type)) THEN 'loaded'
        ELSE 'unchanged'
    END
    WHERE f.status = 'pending';

    INSERT INTO loaded_files AS l (kind, environment, name, md5, rows, load_id, loaded_at)
    SELECT p_load.kind, p_load.environment, f.name, f.md5, f.rows, p_load.id, p_load.started_at
    FROM staged_files AS f
    LEFT JOIN loaded_files AS o ON o.kind = p_load.kind AND o.environment = p_load.environment AND o.name = f.name
    WHERE f.status IN ('loaded', 'unchanged') AND o.md5 IS DISTINCT FROM f.md5
    ON CONFLICT (kind, environment, name) DO UPDATE
    SET md5 = EXCLUDED.md5, rows = EXCLUDED.rows, load_id = EXCLUDED.load_id, loaded_at = EXCLUDED.loaded_at;

    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'name', f.name, 'universe', f.group_name, 'md5', f.md5, 'format', f.format, 'as_of', f.as_of, 'status', f.status,
            'rows', f.rows, 'repaired', f.repaired, 'skipped', nullif(f.skipped, '{}'), 'skipped_percent', f.skipped_percent,
            'skipped_lines', nullif(f.skipped_lines, '[]'), 'suspects', nullif(f.suspects, '[]'),
            'unread_columns', nullif(to_jsonb(f.unread), '[]'), 'held_by', nullif(f.held_by, '[]'), 'problem', f.problem,
            'warnings', f.warnings)) ORDER BY f.file), '[]')
        FROM staged_files AS f
    );
END;
$$;

COMMENT ON FUNCTION finish_files(load_runs) IS 'Records the checksums of the loaded files and returns an array with the result of each file.';
