CREATE OR REPLACE FUNCTION raise_unknown_job(
    p_job_id uuid
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/* Raises UV003 for an id without job and run. */
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'UV003',
        MESSAGE = format('there is no job or run %s', p_job_id),
        HINT = format('SELECT id, mode, started_at FROM sync_runs lists the runs, %I.waiting_jobs the jobs that wait.', engine_schema());
END;
$$;

COMMENT ON FUNCTION raise_unknown_job(uuid) IS 'Raises UV003: no job and no run has the id p_job_id.';
