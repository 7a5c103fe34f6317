CREATE OR REPLACE FUNCTION project_wide(
    p_file integer,
    p_staged regclass,
    p_columns text[]
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Moves the rows of a file from staged_wide; values of unread columns go to extra_1, which extra_problems looks at. */
DECLARE
    v_columns text;
    v_cells text;
    v_extra text;
BEGIN
    SELECT string_agg(quote_ident(c.name), ', ' ORDER BY c.n) FILTER (WHERE c.name NOT LIKE 'extra\_%'),
        string_agg('w.cell_' || c.n, ', ' ORDER BY c.n) FILTER (WHERE c.name NOT LIKE 'extra\_%'),
        string_agg('w.cell_' || c.n, ', ' ORDER BY c.n) FILTER (WHERE c.name LIKE 'extra\_%')
    INTO v_columns, v_cells, v_extra
    FROM unnest(p_columns) WITH ORDINALITY AS c (name, n);
    -- A function takes at most 100 arguments, an array as many as there are columns.
    EXECUTE format($sql$
        INSERT INTO %s (file, line, %s, extra_1)
        SELECT w.file, w.line, %s, array_to_string(ARRAY[%s], ',') FROM staged_wide AS w WHERE w.file = $1
    $sql$, p_staged, v_columns, v_cells, v_extra) USING p_file;
    DELETE FROM staged_wide WHERE file = p_file;
END;
$$;

COMMENT ON FUNCTION project_wide(integer, regclass, text[]) IS 'Moves the rows of the file p_file from staged_wide to the staging table p_staged. p_columns: what its columns are called there, extra_n for those that nothing reads.';
