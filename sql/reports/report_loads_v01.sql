CREATE OR REPLACE FUNCTION report_loads(
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
    files bigint,
    loaded bigint,
    unchanged bigint,
    held bigint,
    rejected bigint,
    triggered_by text,
    id uuid
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    WITH latest AS (
        SELECT l.*
        FROM load_runs AS l
        WHERE l.environment = p_environment OR l.kind IN (SELECT k.kind FROM load_kinds AS k WHERE k.is_market_data)
        ORDER BY l.started_at DESC
        LIMIT p_limit
    )
    SELECT
        l.kind,
        concat_ws(', ', l.mode, CASE WHEN l.force THEN 'force' END),
        CASE
            WHEN f.rejected > 0 THEN 'rejected'
            WHEN greatest(f.held, c.held) > 0 THEN 'held'
            WHEN f.loaded > 0 THEN 'loaded'
            ELSE 'unchanged'
        END,
        l.dry_run,
        l.started_at,
        round(extract(epoch FROM l.finished_at - l.started_at) * 1000, 1),
        l.total_changes,
        f.files,
        f.loaded,
        f.unchanged,
        greatest(f.held, c.held),
        f.rejected,
        l.triggered_by,
        l.id
    FROM latest AS l
    CROSS JOIN LATERAL (
        SELECT count(*) AS files,
            count(*) FILTER (WHERE e ->> 'status' = 'loaded') AS loaded,
            count(*) FILTER (WHERE e ->> 'status' = 'unchanged') AS unchanged,
            count(*) FILTER (WHERE e ->> 'status' = 'held') AS held,
            count(*) FILTER (WHERE e ->> 'status' = 'rejected') AS rejected
        FROM jsonb_array_elements(l.files) AS e
    ) AS f
    CROSS JOIN LATERAL (
        -- A universe whose file is gone may be held, too.
        SELECT count(*) AS held
        FROM jsonb_path_query(l.changes, '$[*] ? (@.held == true)')
    ) AS c
    ORDER BY l.started_at DESC
$$;

COMMENT ON FUNCTION report_loads(text, integer) IS 'Returns the last p_limit loads, latest first, with the number of files by result. status: the worst of the files (rejected, held, loaded, unchanged). held: files, or universes without a file, that a guard kept out. Loads of market data belong to every environment.';
