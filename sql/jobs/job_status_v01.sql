CREATE OR REPLACE FUNCTION job_status(
    p_job_id uuid
)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
/*
 * Returns the run of a job that is done, else its progress. No state is stored: running means holding the lock. VOLATILE, so
 * that sync_runs is read after the lock: a session that was running just before and is not now has written its row. At most 20
 * symbols per changed universe; the run has all.
 */
DECLARE
    v_run sync_runs;
    v_job jsonb;
    v_step record;
    v_steps text[];
BEGIN
    SELECT r.step, r.since INTO v_step FROM running_change() AS r WHERE r.run_id = p_job_id;
    SELECT r.* INTO v_run FROM sync_runs AS r WHERE r.id = p_job_id;
    SELECT to_jsonb(j) - '{id,requested_by,done}'::text[] || jsonb_build_object('job_id', j.id, 'triggered_by', j.requested_by) INTO v_job
    FROM sync_jobs AS j
    WHERE j.id = p_job_id;
    IF v_run.id IS NOT NULL THEN
        RETURN coalesce(v_job, '{}') || run_summary(v_run) || jsonb_build_object('environment', v_run.environment,
            'steps', v_run.steps, 'alerts', v_run.alerts, 'changes', (
                SELECT coalesce(jsonb_agg(c || jsonb_build_object(
                    'added', jsonb_array_length(c -> 'added'), 'removed', jsonb_array_length(c -> 'removed'),
                    'added_symbols', jsonb_path_query_array(c -> 'added', '$[0 to 19]'),
                    'removed_symbols', jsonb_path_query_array(c -> 'removed', '$[0 to 19]')) ORDER BY n), '[]')
                FROM jsonb_array_elements(v_run.changes) WITH ORDINALITY AS x (c, n)));
    END IF;
    IF v_job IS NULL AND v_step.step IS NULL THEN
        PERFORM raise_unknown_job(p_job_id);
    END IF;

    -- A run without a job: its current step is known, but not the list of its steps.
    v_steps := CASE WHEN v_job IS NOT NULL THEN run_steps(v_job ->> 'mode') || 'end'::text END;
    RETURN coalesce(v_job, jsonb_build_object('job_id', p_job_id)) || jsonb_build_object(
        'status', CASE WHEN v_step.step IS NULL THEN 'queued' ELSE 'running' END,
        'step', v_step.step, 'started_at', v_step.since,
        'percent', CASE
            WHEN v_step.step IS NULL THEN 0
            ELSE 100 * (array_position(v_steps, v_step.step) - 1) / (cardinality(v_steps) - 1)
        END);
END;
$$;

COMMENT ON FUNCTION job_status(uuid) IS 'Returns the state of a job, or of any run, as JSON. status: queued, running, completed or failed. Running: step (end: committing) and percent of the steps done (null if unknown). Done: duration_seconds, steps, changes (counts and up to 20 symbols each), alerts, error. Raises UV003 for an unknown id.';
