CREATE OR REPLACE FUNCTION remove_file(
    p_path text
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    SELECT drop_objects(p_path);
    DELETE FROM installed_files WHERE path = p_path;
$$;

COMMENT ON FUNCTION remove_file(text) IS 'Drops the objects of a file of sql/ and deletes its records.';
