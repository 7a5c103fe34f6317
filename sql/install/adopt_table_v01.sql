CREATE OR REPLACE FUNCTION adopt_table(
    p_definition text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Creates a table from the text of its sql/ file, or adopts the one that is already there: rows stay, missing
 * columns and indexes are added. The wanted shape is built in the engine's schema under another name and compared, then rows
 * are tried. Raises UV005 when the existing table cannot serve; the transaction of the migration is then rolled back.
 */
DECLARE
    v_name text := substring(p_definition FROM 'CREATE TABLE @\w+@\.(\w+)');
    v_create text := substring(p_definition FROM '^(.*?\n\)[^;]*;)');
    v_expected text := format('%I.%I', engine_schema(), v_name || '_expected');
    v_existing regclass := to_regclass(format('%I.%I', api_schema(), v_name));
    v_added text[];
BEGIN
    IF v_existing IS NULL THEN
        EXECUTE with_schemas(p_definition);
        INSERT INTO installed_tables (name, created) VALUES (v_name, true);
        RETURN;
    END IF;

    EXECUTE 'CREATE TABLE ' || v_expected || substring(v_create FROM '^CREATE TABLE \S+(.*)$');
    PERFORM assert_adoptable(v_existing, v_expected::regclass);
    v_added := add_missing_columns(v_existing, v_expected::regclass);
    EXECUTE 'DROP TABLE ' || v_expected;
    -- Only indexes are created after CREATE TABLE, where missing; comments stay those of the owner.
    EXECUTE with_schemas(regexp_replace(replace(p_definition, v_create, ''), 'COMMENT ON [^;'']* IS (\s*''([^'']|'''')*'')+;', '', 'g'));
    PERFORM assert_writable(v_existing);
    INSERT INTO installed_tables (name, created, added_columns) VALUES (v_name, false, v_added);
END;
$$;

COMMENT ON FUNCTION adopt_table(text) IS 'Creates or adopts the table that p_definition, the text of its sql/ file, describes. Raises UV005 when an existing table cannot be adopted.';
