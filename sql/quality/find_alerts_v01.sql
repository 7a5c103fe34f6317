CREATE OR REPLACE FUNCTION find_alerts(
    p_run sync_runs
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* Each limit is a row of settings; value and limit are in the unit of that row. */
    WITH measured AS (
        SELECT 'alert_run_minutes' AS setting, 'the refresh' AS subject,
            extract(epoch FROM clock_timestamp() - p_run.started_at) / 60 AS value
        UNION ALL
        SELECT 'alert_uncapped_percent', 'active stocks without a computable market cap',
            (SELECT count(*) FROM uncapped_stocks) * 100.0
                / nullif((SELECT count(*) FROM active_stocks), 0)
        UNION ALL
        SELECT 'alert_changed_percent', format('%s %s', c ->> 'type', c ->> 'name'),
            greatest(jsonb_array_length(c -> 'added'), jsonb_array_length(c -> 'removed')) * 100.0
                / nullif((c ->> 'members_before')::bigint, 0)
        FROM jsonb_array_elements(p_run.changes) AS c
        WHERE NOT (c ->> 'held')::boolean
        UNION ALL
        SELECT 'alert_event_lag_minutes', 'the oldest event waiting for Redis',
            extract(epoch FROM clock_timestamp() - min(e.created_at)) / 60
        FROM universe_events AS e
        WHERE e.published_at IS NULL
    )
    SELECT coalesce(jsonb_agg(a.alert), '[]')
    FROM (
        SELECT jsonb_build_object('alert', m.setting, 'subject', m.subject, 'value', round(m.value, 2),
            'limit', s.value, 'unit', s.unit) AS alert
        FROM measured AS m
        JOIN settings AS s ON s.name = m.setting
        WHERE m.value > s.value
        UNION ALL
        SELECT jsonb_build_object('alert', 'held', 'subject', format('%s %s', c ->> 'type', c ->> 'name'),
            'value', jsonb_array_length(c -> 'removed'), 'limit', c -> 'members_before', 'unit', 'members')
        FROM jsonb_array_elements(p_run.changes) AS c
        WHERE (c ->> 'held')::boolean
    ) AS a
$$;

COMMENT ON FUNCTION find_alerts(sync_runs) IS 'Returns the alerts of a run: limits of settings that it exceeded, and groups that membership_guards held back.';
