CREATE OR REPLACE FUNCTION reject_files(
    p_problems regclass,
    p_staged regclass
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
-- There are no statistics of rows just staged.
SET enable_nestloop = off
AS $$
/*
 * Rejects every file with a row in the relation p_problems (file, line, column_name, value, message, remedy), keeping
 * the first problem and the number of the others, and takes its rows out of the staging table p_staged.
 */
DECLARE
    v_rejected integer[];
BEGIN
    EXECUTE format($sql$
        WITH problems AS MATERIALIZED (
            SELECT DISTINCT ON (file) file, jsonb_strip_nulls(jsonb_build_object(
                'message', message, 'line', line, 'column', column_name, 'value', left(value, 80), 'remedy', remedy,
                'more', count(*) OVER (PARTITION BY file) - 1)) AS problem
            FROM %s
            ORDER BY file, line
        ), rejected AS (
            UPDATE staged_files AS f
            SET status = 'rejected', problem = p.problem
            FROM problems AS p
            WHERE f.file = p.file
            RETURNING f.file
        )
        SELECT array_agg(file) FROM rejected
    $sql$, p_problems) INTO v_rejected;
    IF v_rejected IS NOT NULL THEN
        EXECUTE format('DELETE FROM %s WHERE file = ANY ($1)', p_staged) USING v_rejected;
    END IF;
END;
$$;

COMMENT ON FUNCTION reject_files(regclass, regclass) IS 'Rejects the files that have a row in p_problems and deletes their rows from the staging table p_staged.';
