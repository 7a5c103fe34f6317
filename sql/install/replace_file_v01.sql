CREATE OR REPLACE FUNCTION replace_file(
    p_path text,
    p_version integer,
    p_definition text,
    p_objects jsonb,
    p_change text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Brings an installed file to another version, higher or lower. What cannot be changed in place is dropped together with its
 * dependants, the farthest first and without CASCADE, and all of it recreated, with its owner, privileges, disabled triggers and
 * storage parameters. A table is altered and never dropped. p_change is what to execute: the text of the version, or the ALTERs
 * of a table.
 */
DECLARE
    v_table boolean := EXISTS (SELECT FROM installed_objects AS o WHERE o.path = p_path AND o.kind = 'TABLE');
    v_dependants text[] := '{}';
    v_rights jsonb := saved_rights(p_path, p_definition, '{}');
    v_states jsonb := saved_states(p_path, '{}');
    v_file text;
    v_checked text := current_setting('check_function_bodies');
BEGIN
    IF p_objects = '[]' AND NOT EXISTS (SELECT FROM installed_objects AS o WHERE o.path = p_path) THEN
        PERFORM merge_seed_rows((SELECT f.definition FROM installed_files AS f WHERE f.path = p_path), p_definition);
    ELSIF NOT changed_in_place(p_path, p_change, p_objects) THEN
        PERFORM assert_rebuildable(p_path);
        v_dependants := ARRAY(
            SELECT d.path
            FROM dependants_of(p_path) AS d
            WHERE d.path IS NOT NULL
                AND NOT EXISTS (SELECT FROM package_objects AS o WHERE o.path = d.path AND o.kind = 'TABLE')
            GROUP BY d.path
            ORDER BY max(d.depth) DESC, d.path
        );
        v_rights := saved_rights(p_path, p_definition, v_dependants);
        v_states := saved_states(p_path, v_dependants);
        FOREACH v_file IN ARRAY v_dependants LOOP
            PERFORM drop_objects(v_file);
        END LOOP;
        IF NOT v_table THEN
            PERFORM drop_objects(p_path);
        END IF;
        PERFORM execute_change(p_path, p_change);
        -- Function bodies call each other without recorded dependencies.
        PERFORM set_config('check_function_bodies', 'off', true);
        FOR i IN REVERSE cardinality(v_dependants)..1 LOOP
            EXECUTE with_schemas((SELECT f.definition FROM installed_files AS f WHERE f.path = v_dependants[i]));
        END LOOP;
        PERFORM set_config('check_function_bodies', v_checked, true);
    END IF;
    PERFORM register_file(p_path, p_version, p_definition, p_objects);
    PERFORM restore_states(v_states);
    PERFORM restore_rights(v_rights);
END;
$$;

COMMENT ON FUNCTION replace_file(text, integer, text, jsonb, text) IS 'Brings an installed file of sql/ to another version, with its dependants, rows, owner, privileges and states kept. Raises UV005 if objects of others depend on it.';
