-- Layouts of the files behind "download holdings" on the issuers' fund pages. The fingerprints are the header cells that
-- have stood in every version of them: iShares CSV since 2014 (Shares became Quantity, CUSIP and ISIN went), State
-- Street XLSX, Invesco CSV, ARK CSV (weight(%) became weight (%)), Vanguard "Holdings details" CSV (Sector became
-- SUB-INDUSTRY, the case of the cells changed).
INSERT INTO issuer_formats (name, issuer, headers, columns, fund_pattern, as_of_pattern, sectioned)
VALUES
    ('ishares', 'iShares (BlackRock)', '{ticker,name,sector,asset class,weight (%)}',
        '{"symbol": ["ticker"], "weight": ["weight (%)"], "name": ["name"], "sector": ["sector"],
          "asset_class": ["asset class"], "exchange": ["exchange"], "country": ["location"], "currency": ["currency"],
          "market_currency": ["market currency"], "cusip": ["cusip"], "isin": ["isin"], "sedol": ["sedol"]}',
        NULL, 'Fund Holdings as of:? *([^ ].*)', false),
    ('state_street', 'State Street', '{name,ticker,identifier,sedol,weight,shares held}',
        '{"symbol": ["ticker"], "weight": ["weight"], "name": ["name"], "sector": ["sector"], "currency": ["local currency"],
          "cusip": ["identifier"], "sedol": ["sedol"]}',
        'Ticker Symbol:? *([A-Z][A-Z0-9.]*)', 'As of:? *([^ ].*)', false),
    ('invesco', 'Invesco', '{fund ticker,security identifier,holding ticker,weight,name}',
        '{"symbol": ["holding ticker"], "weight": ["weight"], "name": ["name"], "sector": ["sector"],
          "asset_class": ["class of shares"], "cusip": ["security identifier"], "fund": ["fund ticker"], "as_of": ["date"]}',
        NULL, NULL, false),
    ('ark', 'ARK', '{date,fund,company,ticker,cusip,shares}',
        '{"symbol": ["ticker"], "weight": ["weight (%)", "weight(%)"], "name": ["company"], "cusip": ["cusip"],
          "fund": ["fund"], "as_of": ["date"]}',
        NULL, NULL, false),
    ('vanguard', 'Vanguard', '{sedol,holdings,ticker}',
        '{"symbol": ["ticker"], "weight": ["% of funds*", "% of fund*"], "name": ["holdings"], "sector": ["sector", "sub-industry"],
          "sedol": ["sedol"]}',
        '\(([A-Z][A-Z0-9.]*)\) *$', 'as of:? *([^ ].*)', true)
ON CONFLICT DO NOTHING;
