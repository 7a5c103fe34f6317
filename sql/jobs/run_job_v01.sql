CREATE OR REPLACE FUNCTION run_job(
    p_job_id uuid
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Runs a job, in the caller's one transaction, under the job's id. Called again for a job that is done it returns the run
 * there is: the look at sync_runs comes after the lock, so of two workers one works.
 * A dry run and a failure leave no cache_sync_completed behind: the last message on the progress channel says the end.
 */
DECLARE
    v_job sync_jobs;
    v_run sync_runs;
BEGIN
    PERFORM lock_universes('the job');
    SELECT r.* INTO v_run FROM sync_runs AS r WHERE r.id = p_job_id;
    IF FOUND THEN
        RETURN v_run;
    END IF;
    SELECT j.* INTO v_job FROM sync_jobs AS j WHERE j.id = p_job_id;
    IF NOT FOUND THEN
        PERFORM no_such_job(p_job_id);
    END IF;
    v_run := refresh_universes(v_job.mode, v_job.append, v_job.dry_run, v_job.force, v_job.environment, v_job.requested_by, v_job.id);
    PERFORM announce_end(v_run);
    RETURN v_run;
END;
$$;

COMMENT ON FUNCTION run_job(uuid) IS 'Runs a job of sync_jobs and returns its run, or the run there is when it is done. Raises UV001 (another refresh or load is running) and UV003 (no such job).';
