CREATE OR REPLACE FUNCTION report_runs(
    p_environment text DEFAULT 'DEFAULT',
    p_limit integer DEFAULT 10
)
RETURNS TABLE (
    kind text,
    mode text,
    status text,
    dry_run boolean,
    started_at timestamptz,
    duration_ms numeric,
    changes bigint,
    universes bigint,
    held bigint,
    alerts bigint,
    triggered_by text,
    error text,
    id uuid
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    WITH latest AS (
        SELECT r.*
        FROM sync_runs AS r
        WHERE r.environment = p_environment
        ORDER BY r.started_at DESC
        LIMIT p_limit
    )
    SELECT
        CASE WHEN r.mode IN ('rollback', 'import') THEN r.mode ELSE 'refresh' END,
        concat_ws(', ', r.mode, CASE WHEN r.append THEN 'append' END, CASE WHEN r.force THEN 'force' END),
        r.status,
        r.dry_run,
        r.started_at,
        round(extract(epoch FROM r.finished_at - r.started_at) * 1000, 1),
        r.total_changes::bigint,
        jsonb_array_length(r.changes) - c.held,
        c.held,
        jsonb_array_length(r.alerts)::bigint,
        r.triggered_by,
        r.error ->> 'message',
        r.id
    FROM latest AS r
    CROSS JOIN LATERAL (
        SELECT count(*) AS held FROM jsonb_path_query(r.changes, '$[*] ? (@.held == true)')
    ) AS c
    ORDER BY r.started_at DESC
$$;

COMMENT ON FUNCTION report_runs(text, integer) IS 'Returns the last p_limit runs, latest first. kind: refresh, rollback or import. changes: members added, removed and updated. universes: number changed. held: number that a guard kept unchanged. error: message of a failed run.';
