-- Layouts of the files behind "download holdings" on the issuers' fund pages. The fingerprints are the header cells that
-- have stood in every version of them: iShares CSV since 2014 (Shares became Quantity, CUSIP and ISIN went), State
-- Street XLSX, Invesco CSV, ARK CSV (weight(%) became weight (%)), Vanguard "Holdings details" CSV (Sector became
-- SUB-INDUSTRY, the case of the cells changed).
-- Where the others were seen, "excerpt" for rows that a public test says are copied from the live file, "description" for
-- code or prose that names the cells only:
-- ishares_2026: IJR, IJH from June 2026, excerpts, e.g. the tests of three independent readers
-- ishares_uk: Stanleymu/core-tfsa SWDA_holdings.csv, 0ri0nRo/etf-geographic-analyzer etf_examples_csv/eimi_holdings.csv
-- ishares_de: fjeske/stockAnalyzer data/EUNL_holdings.csv. ishares_it: geeanlooca/etf-geo-analyzer data/SWDA_holdings.csv
-- us_bank: excerpts of some 30 issuers (YieldMax MSTY, Roundhill, Amplify, Pacer, NEOS, whose Account is no fund); us_bank_2:
--   Themes, us_bank_3: AdvisorShares, excerpts
-- global_x: a trimmed COPX file, Query-farm/vgi-etf-globalx CLAUDE.md, excerpts
-- kraneshares: chrisduvillard/ResearchDesk tests/fixtures/funds/kmlm.csv; KWEB, excerpt
-- direxion: SPXL and SOXL, vaneck: SMH, schwab: SCHD, dimensional: DFAC, excerpts of several tests each
-- first_trust: Query-farm/vgi-etf-first-trust CLAUDE.md, daggerok/First-Trust scripts/update-data.test.ts: the table of the web
--   page, excerpts; no download is known
-- proshares: psdlyhld.csv, excerpts in the test of a program that reads it
-- jpmorgan: description only, two programs that read the workbook. wisdomtree: description only, Query-farm/vgi-etf-wisdomtree
--   CLAUDE.md: the fields of the data behind the page; there is no download
INSERT INTO issuer_formats (name, issuer, headers, columns, fund_pattern, as_of_pattern, sectioned)
VALUES
    ('ishares', 'iShares (BlackRock)', '{ticker,name,sector,asset class,weight (%)}',
        '{"symbol": ["ticker"], "weight": ["weight (%)"], "name": ["name"], "sector": ["sector"],
          "asset_class": ["asset class"], "exchange": ["exchange"], "country": ["location"], "currency": ["currency"],
          "market_currency": ["market currency"], "cusip": ["cusip"], "isin": ["isin"], "sedol": ["sedol"]}',
        NULL, 'Fund Holdings as of:? *([^ ].*)', false),
    ('ishares_2026', 'iShares (BlackRock)', '{ticker,name,type,sector,asset class,market weight}',
        '{"symbol": ["ticker"], "weight": ["market weight"], "name": ["name"], "sector": ["sector"],
          "asset_class": ["type"], "exchange": ["exchange"], "country": ["location"], "currency": ["currency"],
          "market_currency": ["market currency"], "cusip": ["cusip"], "isin": ["isin"], "sedol": ["sedol"]}',
        NULL, 'Fund Holdings as of:? *([^ ].*)', false),
    ('ishares_uk', 'iShares (BlackRock)', '{issuer ticker,name,sector,asset class,weight (%)}',
        '{"symbol": ["issuer ticker"], "weight": ["weight (%)"], "name": ["name"], "sector": ["sector"],
          "asset_class": ["asset class"], "exchange": ["exchange"], "country": ["location"], "currency": ["currency"],
          "market_currency": ["market currency"], "cusip": ["cusip"], "isin": ["isin"], "sedol": ["sedol"]}',
        NULL, 'Fund Holdings as of:? *([^ ].*)', false),
    ('global_x', 'Global X', '{% of net assets,ticker,name,sedol,shares held}',
        '{"symbol": ["ticker"], "weight": ["% of net assets"], "name": ["name"], "sedol": ["sedol"]}',
        NULL, 'Holdings Data as of:? *(\d[\d/.-]*)', false),
    ('kraneshares', 'KraneShares', '{rank,company name,% of net assets,ticker,identifier}',
        '{"symbol": ["ticker"], "weight": ["% of net assets"], "name": ["company name"], "asset_class": ["type"],
          "isin": ["identifier"]}',
        '^([A-Z][A-Z0-9.]*) Holdings', 'As of:? *(\d[\d/.-]*)', false),
    ('direxion', 'Direxion', '{tradedate,accountticker,stockticker,securitydescription,holdingspercent}',
        '{"symbol": ["stockticker"], "weight": ["holdingspercent"], "name": ["securitydescription"], "cusip": ["cusip"],
          "fund": ["accountticker"], "as_of": ["tradedate"]}',
        NULL, NULL, false),
    ('vaneck', 'VanEck', '{ticker,holding name,identifier (figi),asset class,% of net assets}',
        '{"symbol": ["ticker"], "weight": ["% of net assets"], "name": ["holding name"], "asset_class": ["asset class"],
          "figi": ["identifier (figi)"]}',
        '^([A-Z][A-Z0-9.]*)_asof_', 'Daily Holdings \(%\) *(\d[\d/.-]*)', false),
    ('schwab', 'Schwab', '{as-of-date,symbol,percent of assets,name}',
        '{"symbol": ["symbol"], "weight": ["percent of assets"], "name": ["name"], "sector": ["sector"],
          "exchange": ["exchange"], "country": ["country"], "currency": ["currency"], "market_currency": ["market currency"],
          "figi": ["bbg figi"], "as_of": ["as-of-date"]}',
        NULL, NULL, false),
    ('first_trust', 'First Trust', '{security name,identifier,cusip,weighting}',
        '{"symbol": ["identifier"], "weight": ["weighting"], "name": ["security name"], "sector": ["classification"],
          "cusip": ["cusip"]}',
        NULL, 'Holdings of the Fund as of:? *(\d[\d/.-]*)', false),
    ('jpmorgan', 'J.P. Morgan', '{ticker,security description,security type,% of net assets}',
        '{"symbol": ["ticker"], "weight": ["% of net assets"], "name": ["security description"], "sector": ["sector"],
          "asset_class": ["security type"], "country": ["country"], "currency": ["currency"]}',
        NULL, 'As of Date:? *(\d[\d/.-]*)', false),
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

