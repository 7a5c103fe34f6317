CREATE OR REPLACE FUNCTION admin_overview(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET work_mem = '32MB'
SET jit = off
AS $$
    /*
     * An environment without universes returns empty lists, not an error: a new installation looks like that. No part grows
     * with the history or the number of prices.
     */
    WITH type AS MATERIALIZED (
        SELECT overview_universes(p_environment) AS types
    ), sector AS MATERIALIZED (
        SELECT x.* FROM report_sectors(p_environment) AS x
    ), stock AS (
        SELECT
            count(t.type) AS stocks,
            count(*) FILTER (WHERE s.active AND s.type = 'ETF') AS etfs,
            count(t.type) FILTER (WHERE s.market_cap > 0) AS capped,
            count(*) AS symbols
        FROM symbols AS s
        LEFT JOIN stock_types AS t ON s.active AND t.type = s.type
    ), source AS (
        SELECT e.key AS source, coalesce(o.title, 'No source says anything') AS title, o.position, sum(e.value::bigint) AS stocks,
            round(100.0 * sum(e.value::bigint) / nullif((SELECT t.stocks FROM stock AS t), 0), 2) AS percent
        FROM sector AS x
        CROSS JOIN LATERAL jsonb_each_text(x.sources) AS e
        LEFT JOIN sector_sources AS o ON o.source = e.key
        GROUP BY e.key, o.title, o.position
    )
    SELECT jsonb_build_object(
        'environment', p_environment,
        'database', current_database(),
        'schema', api_schema(),
        'generated_at', statement_timestamp(),
        'totals', (SELECT to_jsonb(s) FROM stock AS s) || jsonb_build_object(
            'universes', (SELECT coalesce(sum((x ->> 'count')::bigint), 0) FROM jsonb_array_elements(t.types) AS x),
            'memberships', (SELECT coalesce(sum((x ->> 'members')::bigint), 0) FROM jsonb_array_elements(t.types) AS x),
            -- The latest day of prices, without reading them all where no index begins with date.
            'priced_to', CASE
                WHEN has_date_index() THEN (SELECT max(o.date) FROM ohlcv_daily AS o)
                ELSE (SELECT max(p.date) FROM symbols AS s
                    CROSS JOIN LATERAL (SELECT max(o.date) AS date FROM ohlcv_daily AS o WHERE o.symbol = s.symbol) AS p)
            END),
        'types', t.types,
        'sectors', (SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM sector AS x),
        'sector_sources', (SELECT coalesce(jsonb_agg(to_jsonb(x) - 'position' ORDER BY x.position NULLS LAST, x.source), '[]')
            FROM source AS x),
        'runs', overview_runs(p_environment),
        'loads', (SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM report_loads(p_environment, 5) AS x),
        'alerts', (SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM report_alerts(p_environment) AS x),
        'events', (SELECT jsonb_build_object('waiting', u.events, 'waiting_since', u.oldest_created_at, 'lag_seconds', u.seconds_waiting,
                'last_seq', (SELECT max(e.seq) FROM universe_events AS e))
            FROM unpublished_events AS u),
        'running', overview_running(p_environment))
    FROM type AS t
$$;

COMMENT ON FUNCTION admin_overview(text) IS 'Returns the data of the admin page''s first screen as one JSON document: totals, universes by type, sectors and their sources (percent of the active stocks, market_cap in US dollars), the last 60 runs, the last five loads, open alerts, events waiting for Redis (lag_seconds), and the running refresh or load.';
