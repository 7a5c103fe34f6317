CREATE OR REPLACE FUNCTION assert_writable(
    p_table regclass
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Tries rows of the kind that this package writes in sub-transactions, which are rolled back: only so do the checks,
 * lengths and defaults of an existing table show whether it can serve. Raises UV005 with every obstacle at once.
 */
DECLARE
    v_row jsonb;
    v_problems text[] := '{}';
    v_constraint text;
    v_column text;
BEGIN
    FOR v_row IN SELECT t.content FROM trial_rows AS t JOIN pg_class AS c ON c.oid = p_table AND c.relname = t.relation LOOP
        BEGIN
            SET CONSTRAINTS ALL IMMEDIATE;
            PERFORM insert_trial_row(p_table, v_row);
            RAISE SQLSTATE 'UV000';
        EXCEPTION
            WHEN SQLSTATE 'UV000' THEN
                NULL;
            WHEN not_null_violation THEN
                GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
                v_problems := v_problems || format('column %I is NOT NULL without a default: ALTER TABLE %s ALTER COLUMN %I SET DEFAULT ...',
                    v_column, p_table, v_column);
            WHEN integrity_constraint_violation THEN
                GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
                v_problems := v_problems || refused_by(p_table, v_constraint);
            WHEN string_data_right_truncation THEN
                v_problems := v_problems || too_short_for(p_table, v_row);
            WHEN data_exception THEN
                v_problems := v_problems || format('%s, when inserting %s', SQLERRM, v_row);
        END;
    END LOOP;

    IF v_problems <> '{}' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV005',
            MESSAGE = format('table %s exists and cannot be adopted', p_table),
            DETAIL = (SELECT string_agg(DISTINCT problem, E'\n') FROM unnest(v_problems) AS problem),
            HINT = 'Change the table as the detail says, or install into a schema of its own with --schema.';
    END IF;
END;
$$;

COMMENT ON FUNCTION assert_writable(regclass) IS 'Raises UV005 listing why an adopted table refuses rows that this package writes. Leaves no row behind.';
