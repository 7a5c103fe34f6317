CREATE OR REPLACE FUNCTION next_job(
    p_environment text
)
RETURNS TABLE (
    job_id uuid,
    mode text,
    requested_by text,
    busy boolean
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT j.id, j.mode, j.requested_by, EXISTS (SELECT FROM running_change())
    FROM waiting_jobs AS j
    WHERE j.environment = p_environment
    ORDER BY j.requested_at, j.id
    LIMIT 1
$$;

COMMENT ON FUNCTION next_job(text) IS 'Returns the oldest waiting job of an environment; no row if none waits. busy: a refresh or load is running (possibly this job), so run_job would raise UV001.';
