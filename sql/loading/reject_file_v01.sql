CREATE OR REPLACE FUNCTION reject_file(
    p_file integer,
    p_problem jsonb
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    UPDATE staged_files SET status = 'rejected', problem = p_problem WHERE file = p_file;
$$;

COMMENT ON FUNCTION reject_file(integer, jsonb) IS 'Rejects a file whose COPY failed and was rolled back to a savepoint. p_problem: message, line, column, value, remedy.';
