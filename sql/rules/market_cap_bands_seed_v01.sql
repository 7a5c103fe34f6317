-- Bounds: the bands in common use among US brokers and index providers.
INSERT INTO market_cap_bands (name, title, min_market_cap)
VALUES
    ('mega_cap', 'Mega cap', 200000000000),
    ('large_cap', 'Large cap', 10000000000),
    ('mid_cap', 'Mid cap', 2000000000),
    ('small_cap', 'Small cap', 300000000),
    ('micro_cap', 'Micro cap', 50000000)
ON CONFLICT DO NOTHING;
