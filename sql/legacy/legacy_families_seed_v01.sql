-- The families that the predecessor's cache synchroniser wrote, the group types themselves in singular and plural, and
-- those of an application's settings.
INSERT INTO legacy_families (family, group_type)
VALUES
    ('etf', 'ETF'),
    ('etfs', 'ETF'),
    ('etf_holdings', 'ETF'),
    ('theme', 'THEME'),
    ('themes', 'THEME'),
    ('sector', 'SECTOR'),
    ('sectors', 'SECTOR'),
    ('industry', 'INDUSTRY'),
    ('industries', 'INDUSTRY'),
    ('market_cap', 'MARKET_CAP'),
    ('market_leaders', 'MARKET_LEADERS'),
    ('sector_leaders', 'SECTOR_LEADERS'),
    ('ipo', 'IPO'),
    ('etf_category', 'ETF_CATEGORY'),
    ('complete', 'COMPLETE'),
    ('app_settings', NULL),
    ('settings', NULL),
    ('configuration', NULL)
ON CONFLICT (family) DO NOTHING;
