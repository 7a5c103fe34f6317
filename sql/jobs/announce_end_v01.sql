CREATE OR REPLACE FUNCTION announce_end(
    p_run sync_runs
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * A run that kept its changes has published cache_sync_completed, which tells readers to look again. After a dry run or a
 * failure there is nothing to look at: those end on the progress channel, for whoever watches.
 */
BEGIN
    IF p_run.dry_run OR p_run.status = 'failed' THEN
        PERFORM publish_event('cache_sync_progress', run_summary(p_run)
            - '{append,force,triggered_by,started_at,finished_at,universes_held,alerts}'::text[], p_run.id);
    END IF;
END;
$$;

COMMENT ON FUNCTION announce_end(sync_runs) IS 'Publishes the last cache_sync_progress of a dry run or a failed run: status, percent, total_changes, universes_updated, duration_seconds, error.';
