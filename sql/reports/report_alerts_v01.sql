CREATE OR REPLACE FUNCTION report_alerts(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (alert text, subject text, value numeric, allowed numeric, unit text, since timestamptz, detail text)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    WITH full_run AS (
        SELECT r.alerts, r.started_at
        FROM sync_runs AS r
        WHERE r.environment = p_environment AND r.mode = 'full' AND r.status = 'completed' AND NOT r.dry_run
        ORDER BY r.started_at DESC
        LIMIT 1
    ), last_run AS (
        SELECT r.mode, r.status, r.started_at, r.error
        FROM sync_runs AS r
        WHERE r.environment = p_environment AND NOT r.dry_run
        ORDER BY r.started_at DESC
        LIMIT 1
    ), file AS (
        -- Latest result of every file: an incremental load repeats it while the file exists.
        SELECT DISTINCT ON (l.kind, f ->> 'name') l.kind, l.started_at, f
        FROM (
            SELECT x.kind, x.started_at, x.files
            FROM load_runs AS x
            WHERE x.environment = p_environment AND NOT x.dry_run AND x.kind IN (SELECT k.kind FROM load_kinds AS k WHERE NOT k.is_market_data)
            ORDER BY x.started_at DESC
            LIMIT 50
        ) AS l
        CROSS JOIN LATERAL jsonb_array_elements(l.files) AS f
        ORDER BY l.kind, f ->> 'name', l.started_at DESC
    )
    SELECT 'run_failed', format('the last run (%s)', r.mode), NULL::numeric, NULL::numeric, NULL, r.started_at, r.error ->> 'message'
    FROM last_run AS r
    WHERE r.status = 'failed'
    UNION ALL
    SELECT a ->> 'alert', a ->> 'subject', (a ->> 'value')::numeric, (a ->> 'limit')::numeric, a ->> 'unit', r.started_at, NULL
    FROM full_run AS r
    CROSS JOIN LATERAL jsonb_array_elements(r.alerts) AS a
    WHERE a ->> 'alert' <> 'alert_event_lag_minutes' -- Measured now, not when the run ended.
    UNION ALL
    SELECT s.name, 'the oldest event waiting for Redis', round(e.seconds_waiting / 60, 2), s.value, s.unit, e.oldest_created_at,
        format('%s events wait: is universes relay running?', e.events)
    FROM unpublished_events AS e
    JOIN settings AS s ON s.name = 'alert_event_lag_minutes' AND e.seconds_waiting / 60 > s.value
    UNION ALL
    SELECT 'file_' || (f.f ->> 'status'), format('%s file %s', f.kind, f.f ->> 'name'), NULL, NULL, NULL, f.started_at,
        coalesce(f.f #>> '{problem,message}', (SELECT string_agg(h, ' ') FROM jsonb_array_elements_text(f.f -> 'held_by') AS h))
    FROM file AS f
    WHERE f.f ->> 'status' IN ('held', 'rejected')
$$;

COMMENT ON FUNCTION report_alerts(text) IS 'Returns the open alerts: the last run if it failed, alerts of the last completed full run, events that have waited too long, and files that the last load held or rejected. value, allowed: in unit; NULL if there is no limit.';
