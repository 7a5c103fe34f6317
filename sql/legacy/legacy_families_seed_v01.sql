-- The families that the predecessor's cache synchroniser wrote, and the group types themselves in singular and plural.
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
    ('complete', 'COMPLETE')
ON CONFLICT (family) DO NOTHING;
