CREATE OR REPLACE FUNCTION report_sectors(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (
    sector text,
    title text,
    stocks bigint,
    percent numeric,
    market_cap numeric,
    market_cap_percent numeric,
    sources jsonb
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    WITH whole AS (
        SELECT count(*) AS stocks, sum(s.market_cap) AS market_cap
        FROM active_stocks AS s
    ), member AS (
        SELECT g.name AS sector, coalesce(m.metadata ->> 'source', 'not stated') AS source,
            count(s.symbol) AS stocks, coalesce(sum(s.market_cap), 0) AS market_cap
        FROM definition_groups AS g
        JOIN group_memberships AS m ON m.group_id = g.id
        -- Outer, so that the members are read first even where the planner has no statistics yet.
        LEFT JOIN active_stocks AS s ON s.symbol = m.symbol
        WHERE g.type = 'SECTOR' AND g.environment = p_environment
        GROUP BY g.name, 2
        HAVING count(s.symbol) > 0
    )
    SELECT
        coalesce(x.name, m.sector),
        coalesce(x.title, m.sector),
        coalesce(sum(m.stocks), 0)::bigint,
        round(100.0 * coalesce(sum(m.stocks), 0) / nullif(w.stocks, 0), 2),
        coalesce(sum(m.market_cap), 0),
        round(100.0 * coalesce(sum(m.market_cap), 0) / nullif(w.market_cap, 0), 2),
        coalesce(jsonb_object_agg(m.source, m.stocks) FILTER (WHERE m.source IS NOT NULL), '{}')
    FROM sectors AS x
    -- FULL JOIN, so that sector groups missing in sectors are shown too.
    FULL JOIN member AS m ON m.sector = x.name
    CROSS JOIN whole AS w
    GROUP BY x.name, x.title, m.sector, w.stocks, w.market_cap
    ORDER BY coalesce(x.name, m.sector) = 'unknown', sum(m.stocks) DESC NULLS LAST, x.name COLLATE "C"
$$;

COMMENT ON FUNCTION report_sectors(text) IS 'Returns the sector distribution of the memberships. percent: of the active stocks. market_cap: US dollars; each share class and depositary receipt counts with its whole company. sources: number of stocks per source of sector_sources.';
