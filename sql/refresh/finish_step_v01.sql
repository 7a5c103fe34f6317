CREATE OR REPLACE FUNCTION finish_step(
    p_step text,
    p_started timestamptz,
    p_counts jsonb,
    p_next text
)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Report of one step: a NOTICE for the caller, application_name for whoever watches, an object for sync_runs.steps. */
DECLARE
    v_milliseconds numeric := round(extract(epoch FROM clock_timestamp() - p_started) * 1000, 3);
BEGIN
    RAISE NOTICE '%: % ms %', p_step, v_milliseconds, p_counts;
    PERFORM set_config('application_name', 'pg-universes refresh: ' || p_next, true);
    RETURN jsonb_build_object('step', p_step, 'milliseconds', v_milliseconds) || p_counts;
END;
$$;

COMMENT ON FUNCTION finish_step(text, timestamptz, jsonb, text) IS 'Announces the end of one step of a refresh, and that p_next begins, and returns the step''s report.';
