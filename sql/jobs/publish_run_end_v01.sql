CREATE OR REPLACE FUNCTION publish_run_end(
    p_run sync_runs
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * A run that kept its changes has published cache_sync_completed, at which readers reload. Dry runs and failures change
 * nothing, so their end is published on the progress channel only.
 */
BEGIN
    IF p_run.dry_run OR p_run.status = 'failed' THEN
        PERFORM publish_event('cache_sync_progress', run_summary(p_run)
            - '{append,force,triggered_by,started_at,finished_at,universes_held,alerts}'::text[], p_run.id);
    END IF;
END;
$$;

COMMENT ON FUNCTION publish_run_end(sync_runs) IS 'Publishes the last cache_sync_progress of a dry or failed run: status, percent, total_changes, universes_updated, duration_seconds, error. Other runs have published cache_sync_completed.';
