INSERT INTO membership_guards (group_type, max_removed_percent, min_members, may_empty)
VALUES
    ('*', 50, 10, false),
    ('INDUSTRY', 50, 10, true),
    ('ETF_CATEGORY', 50, 10, true),
    ('IPO', 100, 0, true),
    ('THEME', 50, 10, true)
ON CONFLICT DO NOTHING;
