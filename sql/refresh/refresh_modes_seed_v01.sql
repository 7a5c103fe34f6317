INSERT INTO refresh_modes (mode, position, kind, steps, group_types, is_requestable)
VALUES
    ('full', 1, 'refresh', '{market_caps,ipos,delistings,themes}', NULL, true),
    ('market_cap', 2, 'refresh', '{market_caps}', '{SECTOR,INDUSTRY,COMPLETE,ETF_CATEGORY,MARKET_CAP,MARKET_LEADERS,SECTOR_LEADERS}', true),
    ('sectors', 3, 'refresh', '{sectors}', '{SECTOR,INDUSTRY,COMPLETE,ETF_CATEGORY,SECTOR_LEADERS}', true),
    ('changed_sectors', 4, 'refresh', '{sectors}', '{SECTOR,INDUSTRY,COMPLETE,ETF_CATEGORY,SECTOR_LEADERS}', false),
    ('themes', 5, 'refresh', '{themes}', '{THEME}', true),
    ('ipos', 6, 'refresh', '{ipos}', '{IPO,THEME}', true),
    ('delistings', 7, 'refresh', '{delistings}', '{}', true),
    ('rollback', 8, 'rollback', '{rollback}', '{}', false),
    ('import', 9, 'import', '{import}', '{}', false)
ON CONFLICT (mode) DO NOTHING;
