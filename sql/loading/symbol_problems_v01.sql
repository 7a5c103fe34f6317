CREATE VIEW symbol_problems AS
SELECT s.file, s.line, p.column_name, p.value, p.message, p.remedy
FROM staged_symbols AS s
CROSS JOIN LATERAL (
    VALUES
        ('symbol', s.symbol, 'not a ticker symbol',
            ticker_rule(),
            s.symbol ~ ticker_pattern() AND length(s.symbol) <= symbol_limit()),
        ('type', s.type, 'not a security type', 'CS, ADRC, ETF, PFD, WARRANT, UNIT, RIGHT, FUND or SP.',
            s.type IS NULL OR s.type ~ '^[A-Z][A-Z0-9_]{0,19}$'),
        ('active', s.active, 'neither true nor false', 'Write true or false.',
            s.active IS NULL OR lower(s.active) IN ('true', 'false', 't', 'f', 'yes', 'no', 'y', 'n', '1', '0')),
        ('market_cap', s.market_cap, 'not an amount in whole US dollars', 'Write digits only, or leave it empty.',
            s.market_cap IS NULL OR s.market_cap ~ '^\d{1,18}$'),
        ('weighted_shares_outstanding', s.weighted_shares_outstanding, 'not a number of shares',
            'Write digits only, or leave it empty.',
            s.weighted_shares_outstanding IS NULL OR s.weighted_shares_outstanding ~ '^\d{1,18}$'),
        ('list_date', s.list_date, 'not a date', 'Write it as YYYY-MM-DD, or leave it empty.',
            s.list_date IS NULL OR is_iso_date(s.list_date)),
        ('sic_code', s.sic_code, 'not a SIC code', 'A SIC code has up to four digits, or is empty.',
            s.sic_code IS NULL OR s.sic_code ~ '^\d{1,4}$'),
        ('cusip', s.cusip, 'not a CUSIP',
            'A CUSIP has nine characters, the last one a check digit. A spreadsheet drops leading zeros: format the column as text.',
            s.cusip IS NULL OR is_cusip(upper(s.cusip))),
        ('isin', s.isin, 'not an ISIN', 'An ISIN has two letters, nine letters or digits, and a check digit.',
            s.isin IS NULL OR s.isin ~* '^[A-Z]{2}[A-Z0-9]{9}\d$'),
        ('figi', s.figi, 'not a FIGI', 'A FIGI has twelve characters and a G in third place: BBG000B9XRY4.',
            s.figi IS NULL OR s.figi ~* '^[A-Z0-9]{2}G[A-Z0-9]{8}\d$'),
        ('cik', s.cik, 'not a CIK', 'A Central Index Key has up to ten digits.',
            s.cik IS NULL OR s.cik ~ '^\d{1,10}$')
    UNION ALL
    SELECT t.column_name, t.value, 'a line break in the value', 'Write it on one line. Is a quote never closed?', false
    FROM (
        VALUES ('name', s.name), ('primary_exchange', s.primary_exchange), ('sector', s.sector),
            ('industry', s.industry), ('sic_description', s.sic_description), ('country', s.country)
    ) AS t (column_name, value)
    WHERE t.value ~ '[\n\r]'
) AS p (column_name, value, message, remedy, good)
WHERE p.good IS NOT TRUE
UNION ALL
SELECT e.file, e.line, e.column_name, e.value, e.message, e.remedy
FROM extra_problems('staged_symbols') AS e;

COMMENT ON VIEW symbol_problems IS 'Errors in single rows of staged_symbols after repair: file, line, column, value, broken rule, remedy.';
