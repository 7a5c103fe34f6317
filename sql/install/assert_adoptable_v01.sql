CREATE OR REPLACE FUNCTION assert_adoptable(
    p_existing regclass,
    p_expected regclass
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Compares an existing table with the wanted shape and raises UV005 with every obstacle at once:
 * not a plain or partitioned table, a column of a type that cannot hold our values, a missing unique key, a foreign
 * NOT NULL column without default (our inserts could not fill it).
 */
DECLARE
    v_problems text[];
BEGIN
    SELECT ARRAY[format('%s is a %s, not a table: rename or drop it', p_existing, CASE c.relkind
        WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'relation of kind ' || c.relkind::text
    END)]
    INTO v_problems
    FROM pg_class AS c
    WHERE c.oid = p_existing AND c.relkind NOT IN ('r', 'p');

    IF v_problems IS NULL THEN
        SELECT array_agg(problem ORDER BY problem)
        INTO v_problems
        FROM (
            SELECT format('column %s is %s, needs %s: ALTER TABLE %s ALTER COLUMN %s TYPE %s',
                w.attname, format_type(e.atttypid, e.atttypmod), format_type(w.atttypid, w.atttypmod),
                p_existing, w.attname, format_type(w.atttypid, w.atttypmod)) AS problem
            FROM pg_attribute AS w
            JOIN pg_attribute AS e ON e.attrelid = p_existing AND e.attname = w.attname AND NOT e.attisdropped
            JOIN pg_type AS wt ON wt.oid = w.atttypid
            JOIN pg_type AS et ON et.oid = e.atttypid
            WHERE w.attrelid = p_expected AND w.attnum > 0 AND NOT w.attisdropped
                AND (et.typcategory <> wt.typcategory
                    OR (w.atttypid = 'jsonb'::regtype AND e.atttypid <> 'jsonb'::regtype)
                    OR (w.atttypid = 'bigint'::regtype AND e.atttypid IN ('smallint'::regtype, 'integer'::regtype)
                        AND w.attname NOT IN ('id', 'group_id')))
            UNION ALL
            SELECT format('no unique key on (%s): ALTER TABLE %s ADD UNIQUE (%s)', k.columns, p_existing, k.columns)
            FROM unique_keys(p_expected) AS k
            WHERE k.columns <> 'id'
                AND NOT EXISTS (SELECT FROM unique_keys(p_existing) AS x WHERE x.columns = k.columns)
            UNION ALL
            SELECT format('column %s is NOT NULL without a default: ALTER TABLE %s ALTER COLUMN %s SET DEFAULT ...',
                e.attname, p_existing, e.attname)
            FROM pg_attribute AS e
            WHERE e.attrelid = p_existing AND e.attnum > 0 AND NOT e.attisdropped
                AND e.attnotnull AND NOT e.atthasdef AND e.attidentity = ''
                AND NOT EXISTS (
                    SELECT FROM pg_attribute AS w
                    WHERE w.attrelid = p_expected AND w.attname = e.attname AND NOT w.attisdropped
                        -- Files of symbols need not state identifiers.
                        AND w.attname NOT IN ('cusip', 'isin', 'figi', 'cik')
                )
        ) AS obstacles;
    END IF;

    IF v_problems IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV005',
            MESSAGE = format('table %s exists and cannot be adopted', p_existing),
            DETAIL = array_to_string(v_problems, E'\n'),
            HINT = 'Change the table as the detail says, or install into a schema of its own with --schema.';
    END IF;
END;
$$;

COMMENT ON FUNCTION assert_adoptable(regclass, regclass) IS 'Raises UV005 listing every reason why the existing table p_existing cannot serve in place of p_expected.';
