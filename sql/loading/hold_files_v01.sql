CREATE OR REPLACE FUNCTION hold_files(
    p_load load_runs
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Holds the files with file_objections. A forced load takes them and repeats the objections as warnings. */
BEGIN
    UPDATE staged_files AS f
    SET status = CASE WHEN p_load.force THEN f.status ELSE 'held' END,
        held_by = CASE WHEN p_load.force THEN f.held_by ELSE o.sentences END,
        warnings = f.warnings || CASE WHEN p_load.force THEN o.forced ELSE '[]' END
    FROM (
        SELECT file, jsonb_agg(sentence ORDER BY position) AS sentences,
            jsonb_agg('forced, although ' || sentence ORDER BY position) AS forced
        FROM file_objections
        GROUP BY file
    ) AS o
    WHERE o.file = f.file;
END;
$$;

COMMENT ON FUNCTION hold_files(load_runs) IS 'Holds the staged files that have file_objections; a forced load keeps them and adds warnings instead.';
