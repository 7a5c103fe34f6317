CREATE VIEW managed_groups AS
SELECT 'SECTOR' AS type, s.name, s.title AS description FROM sectors AS s
UNION ALL
SELECT 'INDUSTRY', i.name, i.title FROM industry_groups AS i
UNION ALL
SELECT 'THEME', t.name, t.title FROM theme_rules AS t WHERE t.enabled
UNION ALL
SELECT 'MARKET_CAP', b.name, b.title FROM market_cap_bands AS b
UNION ALL
SELECT 'MARKET_LEADERS', r.name, format('The %s largest stocks by market cap', r.size)
FROM ranking_sizes AS r WHERE r.kind = 'market'
UNION ALL
SELECT 'SECTOR_LEADERS', r.name || '_' || s.name, format('The %s largest stocks of %s', r.size, s.title)
FROM ranking_sizes AS r CROSS JOIN sectors AS s WHERE r.kind = 'sector' AND s.name <> 'unknown'
UNION ALL
SELECT 'ETF_CATEGORY', c.name, c.title FROM etf_categories AS c
UNION ALL
VALUES
    ('IPO', 'recent_ipos', 'Stocks listed recently'),
    ('COMPLETE', 'all_stocks', 'Every active stock'),
    ('COMPLETE', 'all_etfs', 'Every active exchange-traded fund');

COMMENT ON VIEW managed_groups IS 'Universes that a refresh maintains, one row per universe that a rule table asks for.';
