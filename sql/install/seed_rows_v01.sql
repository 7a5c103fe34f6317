CREATE OR REPLACE FUNCTION seed_rows(
    p_definition text
)
RETURNS TABLE (relation text, key jsonb, content jsonb, place integer)
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Executes the text of a seed on empty temporary copies of its tables and returns the rows they then hold, each with its primary
 * key. place is the order of the tables in the text.
 */
DECLARE
    v_tables text[] := ARRAY(
        SELECT m.found[1] FROM regexp_matches(p_definition, '^INSERT INTO (?:@\w+@\.)?(\w+)', 'gn') WITH ORDINALITY AS m (found, nth)
        GROUP BY 1 ORDER BY min(m.nth)
    );
    v_path text := current_setting('search_path');
    v_key text[];
    v_place integer;
BEGIN
    FOREACH relation IN ARRAY v_tables LOOP
        EXECUTE format('CREATE TEMPORARY TABLE %I (LIKE %s INCLUDING ALL)', relation, relation::regclass);
    END LOOP;
    PERFORM set_config('search_path', 'pg_temp, ' || v_path, true);
    EXECUTE regexp_replace(p_definition, '^(INSERT INTO )@\w+@\.', '\1', 'gn');
    PERFORM set_config('search_path', v_path, true);

    FOR v_place IN 1..cardinality(v_tables) LOOP
        relation := v_tables[v_place];
        place := v_place;
        v_key := ARRAY(
            SELECT a.attname
            FROM pg_index AS i
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = relation::regclass AND i.indisprimary
        );
        FOR content IN EXECUTE format('SELECT to_jsonb(t) FROM pg_temp.%I AS t', relation) LOOP
            key := coalesce((SELECT jsonb_object_agg(k, content -> k) FROM unnest(v_key) AS k), content);
            RETURN NEXT;
        END LOOP;
        EXECUTE format('DROP TABLE pg_temp.%I', relation);
    END LOOP;
END;
$$;

COMMENT ON FUNCTION seed_rows(text) IS 'Rows that the text of a seed inserts into empty tables, with their primary keys. Changes nothing.';
