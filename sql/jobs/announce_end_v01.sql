CREATE OR REPLACE FUNCTION announce_end(
    p_run sync_runs
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* A run that kept its changes has published cache_sync_completed; a dry run and a failure end on the progress channel. */
BEGIN
    IF p_run.dry_run OR p_run.status = 'failed' THEN
        PERFORM publish_event('cache_sync_progress', jsonb_build_object('job_id', p_run.id, 'mode', p_run.mode, 'status', p_run.status,
            'dry_run', p_run.dry_run, 'percent', CASE WHEN p_run.status = 'completed' THEN 100 END, 'total_changes', p_run.total_changes,
            'error', p_run.error - 'context'), p_run.id);
    END IF;
END;
$$;

COMMENT ON FUNCTION announce_end(sync_runs) IS 'Publishes the last cache_sync_progress of a dry run or a failed run: status, total_changes, error.';
