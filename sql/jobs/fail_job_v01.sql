CREATE OR REPLACE FUNCTION fail_job(
    p_job_id uuid,
    p_error jsonb
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Ends a job that could not start (a missing right, a full disk): without a row in sync_runs it would be retried forever. Looks
 * at sync_runs after taking the lock, so a job that has been done meanwhile returns its run.
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
        PERFORM raise_unknown_job(p_job_id);
    END IF;
    v_run := start_run(v_job.mode, v_job.append, v_job.dry_run, v_job.force, v_job.environment, v_job.requested_by, v_job.id);
    v_run := fail_run(v_run, p_error);
    v_run.finished_at := clock_timestamp();
    PERFORM publish_run_end(v_run);
    INSERT INTO sync_runs SELECT v_run.*;
    UPDATE sync_jobs AS j SET done = true WHERE j.id = p_job_id;
    RETURN v_run;
END;
$$;

COMMENT ON FUNCTION fail_job(uuid, jsonb) IS 'Records a job that could not start as failed with p_error (sqlstate, message, detail, hint), publishes sync_failed and returns the run; returns the existing run if the job is done. Raises UV001 (another refresh or load is running) and UV003 (unknown job).';
