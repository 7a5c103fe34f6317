CREATE OR REPLACE FUNCTION install_file(
    p_path text,
    p_version integer,
    p_definition text,
    p_objects jsonb,
    p_adopt boolean,
    p_change text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Creates the objects of a file of sql/ and records them, or brings those of another version to this one: p_change is what to
 * execute then, see replace_file. p_adopt: a table that may exist already, see adopt_table.
 */
BEGIN
    IF EXISTS (SELECT FROM installed_files AS f WHERE f.path = p_path) THEN
        PERFORM replace_file(p_path, p_version, p_definition, p_objects, p_change);
        RETURN;
    END IF;
    IF p_adopt THEN
        PERFORM adopt_table(p_definition);
    ELSE
        EXECUTE with_schemas(p_definition);
    END IF;
    PERFORM register_file(p_path, p_version, p_definition, p_objects);
END;
$$;

COMMENT ON FUNCTION install_file(text, integer, text, jsonb, boolean, text) IS 'Installs one version of a file of sql/, whose text is p_definition, and records its objects.';
