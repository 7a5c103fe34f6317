CREATE OR REPLACE FUNCTION run_events(
    p_run sync_runs
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* Groups first, the run's own event last: a subscriber that receives cache_sync_completed has received everything. */
    SELECT universe_events_of(p_run.changes)
        || coalesce((
            SELECT jsonb_agg(jsonb_build_object('event', 'ipo_assigned', 'payload', jsonb_build_object(
                'symbol', i.symbol, 'list_date', s.list_date, 'themes', ARRAY(
                    SELECT t.name
                    FROM group_memberships AS m
                    JOIN definition_groups AS t ON t.id = m.group_id AND t.type = 'THEME'
                    WHERE m.symbol = i.symbol AND t.environment = p_run.environment
                    ORDER BY t.name))) ORDER BY i.symbol)
            FROM jsonb_array_elements(p_run.changes) AS c
            CROSS JOIN jsonb_array_elements_text(c -> 'added') AS i (symbol)
            JOIN symbols AS s ON s.symbol = i.symbol
            WHERE c ->> 'type' = 'IPO' AND NOT (c ->> 'held')::boolean AND p_run.mode NOT IN ('rollback', 'import')
        ), '[]')
        || coalesce((
            SELECT jsonb_build_array(jsonb_build_object('event', 'delisting_cleanup', 'payload', jsonb_build_object(
                'symbols', jsonb_agg(DISTINCT r.symbol), 'memberships_removed', count(*))))
            FROM jsonb_array_elements(p_run.changes) AS c
            CROSS JOIN jsonb_array_elements_text(c -> 'removed') AS r (symbol)
            JOIN symbols AS s ON s.symbol = r.symbol AND NOT s.active
            WHERE NOT (c ->> 'held')::boolean
            HAVING count(*) > 0
        ), '[]')
        || coalesce((
            SELECT jsonb_agg(jsonb_build_object('event', 'alert', 'payload', a || jsonb_build_object('job_id', p_run.id)))
            FROM jsonb_array_elements(p_run.alerts) AS a
        ), '[]')
        || jsonb_build_array(jsonb_build_object('event', 'cache_sync_completed', 'payload', jsonb_build_object(
            'job_id', p_run.id, 'status', 'completed', 'mode', p_run.mode, 'total_changes', p_run.total_changes,
            'universes_updated', (SELECT count(*) FROM jsonb_array_elements(p_run.changes) AS c WHERE NOT (c ->> 'held')::boolean),
            'duration_seconds', round(extract(epoch FROM clock_timestamp() - p_run.started_at), 3))))
$$;

COMMENT ON FUNCTION run_events(sync_runs) IS 'Returns the events of a run as an array for publish_events: universe_updated per changed group, ipo_assigned per new stock, delisting_cleanup, alert, and cache_sync_completed last (duration in seconds).';
