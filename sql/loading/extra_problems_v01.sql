CREATE OR REPLACE FUNCTION extra_problems(
    p_staged regclass
)
RETURNS TABLE (file integer, line bigint, column_name text, value text, message text, remedy text)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Line breaks in columns that nothing reads. They are harmless there, but usually a quote was not closed and swallowed rows;
 * and rejecting every line break keeps line, a count of rows, equal to the line number.
 */
BEGIN
    IF EXISTS (SELECT FROM staged_files AS f WHERE f.status = 'pending' AND 'extra_1' = ANY (f.columns)) THEN
        RETURN QUERY EXECUTE format($sql$
            SELECT s.file, s.line, NULL::text, e.value, 'a line break in a value',
                'Write it on one line. Is a quote never closed?'
            FROM %s AS s
            CROSS JOIN LATERAL concat_ws(',', s.extra_1, s.extra_2, s.extra_3, s.extra_4, s.extra_5, s.extra_6,
                s.extra_7, s.extra_8) AS e (value)
            WHERE e.value ~ '[\n\r]'
        $sql$, p_staged);
    END IF;
END;
$$;

COMMENT ON FUNCTION extra_problems(regclass) IS 'Rows of a staging table with a line break in a column that nothing reads: file, line, column, value, rule broken, remedy.';
