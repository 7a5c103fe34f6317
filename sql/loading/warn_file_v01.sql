CREATE OR REPLACE FUNCTION warn_file(
    p_file integer,
    p_warnings jsonb
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    UPDATE staged_files AS f SET warnings = f.warnings || p_warnings WHERE f.file = p_file;
$$;

COMMENT ON FUNCTION warn_file(integer, jsonb) IS 'Adds sentences to the warnings of a staged file: what its reader left out.';
