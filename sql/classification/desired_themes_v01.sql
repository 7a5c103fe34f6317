CREATE VIEW desired_themes AS
SELECT 'THEME' AS group_type, t.name AS group_name, s.symbol, NULL::numeric AS weight,
    '{"rule": "named in include_symbols"}'::jsonb AS metadata
FROM theme_rules AS t
CROSS JOIN LATERAL unnest(t.include_symbols) AS included (symbol)
JOIN active_stocks AS s ON s.symbol = included.symbol
WHERE t.enabled AND s.symbol <> ALL (t.exclude_symbols)
UNION ALL
SELECT 'THEME', t.name, c.symbol, NULL, '{"rule": "meets the conditions"}'
FROM stock_sectors AS c
JOIN symbols AS s ON s.symbol = c.symbol
-- One CASE instead of ten conditions: the planner would multiply ten selectivities, expect no row, and choose nested loops.
JOIN theme_rules AS t ON t.enabled AND t.has_conditions AND CASE
    WHEN s.symbol = ANY (t.include_symbols) OR s.symbol = ANY (t.exclude_symbols) THEN false
    ELSE (t.min_market_cap IS NULL OR s.market_cap >= t.min_market_cap)
        AND (t.max_market_cap IS NULL OR s.market_cap < t.max_market_cap)
        AND (t.exchanges IS NULL OR s.primary_exchange = ANY (t.exchanges))
        AND (t.sic_codes IS NULL OR CASE WHEN s.sic_code ~ '^\d{1,4}$' THEN s.sic_code::integer END <@ t.sic_codes)
        AND (t.min_listing_days IS NULL OR s.list_date <= CURRENT_DATE - t.min_listing_days)
        AND (t.max_listing_days IS NULL OR s.list_date BETWEEN CURRENT_DATE - t.max_listing_days AND CURRENT_DATE)
        AND (t.sectors IS NULL OR c.sector = ANY (t.sectors))
        AND (t.industries IS NULL OR c.industry = ANY (t.industries))
END;

COMMENT ON VIEW desired_themes IS 'Desired members of the THEME groups by theme_rules. Every row depends on its own symbol and on today''s date.';
