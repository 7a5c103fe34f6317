CREATE OR REPLACE FUNCTION run_job(
    p_job_id uuid
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Runs a job under its own id in the caller's transaction. Looks at sync_runs after taking the lock, so of two workers only one
 * runs it. A NOTICE with the JSON of finish_step, position 0, reports the start: after a restart, the new start.
 */
DECLARE
    v_job sync_jobs;
    v_run sync_runs;
    v_steps text[];
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
    v_steps := run_steps(v_job.mode);
    RAISE NOTICE USING
        MESSAGE = format('%s: %s begins', p_job_id, v_job.mode),
        DETAIL = jsonb_build_object('run_id', p_job_id, 'mode', v_job.mode, 'step', NULL, 'position', 0, 'of', cardinality(v_steps),
            'next', v_steps[1]);
    v_run := refresh_universes(v_job.mode, v_job.append, v_job.dry_run, v_job.force, v_job.environment, v_job.requested_by, v_job.id);
    PERFORM publish_run_end(v_run);
    UPDATE sync_jobs AS j SET done = true WHERE j.id = p_job_id;
    RETURN v_run;
END;
$$;

COMMENT ON FUNCTION run_job(uuid) IS 'Runs a job of sync_jobs and returns its run; returns the existing run if the job is done. Raises UV001 (another refresh or load is running) and UV003 (unknown job).';
