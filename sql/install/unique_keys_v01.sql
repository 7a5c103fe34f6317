CREATE OR REPLACE FUNCTION unique_keys(
    p_table regclass
)
RETURNS TABLE (columns text)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT (
        SELECT string_agg(a.attname, ', ' ORDER BY a.attname COLLATE "C")
        FROM pg_attribute AS a
        WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::smallint[])
    )
    FROM pg_index AS i
    WHERE i.indrelid = p_table AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
$$;

COMMENT ON FUNCTION unique_keys(regclass) IS 'Column lists, sorted by name, on which a table has a full unique index.';
