CREATE OR REPLACE FUNCTION run_statistics(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
    /* Durations are those of runs that kept their changes: dry runs and failures would distort them. */
    WITH run AS (
        SELECT r.*, extract(epoch FROM r.finished_at - r.started_at) AS seconds, r.status = 'completed' AND NOT r.dry_run AS counts
        FROM sync_runs AS r
        WHERE r.environment = p_environment
    )
    SELECT jsonb_build_object(
        'runs', count(*),
        'completed', count(*) FILTER (WHERE run.counts),
        'failed', count(*) FILTER (WHERE run.status = 'failed'),
        'dry_runs', count(*) FILTER (WHERE run.dry_run),
        'waiting', (SELECT count(*) FROM waiting_jobs AS j WHERE j.environment = p_environment),
        'total_changes', coalesce(sum(run.total_changes) FILTER (WHERE run.counts), 0),
        'duration_seconds', jsonb_build_object(
            'median', round((percentile_cont(0.5) WITHIN GROUP (ORDER BY run.seconds) FILTER (WHERE run.counts))::numeric, 3),
            'p95', round((percentile_cont(0.95) WITHIN GROUP (ORDER BY run.seconds) FILTER (WHERE run.counts))::numeric, 3),
            'longest', round(max(run.seconds) FILTER (WHERE run.counts), 3)),
        'last_completed_at', max(run.finished_at) FILTER (WHERE run.counts),
        'last_failed_at', max(run.finished_at) FILTER (WHERE run.status = 'failed'),
        'last_run', (SELECT run_summary(r) FROM sync_runs AS r WHERE r.environment = p_environment ORDER BY r.started_at DESC LIMIT 1))
    FROM run
$$;

COMMENT ON FUNCTION run_statistics(text) IS 'Returns statistics of the runs of an environment as JSON: numbers completed, failed and dry, durations in seconds of the runs that kept their changes, times of the last completed and failed run (UTC), and the last run.';
