CREATE VIEW fund_top_holdings AS
SELECT
    g.environment,
    g.name AS fund,
    h.rank::integer AS rank,
    h.symbol,
    s.name,
    h.weight,
    s.market_cap
FROM definition_groups AS g
-- LATERAL per fund, so that a query for one fund reads no other.
CROSS JOIN LATERAL (
    SELECT t.symbol, t.weight, row_number() OVER (ORDER BY t.weight DESC, t.symbol COLLATE "C") AS rank
    FROM (
        SELECT m.symbol, m.weight
        FROM group_memberships AS m
        WHERE m.group_id = g.id AND m.weight IS NOT NULL
        ORDER BY m.weight DESC, m.symbol COLLATE "C"
        LIMIT 10
    ) AS t
) AS h
LEFT JOIN symbols AS s ON s.symbol = h.symbol
WHERE g.type = 'ETF';

COMMENT ON VIEW fund_top_holdings IS 'Ten heaviest members of every fund: rank 1 weighs most, equal weights in byte order of the symbol. weight: percent of the fund. market_cap: US dollars. name: NULL if symbols lacks the member.';