-- These write 1.234,56.
INSERT INTO issuer_formats (name, issuer, headers, columns, decimal_comma, as_of_pattern)
VALUES
    ('ishares_de', 'iShares (BlackRock)', '{emittententicker,name,sektor,anlageklasse,gewichtung (%)}',
        '{"symbol": ["emittententicker"], "weight": ["gewichtung (%)"], "name": ["name"], "sector": ["sektor"],
          "asset_class": ["anlageklasse"], "exchange": ["börse"], "country": ["standort"], "currency": ["währung"],
          "market_currency": ["marktwährung"], "cusip": ["cusip"], "isin": ["isin"], "sedol": ["sedol"]}',
        true, '(?:position(?:en)?|bestände) (?:per|zum|am):? *([^ ].*)'),
    -- 23/02/2024 is told from a US date only by a day above 12.
    ('ishares_it', 'iShares (BlackRock)', '{ticker dell''emittente,nome,settore,asset class,ponderazione (%)}',
        '{"symbol": ["ticker dell''emittente"], "weight": ["ponderazione (%)"], "name": ["nome"], "sector": ["settore"],
          "asset_class": ["asset class"], "exchange": ["cambio"], "country": ["area geografica"],
          "market_currency": ["valuta di mercato"], "isin": ["isin"]}',
        true, '^Al:? *((?:1[3-9]|2\d|3[01])[/.-]\d.*|\d+[-/. ]*[a-z].*)')
ON CONFLICT DO NOTHING;

-- These state weights as fractions of 1.
INSERT INTO issuer_formats (name, issuer, headers, columns, weight_unit, as_of_pattern)
VALUES
    ('dimensional', 'Dimensional', '{date,etf_ticker,ticker,description,weight}',
        '{"symbol": ["ticker"], "weight": ["weight"], "name": ["description"], "cusip": ["identifier"], "isin": ["isin"],
          "sedol": ["sedol"], "fund": ["etf_ticker"], "as_of": ["date"]}',
        'fraction', NULL),
    ('wisdomtree', 'WisdomTree', '{securityname,securityticker,wgt}',
        '{"symbol": ["securityticker"], "weight": ["wgt"], "name": ["securityname"], "asset_class": ["assetgroup"],
          "figi": ["figi"], "as_of": ["dt"]}',
        'fraction', '(\d{4}-\d\d-\d\d)')
ON CONFLICT DO NOTHING;

-- These may hold all funds of an issuer.
INSERT INTO issuer_formats (name, issuer, headers, columns, weight_unit, several_funds, fund_pattern, as_of_pattern)
VALUES
    ('us_bank', 'U.S. Bank (YieldMax, Roundhill, Amplify and others)', '{date,account,stockticker,securityname,weightings}',
        '{"symbol": ["stockticker"], "weight": ["weightings"], "name": ["securityname"], "asset_class": ["moneymarketflag"],
          "cusip": ["cusip"], "fund": ["account"], "as_of": ["date"]}',
        'percent', true, '^(?!NEOS$)([A-Z0-9.]+)$', NULL),
    ('us_bank_2', 'U.S. Bank (Themes)', '{date,account,stock_ticker,security_name,weightings}',
        '{"symbol": ["stock_ticker"], "weight": ["weightings"], "name": ["security_name"], "asset_class": ["money_market_flag"],
          "sector": ["sector"], "cusip": ["cusip"], "fund": ["account"], "as_of": ["date"]}',
        'percent', true, NULL, NULL),
    ('us_bank_3', 'AdvisorShares', '{date,account symbol,stock ticker,security description,portfolio weight %}',
        '{"symbol": ["stock ticker"], "weight": ["portfolio weight %"], "name": ["security description"],
          "asset_class": ["asset group"], "cusip": ["security number"], "fund": ["account symbol"], "as_of": ["date"]}',
        'percent', true, NULL, NULL),
    ('proshares', 'ProShares', '{fund ticker,fund name,security ticker,security description,market value}',
        '{"symbol": ["security ticker"], "market_value": ["market value"], "name": ["security description"],
          "sedol": ["security sedol"], "fund": ["fund ticker"]}',
        'market_value', true, NULL, '^AS OF:? *(\d[\d/.-]*)')
ON CONFLICT DO NOTHING;
