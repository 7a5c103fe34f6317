-- The Select Sector SPDR funds: State Street, fund pages. Each tracks the S&P 500 members of one GICS sector.
INSERT INTO sector_etfs (etf, sector)
VALUES
    ('XLE', 'energy'),
    ('XLB', 'materials'),
    ('XLI', 'industrials'),
    ('XLY', 'consumer_discretionary'),
    ('XLP', 'consumer_staples'),
    ('XLV', 'health_care'),
    ('XLF', 'financials'),
    ('XLK', 'information_technology'),
    ('XLC', 'communication_services'),
    ('XLU', 'utilities'),
    ('XLRE', 'real_estate')
ON CONFLICT DO NOTHING;
