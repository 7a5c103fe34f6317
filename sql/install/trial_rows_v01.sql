CREATE VIEW trial_rows AS
WITH universe AS (
    SELECT g.type, rpad('universes_trial', 30, '_') AS name, '["QZXJV"]'::jsonb AS symbols
    FROM unnest('{ETF,UNIVERSE,SECTOR,INDUSTRY,THEME,MARKET_CAP,MARKET_LEADERS,SECTOR_LEADERS,IPO,ETF_CATEGORY,COMPLETE}'::text[])
        AS g (type)
)
SELECT 'symbols' AS relation, jsonb_build_object('symbol', 'QZXJV', 'name', 'Trial', 'type', 'ADRC', 'primary_exchange', 'XNYS',
    'active', true, 'market_cap', 9e12, 'weighted_shares_outstanding', 9e10, 'list_date', '2000-01-31') AS content
UNION ALL
SELECT 'ohlcv_daily', jsonb_build_object('symbol', 'QZXJV', 'date', '2000-01-31', 'open', 99999.99, 'high', 99999.99,
    'low', 99999.99, 'close', 99999.99, 'volume', 9e9)
UNION ALL
SELECT 'definition_groups', jsonb_build_object('name', u.name, 'type', u.type, 'description', 'Trial', 'metadata', '{}'::jsonb,
    'environment', 'DEFAULT')
FROM universe AS u
UNION ALL
SELECT 'group_memberships', jsonb_build_object('symbol', 'QZXJV', 'weight', w.weight, 'metadata', '{"rank": 1}'::jsonb,
    'added_at', '2000-01-31')
FROM unnest('{100, 0.123456, NULL}'::numeric[]) AS w (weight)
UNION ALL
SELECT 'cache_entries', jsonb_build_object('universe', u.name, 'content', '{}'::jsonb, 'cache_type', 'universe', 'key', u.name,
    'value', u.symbols, 'universe_category', u.type, 'universe_metadata', '{}'::jsonb, 'type', 'stock_universe',
    'name', lower(u.type), 'environment', 'DEFAULT')
FROM universe AS u;

COMMENT ON VIEW trial_rows IS 'Sample rows with the longest texts and largest numbers that this package writes: assert_writable inserts them to test an adopted table.';
