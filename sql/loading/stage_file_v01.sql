CREATE OR REPLACE FUNCTION stage_file(
    p_file integer,
    p_first_line bigint DEFAULT 2
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    SELECT set_config('universes.staged_file', p_file::text, true), setval('staging_line', p_first_line, false);
$$;

COMMENT ON FUNCTION stage_file(integer, bigint) IS 'Assigns the rows of the following COPY into a staging table to the file p_file and numbers them from p_first_line, the line after the header.';
