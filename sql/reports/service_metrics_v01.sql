CREATE OR REPLACE FUNCTION service_metrics(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* Buckets of a Prometheus histogram: number of runs that took at most that many seconds. Dry runs are counted separately. */
    SELECT jsonb_build_object(
        'runs', (
            SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.mode, x.status), '[]')
            FROM (
                SELECT run.mode, run.status, count(*) AS count, round(sum(run.seconds), 3) AS seconds, jsonb_build_object(
                        '0.1', count(*) FILTER (WHERE run.seconds <= 0.1),
                        '0.25', count(*) FILTER (WHERE run.seconds <= 0.25),
                        '0.5', count(*) FILTER (WHERE run.seconds <= 0.5),
                        '1', count(*) FILTER (WHERE run.seconds <= 1),
                        '2.5', count(*) FILTER (WHERE run.seconds <= 2.5),
                        '5', count(*) FILTER (WHERE run.seconds <= 5),
                        '10', count(*) FILTER (WHERE run.seconds <= 10),
                        '30', count(*) FILTER (WHERE run.seconds <= 30),
                        '60', count(*) FILTER (WHERE run.seconds <= 60),
                        '300', count(*) FILTER (WHERE run.seconds <= 300)) AS buckets
                FROM (
                    SELECT r.mode, CASE WHEN r.dry_run AND r.status = 'completed' THEN 'dry_run' ELSE r.status END AS status,
                        extract(epoch FROM r.finished_at - r.started_at) AS seconds
                    FROM sync_runs AS r
                    WHERE r.environment = p_environment
                ) AS run
                GROUP BY run.mode, run.status
            ) AS x
        ),
        'total_changes', (
            SELECT coalesce(sum(r.total_changes), 0)
            FROM sync_runs AS r
            WHERE r.environment = p_environment AND r.status = 'completed' AND NOT r.dry_run
        ),
        'last_completed', (
            SELECT round(extract(epoch FROM max(r.finished_at)), 3)
            FROM sync_runs AS r
            WHERE r.environment = p_environment AND r.status = 'completed' AND NOT r.dry_run
        ),
        'jobs_waiting', (SELECT count(*) FROM waiting_jobs AS j WHERE j.environment = p_environment),
        'events_waiting', e.events,
        'event_lag_seconds', e.seconds_waiting)
    FROM unpublished_events AS e
$$;

COMMENT ON FUNCTION service_metrics(text) IS 'Returns the metrics of the service for Prometheus as JSON: runs of an environment by mode and status (completed, failed, dry_run) with count, seconds and a histogram of durations; total_changes of runs that kept theirs; when the last of those ended (seconds since 1970, null before the first); number of waiting jobs and events, and age of the oldest event in seconds.';
