CREATE OR REPLACE FUNCTION fail_run(
    p_run sync_runs,
    p_error jsonb
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* The work of the run has been rolled back; this turns it into a failed run and announces it to administrators. */
BEGIN
    p_run.status := 'failed';
    p_run.error := jsonb_strip_nulls(p_error);
    p_run.changes := '[]';
    p_run.alerts := '[]';
    p_run.total_changes := 0;
    PERFORM publish_event('sync_failed', jsonb_build_object(
        'job_id', p_run.id, 'status', 'failed', 'mode', p_run.mode, 'error', p_error - 'context'), p_run.id);
    RETURN p_run;
END;
$$;

COMMENT ON FUNCTION fail_run(sync_runs, jsonb) IS 'Marks a run as failed with p_error (sqlstate, message, detail, hint, context) and publishes sync_failed.';
