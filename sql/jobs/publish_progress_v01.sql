CREATE OR REPLACE FUNCTION publish_progress(
    p_step jsonb
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * A run is one transaction and cannot publish before its end, so the session that receives its notices publishes them on
 * another connection. lock_events waits for a run that is writing its own events: once that has committed, progress is obsolete
 * and nothing is published.
 */
DECLARE
    v_run_id uuid := (p_step ->> 'run_id')::uuid;
BEGIN
    PERFORM lock_events();
    IF EXISTS (SELECT FROM sync_runs AS r WHERE r.id = v_run_id) THEN
        RETURN NULL;
    END IF;
    RETURN publish_event('cache_sync_progress', p_step - 'run_id' || jsonb_build_object('job_id', v_run_id, 'status', 'running',
        'percent', round(100 * (p_step ->> 'position')::numeric / (p_step ->> 'of')::numeric)), v_run_id);
END;
$$;

COMMENT ON FUNCTION publish_progress(jsonb) IS 'Publishes cache_sync_progress for a finished step of a running refresh and returns its seq; NULL if the run is over. p_step: JSON detail of the NOTICE of finish_step.';
