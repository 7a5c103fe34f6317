CREATE VIEW desired_classes AS
SELECT x.group_type, x.group_name, c.symbol, NULL::numeric AS weight, x.metadata
FROM stock_sectors AS c
CROSS JOIN LATERAL (
    VALUES
        ('SECTOR', c.sector,
            jsonb_strip_nulls(jsonb_build_object('source', c.source, 'rule', c.rule, 'industry', c.industry))),
        ('INDUSTRY', c.industry, jsonb_build_object('rule', 'SIC ' || c.sic_code)),
        ('COMPLETE', 'all_stocks', '{"rule": "active stock"}'::jsonb)
) AS x (group_type, group_name, metadata)
WHERE x.group_name IS NOT NULL
UNION ALL
SELECT 'COMPLETE', 'all_etfs', s.symbol, NULL, '{"rule": "active fund"}'
FROM symbols AS s
WHERE s.active AND s.type = 'ETF'
UNION ALL
SELECT 'ETF_CATEGORY', f.category, f.etf, NULL, '{"rule": "listed in etf_category_funds"}'
FROM etf_category_funds AS f
JOIN symbols AS s ON s.symbol = f.etf AND s.active AND s.type = 'ETF';

COMMENT ON VIEW desired_classes IS 'Desired members of the SECTOR, INDUSTRY, COMPLETE and ETF_CATEGORY groups. Every row depends on its own symbol only.';
