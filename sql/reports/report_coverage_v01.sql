CREATE OR REPLACE FUNCTION report_coverage(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (measure text, title text, covered bigint, total bigint, percent numeric, missing text[])
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    WITH stock AS (
        SELECT s.symbol, coalesce(s.market_cap, 0) AS market_cap, c.symbol IS NOT NULL AS has_sector
        FROM active_stocks AS s
        LEFT JOIN (
            SELECT DISTINCT m.symbol
            FROM definition_groups AS g
            JOIN group_memberships AS m ON m.group_id = g.id
            WHERE g.type = 'SECTOR' AND g.name <> 'unknown' AND g.environment = p_environment
        ) AS c ON c.symbol = s.symbol
    ), constituent AS (
        SELECT c.symbol, c.funds, s.symbol IS NOT NULL AS is_known
        FROM (
            SELECT m.symbol, count(*) AS funds
            FROM definition_groups AS g
            JOIN group_memberships AS m ON m.group_id = g.id
            WHERE g.type = 'ETF' AND g.environment = p_environment
            GROUP BY m.symbol
        ) AS c
        LEFT JOIN symbols AS s ON s.symbol = c.symbol
    ), judged AS (
        SELECT 'sector' AS measure, t.symbol, t.has_sector AS is_covered, t.market_cap AS size
        FROM stock AS t
        UNION ALL
        SELECT 'market_cap', t.symbol, t.market_cap > 0, 0
        FROM stock AS t
        UNION ALL
        SELECT 'constituents', c.symbol, c.is_known, c.funds
        FROM constituent AS c
    ), counted AS (
        SELECT j.measure, count(*) FILTER (WHERE j.is_covered) AS covered, count(*) AS total,
            (array_agg(j.symbol ORDER BY j.size DESC, j.symbol COLLATE "C") FILTER (WHERE NOT j.is_covered))[1:10] AS missing
        FROM judged AS j
        GROUP BY j.measure
    )
    SELECT m.measure, m.title, coalesce(c.covered, 0), coalesce(c.total, 0),
        -- Cut, not rounded: 100 percent means all.
        trunc(100.0 * c.covered / c.total, 2),
        coalesce(c.missing, '{}')
    FROM (
        VALUES
            (1, 'sector', 'Active stocks with a known sector'),
            (2, 'market_cap', 'Active stocks with a market cap'),
            (3, 'constituents', 'Constituents of funds that symbols knows')
    ) AS m (place, measure, title)
    LEFT JOIN counted AS c ON c.measure = m.measure
    ORDER BY m.place
$$;

COMMENT ON FUNCTION report_coverage(text) IS 'Returns how complete the data is: active stocks with a known sector, active stocks with a market cap, and fund members that symbols contains. percent: rounded down, so 100 means all; NULL if there is nothing to cover. missing: the ten most important missing symbols by market cap or number of funds.';
