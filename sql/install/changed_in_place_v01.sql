CREATE OR REPLACE FUNCTION changed_in_place(
    p_path text,
    p_change text,
    p_objects jsonb
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Executes the new text over the installed objects, in a sub-transaction. False, with nothing changed, if the objects have other
 * names or argument types than before, or PostgreSQL can make this change only by dropping something first.
 */
BEGIN
    IF NOT EXISTS (SELECT FROM installed_objects AS o WHERE o.path = p_path AND o.kind = 'TABLE') AND (
        SELECT jsonb_agg((n.value ->> 'kind') || with_schemas(n.value ->> 'identity') ORDER BY n.ordinality)
        FROM jsonb_array_elements(p_objects) WITH ORDINALITY AS n
    ) IS DISTINCT FROM (
        SELECT jsonb_agg(o.kind || o.identity ORDER BY o.position) FROM installed_objects AS o WHERE o.path = p_path
    ) THEN
        RETURN false;
    END IF;
    EXECUTE with_schemas(regexp_replace(p_change, '^CREATE VIEW ', 'CREATE OR REPLACE VIEW ', 'n'));
    RETURN true;
EXCEPTION
    WHEN invalid_function_definition OR invalid_table_definition OR duplicate_object OR duplicate_table
        OR dependent_objects_still_exist OR feature_not_supported THEN
        RETURN false;
END;
$$;

COMMENT ON FUNCTION changed_in_place(text, text, jsonb) IS 'Executes a new version of a file of sql/ over the installed one, or returns false if its objects have to be dropped first.';
