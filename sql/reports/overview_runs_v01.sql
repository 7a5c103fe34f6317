CREATE OR REPLACE FUNCTION overview_runs(
    p_environment text DEFAULT 'DEFAULT',
    p_limit integer DEFAULT 60
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
    /* Numbers come from the steps: reading the symbols of sixty runs would take longer than everything else. */
    WITH latest AS (
        SELECT r.*
        FROM sync_runs AS r
        WHERE r.environment = p_environment
        ORDER BY r.started_at DESC, r.id
        LIMIT p_limit
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'job_id', l.id, 'mode', l.mode, 'status', l.status, 'append', l.append, 'dry_run', l.dry_run, 'force', l.force,
        'triggered_by', l.triggered_by, 'started_at', l.started_at,
        'duration_seconds', round(extract(epoch FROM l.finished_at - l.started_at), 3),
        'total_changes', l.total_changes, 'added', s.added, 'removed', s.removed, 'updated', s.updated, 'held', s.held,
        'alerts', jsonb_array_length(l.alerts), 'error', l.error ->> 'message') ORDER BY l.started_at DESC, l.id), '[]')
    FROM latest AS l
    CROSS JOIN LATERAL (
        SELECT coalesce(sum((x ->> 'added')::bigint), 0) AS added, coalesce(sum((x ->> 'removed')::bigint), 0) AS removed,
            coalesce(sum((x ->> 'updated')::bigint), 0) AS updated, coalesce(sum((x ->> 'held')::bigint), 0) AS held
        FROM jsonb_array_elements(l.steps) AS x
    ) AS s
$$;

COMMENT ON FUNCTION overview_runs(text, integer) IS 'Returns the last p_limit runs as a JSON array, dry runs and failures included, latest first: parameters, status, duration_seconds, total_changes, members added, removed and updated, universes held, number of alerts, error message.';
