INSERT INTO ranking_sizes (name, kind, size)
VALUES
    ('top_10_stocks', 'market', 10),
    ('top_50', 'market', 50),
    ('top_100', 'market', 100),
    ('top_250', 'market', 250),
    ('top_500', 'market', 500),
    ('top_1000', 'market', 1000),
    ('top_2000', 'market', 2000),
    ('top_10', 'sector', 10)
ON CONFLICT DO NOTHING;
