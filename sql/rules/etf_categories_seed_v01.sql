-- Categories: by what the fund's index holds, as fund providers and Morningstar divide their ranges.
INSERT INTO etf_categories (name, title)
VALUES
    ('etf_broad_market', 'Broad US market funds'),
    ('etf_sector', 'US sector funds'),
    ('etf_growth', 'US growth funds'),
    ('etf_value', 'US value and dividend funds'),
    ('etf_international', 'International equity funds'),
    ('etf_technology', 'Technology funds'),
    ('etf_bonds', 'Bond funds'),
    ('etf_commodities', 'Commodity funds')
ON CONFLICT DO NOTHING;
