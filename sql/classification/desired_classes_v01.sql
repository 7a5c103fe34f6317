CREATE VIEW desired_classes AS
SELECT 'SECTOR' AS group_type, c.sector AS group_name, c.symbol, NULL::numeric AS weight,
    jsonb_strip_nulls(jsonb_build_object('source', c.source, 'rule', c.rule, 'industry', c.industry)) AS metadata
FROM stock_sectors AS c
UNION ALL
SELECT 'INDUSTRY', c.industry, c.symbol, NULL, jsonb_build_object('rule', 'SIC ' || s.sic_code)
FROM stock_sectors AS c
JOIN symbols AS s ON s.symbol = c.symbol
WHERE c.industry IS NOT NULL
UNION ALL
SELECT 'COMPLETE', 'all_stocks', s.symbol, NULL, '{"rule": "active stock"}'
FROM symbols AS s
WHERE s.active AND s.type IN ('CS', 'ADRC')
UNION ALL
SELECT 'COMPLETE', 'all_etfs', s.symbol, NULL, '{"rule": "active fund"}'
FROM symbols AS s
WHERE s.active AND s.type = 'ETF'
UNION ALL
SELECT 'ETF_CATEGORY', f.category, f.etf, NULL, '{"rule": "listed in etf_category_funds"}'
FROM etf_category_funds AS f
JOIN symbols AS s ON s.symbol = f.etf AND s.active AND s.type = 'ETF';

COMMENT ON VIEW desired_classes IS 'Who should be in which SECTOR, INDUSTRY, COMPLETE and ETF_CATEGORY group; every row depends on its own symbol only.';
