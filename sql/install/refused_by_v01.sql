CREATE OR REPLACE FUNCTION refused_by(
    p_table regclass,
    p_constraint text
)
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(
        (
            SELECT format('column %s: constraint %s, %s, refuses our rows: ALTER TABLE %s DROP CONSTRAINT %I, or let it accept them',
                (
                    SELECT string_agg(a.attname, ', ' ORDER BY a.attnum)
                    FROM pg_attribute AS a
                    WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
                ),
                k.conname, pg_get_constraintdef(k.oid, true), k.conrelid::regclass, k.conname)
            FROM pg_constraint AS k
            WHERE k.conname = p_constraint
            ORDER BY k.conrelid = p_table DESC
            LIMIT 1
        ),
        format('index %s refuses our rows: DROP INDEX %I', p_constraint, p_constraint)
    )
$$;

COMMENT ON FUNCTION refused_by(regclass, text) IS 'Returns a sentence for assert_writable: the columns of a constraint or unique index, and how to drop it.';
