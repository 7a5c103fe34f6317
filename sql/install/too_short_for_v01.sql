CREATE OR REPLACE FUNCTION too_short_for(
    p_table regclass,
    p_row jsonb
)
RETURNS text[]
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT array_agg(format('column %I is %s, needs %s characters: ALTER TABLE %s ALTER COLUMN %I TYPE text',
        a.attname, format_type(a.atttypid, a.atttypmod), length(r.value), p_table, a.attname))
    FROM jsonb_each_text(p_row) AS r
    JOIN pg_attribute AS a ON a.attrelid = p_table AND a.attname = r.key
    WHERE a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod >= 0 AND length(r.value) > a.atttypmod - 4
$$;

COMMENT ON FUNCTION too_short_for(regclass, jsonb) IS 'Returns sentences for assert_writable: the columns that are too short for the texts of p_row.';
