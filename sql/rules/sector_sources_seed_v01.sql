INSERT INTO sector_sources (source, statement, position, title)
VALUES
    ('override', 1, 1, 'Sector that an operator has set in sector_overrides'),
    ('issuer_file', 2, 2, 'Sector column of the holdings file of a fund, as its issuer publishes it'),
    ('sector_fund', 3, 3, 'Constituent of a fund that holds one sector only (sector_etfs)'),
    ('sic', 4, 4, 'SIC code of the company''s SEC filings (sic_sectors)'),
    ('vendor', 5, 5, 'Sector name of the data vendor (vendor_sectors)')
ON CONFLICT (source) DO NOTHING;
