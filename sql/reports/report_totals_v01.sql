CREATE OR REPLACE FUNCTION report_totals(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (
    stocks bigint,
    etfs bigint,
    other_securities bigint,
    inactive_symbols bigint,
    universes bigint,
    retired_universes bigint,
    memberships bigint,
    history_rows bigint,
    history_since timestamptz,
    prices bigint,
    priced_from date,
    priced_to date,
    events_waiting bigint,
    events_waiting_since timestamptz
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT s.stocks, s.etfs, s.other_securities, s.inactive_symbols, g.universes, g.retired_universes, m.memberships,
        h.history_rows, h.history_since, p.prices,
        -- Separate subqueries, so that an index on date can answer them.
        (SELECT min(o.date) FROM ohlcv_daily AS o), (SELECT max(o.date) FROM ohlcv_daily AS o),
        e.events, e.oldest_created_at
    FROM (
        SELECT
            count(t.type) AS stocks,
            count(*) FILTER (WHERE y.active AND y.type = 'ETF') AS etfs,
            count(*) FILTER (WHERE y.active AND t.type IS NULL AND y.type IS DISTINCT FROM 'ETF') AS other_securities,
            count(*) FILTER (WHERE NOT y.active) AS inactive_symbols
        FROM symbols AS y
        LEFT JOIN stock_types AS t ON y.active AND t.type = y.type
    ) AS s
    CROSS JOIN (
        SELECT
            count(*) FILTER (WHERE NOT coalesce(d.metadata ? 'retired_at', false)) AS universes,
            count(*) FILTER (WHERE d.metadata ? 'retired_at') AS retired_universes
        FROM definition_groups AS d
        WHERE d.environment = p_environment
    ) AS g
    CROSS JOIN (
        SELECT coalesce(sum(c.memberships), 0)::bigint AS memberships
        FROM (SELECT x.group_id, count(*) AS memberships FROM group_memberships AS x GROUP BY x.group_id) AS c
        JOIN definition_groups AS d ON d.id = c.group_id AND d.environment = p_environment
    ) AS m
    CROSS JOIN (
        SELECT coalesce(sum(c.history_rows), 0)::bigint AS history_rows, min(c.history_since) AS history_since
        FROM (
            SELECT x.group_id, count(*) AS history_rows, min(x.valid_from) AS history_since
            FROM membership_history AS x
            GROUP BY x.group_id
        ) AS c
        JOIN definition_groups AS d ON d.id = c.group_id AND d.environment = p_environment
    ) AS h
    CROSS JOIN (SELECT count(*) AS prices FROM ohlcv_daily) AS p
    CROSS JOIN unpublished_events AS e
$$;

COMMENT ON FUNCTION report_totals(text) IS 'Returns the totals of an environment in one row. stocks: rows of active_stocks. Universes, memberships and history are those of the environment; symbols, prices and events are shared by all.';
