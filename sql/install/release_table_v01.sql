CREATE OR REPLACE FUNCTION release_table(
    p_definition text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Undoes adopt_table: drops a table that the package created; of an adopted one only the columns and indexes it added.
 * A widened numeric column stays wide, since narrowing it could lose digits.
 */
DECLARE
    v_name text := substring(p_definition FROM 'CREATE TABLE @\w+@\.(\w+)');
    v_table installed_tables;
    v_item text;
BEGIN
    DELETE FROM installed_tables WHERE name = v_name RETURNING * INTO v_table;
    IF v_table.created THEN
        EXECUTE format('DROP TABLE %I.%I', api_schema(), v_name);
        RETURN;
    END IF;
    FOR v_item IN SELECT (regexp_matches(p_definition, 'INDEX IF NOT EXISTS (\w+)', 'g'))[1] LOOP
        EXECUTE format('DROP INDEX IF EXISTS %I.%I', api_schema(), v_item);
    END LOOP;
    FOREACH v_item IN ARRAY v_table.added_columns LOOP
        EXECUTE format('ALTER TABLE %I.%I DROP COLUMN %I', api_schema(), v_name, v_item);
    END LOOP;
END;
$$;

COMMENT ON FUNCTION release_table(text) IS 'Undoes adopt_table for the table that p_definition describes.';
