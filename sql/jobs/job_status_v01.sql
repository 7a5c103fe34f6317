CREATE OR REPLACE FUNCTION job_status(
    p_job_id uuid
)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Where a job stands, for whoever polls: its run when it is done, else how far it has come. Nothing of it is remembered
 * anywhere: running is what holds the lock. Of each universe that changed at most 20 symbols are named; the run has all.
 */
DECLARE
    v_run sync_runs;
    v_job jsonb;
    v_step record;
    v_steps text[];
BEGIN
    SELECT r.* INTO v_run FROM sync_runs AS r WHERE r.id = p_job_id;
    SELECT to_jsonb(j) - '{id,requested_by}'::text[] || jsonb_build_object('job_id', j.id, 'triggered_by', j.requested_by) INTO v_job
    FROM sync_jobs AS j
    WHERE j.id = p_job_id;
    IF v_run.id IS NOT NULL THEN
        RETURN coalesce(v_job, '{}') || run_summary(v_run) || jsonb_build_object('environment', v_run.environment, 'percent', 100,
            'steps', v_run.steps, 'alerts', v_run.alerts, 'changes', (
                SELECT coalesce(jsonb_agg(c || jsonb_build_object(
                    'added', jsonb_array_length(c -> 'added'), 'removed', jsonb_array_length(c -> 'removed'),
                    'added_symbols', jsonb_path_query_array(c -> 'added', '$[0 to 19]'),
                    'removed_symbols', jsonb_path_query_array(c -> 'removed', '$[0 to 19]')) ORDER BY n), '[]')
                FROM jsonb_array_elements(v_run.changes) WITH ORDINALITY AS x (c, n)));
    END IF;

    SELECT r.step, r.since INTO v_step FROM running_change() AS r WHERE r.run_id = p_job_id;
    IF v_job IS NULL AND v_step.step IS NULL THEN
        PERFORM no_such_job(p_job_id);
    END IF;
    v_steps := run_steps(v_job ->> 'mode');
    RETURN coalesce(v_job, jsonb_build_object('job_id', p_job_id)) || jsonb_build_object(
        'status', CASE WHEN v_step.step IS NULL THEN 'queued' ELSE 'running' END,
        'step', v_step.step, 'started_at', v_step.since,
        'percent', coalesce(100 * (array_position(v_steps, v_step.step) - 1) / cardinality(v_steps), 0));
END;
$$;

COMMENT ON FUNCTION job_status(uuid) IS 'A job, or any run, as JSON. status: queued, running (step, percent of the steps done), completed, failed; done ones with duration_seconds, steps, changes (numbers, and up to 20 symbols each), alerts, error. Raises UV003 for an unknown id.';
