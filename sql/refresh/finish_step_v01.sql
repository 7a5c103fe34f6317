CREATE OR REPLACE FUNCTION finish_step(
    p_run sync_runs,
    p_step text,
    p_started timestamptz,
    p_counts jsonb
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Adds a row to the run's steps, raises a NOTICE with the same as JSON in its detail, and writes the next step into
 * application_name.
 */
DECLARE
    v_steps text[] := run_steps(p_run.mode);
    v_position integer := array_position(v_steps, p_step);
    v_milliseconds numeric := round(extract(epoch FROM clock_timestamp() - p_started) * 1000, 3);
    v_report jsonb := jsonb_build_object('step', p_step, 'milliseconds', v_milliseconds) || p_counts;
BEGIN
    RAISE NOTICE USING
        MESSAGE = format('%s: %s ms', p_step, v_milliseconds),
        DETAIL = v_report || jsonb_build_object('run_id', p_run.id, 'mode', p_run.mode, 'position', v_position,
            'of', cardinality(v_steps), 'next', v_steps[v_position + 1]);
    PERFORM set_config('application_name',
        format('pg-universes %s %s', coalesce(v_steps[v_position + 1], 'end'), replace(p_run.id::text, '-', '')), true);
    p_run.steps := p_run.steps || v_report;
    RETURN p_run;
END;
$$;

COMMENT ON FUNCTION finish_step(sync_runs, text, timestamptz, jsonb) IS 'Reports a finished step that began at p_started, as a NOTICE and in application_name, and returns the run with the report added: step, milliseconds and p_counts.';
