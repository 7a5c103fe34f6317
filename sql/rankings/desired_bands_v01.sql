CREATE VIEW desired_bands AS
SELECT 'MARKET_CAP' AS group_type, b.band AS group_name, b.symbol, NULL::numeric AS weight,
    '{"rule": "market cap"}'::jsonb AS metadata
FROM stock_bands AS b;

COMMENT ON VIEW desired_bands IS 'Desired members of the MARKET_CAP groups. Every row depends on its own symbol only.';
