CREATE OR REPLACE FUNCTION register_file(
    p_path text,
    p_version integer,
    p_definition text,
    p_objects jsonb
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    /* p_objects is an array of {kind, identity}, in the order of creation. */
    INSERT INTO installed_files (path, version, definition)
    VALUES (p_path, p_version, p_definition)
    ON CONFLICT (path) DO UPDATE SET version = excluded.version, definition = excluded.definition;

    DELETE FROM installed_objects WHERE path = p_path;

    INSERT INTO installed_objects (kind, identity, path, position)
    SELECT o.value ->> 'kind', with_schemas(o.value ->> 'identity'), p_path, o.ordinality
    FROM jsonb_array_elements(p_objects) WITH ORDINALITY AS o;
$$;

COMMENT ON FUNCTION register_file(text, integer, text, jsonb) IS 'Records in installed_files and installed_objects what a file of sql/ has created.';
