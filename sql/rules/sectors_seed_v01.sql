-- The eleven sectors and their codes: Global Industry Classification Standard, MSCI and S&P Dow Jones Indices, structure of March 2023.
INSERT INTO sectors (name, title, gics_code)
VALUES
    ('energy', 'Energy', 10),
    ('materials', 'Materials', 15),
    ('industrials', 'Industrials', 20),
    ('consumer_discretionary', 'Consumer Discretionary', 25),
    ('consumer_staples', 'Consumer Staples', 30),
    ('health_care', 'Health Care', 35),
    ('financials', 'Financials', 40),
    ('information_technology', 'Information Technology', 45),
    ('communication_services', 'Communication Services', 50),
    ('utilities', 'Utilities', 55),
    ('real_estate', 'Real Estate', 60),
    ('unknown', 'Unknown', NULL)
ON CONFLICT DO NOTHING;
