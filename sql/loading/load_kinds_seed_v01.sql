INSERT INTO load_kinds (kind, position, staging_table, prepare_function, merge_function, group_type, is_market_data)
VALUES
    ('symbols', 1, 'staged_symbols', 'prepare_symbols', 'merge_symbols', NULL, true),
    ('prices', 2, 'staged_prices', 'prepare_prices', 'merge_prices', NULL, true),
    ('etfs', 3, 'staged_members', 'prepare_members', 'merge_members', 'ETF', false),
    ('universes', 4, 'staged_members', 'prepare_members', 'merge_members', 'UNIVERSE', false),
    ('themes', 5, 'staged_members', 'prepare_members', 'merge_members', 'THEME', false),
    ('sectors', 6, 'staged_sectors', 'prepare_sectors', 'merge_sectors', NULL, false)
ON CONFLICT (kind) DO NOTHING;
