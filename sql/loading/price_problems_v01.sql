CREATE VIEW price_problems AS
WITH tomorrow AS MATERIALIZED (
    SELECT to_char((now() AT TIME ZONE 'UTC')::date + 1, 'YYYY-MM-DD') COLLATE "C" AS iso
)
SELECT s.file, s.line, p.column_name, p.value, p.message, p.remedy
FROM staged_prices AS s
CROSS JOIN LATERAL (
    VALUES
        ('symbol', s.symbol, 'not a ticker symbol',
            ticker_rule(),
            s.symbol ~ ticker_pattern() AND length(s.symbol) <= symbol_limit()),
        ('date', s.date, 'not a date', 'Write it as YYYY-MM-DD.', is_iso_date(s.date)),
        ('date', s.date, 'a date in the future', 'Prices end with today, in UTC tomorrow at the latest: correct the date.',
            s.date COLLATE "C" <= (SELECT d.iso FROM tomorrow AS d) OR is_iso_date(s.date) IS NOT TRUE),
        ('open', s.open, 'not a price', 'Write a decimal number, or leave it empty.', is_price(s.open) IS NOT FALSE),
        ('high', s.high, 'not a price', 'Write a decimal number, or leave it empty.', is_price(s.high) IS NOT FALSE),
        ('low', s.low, 'not a price', 'Write a decimal number, or leave it empty.', is_price(s.low) IS NOT FALSE),
        ('close', s.close, 'not a price', 'Write a decimal number above 0.',
            is_price(s.close) AND s.close::numeric > 0),
        ('volume', s.volume, 'not a number of shares', 'Write digits only, or leave it empty.',
            s.volume IS NULL OR s.volume ~ '^\d{1,18}(\.0+)?$'),
        ('period', s.period, 'not a daily price', 'Download the daily prices, period D.', s.period IS NULL OR upper(s.period) = 'D')
) AS p (column_name, value, message, remedy, good)
-- Plain patterns first: nearly every row passes them and is looked at no further.
WHERE (
        s.symbol ~ ticker_pattern() AND length(s.symbol) <= (SELECT symbol_limit())
        AND s.date ~ '^(19|20)\d\d-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)$'
        AND s.date COLLATE "C" <= (SELECT d.iso FROM tomorrow AS d)
        AND s.close ~ '^\d{1,9}(\.\d+)?$' AND s.close ~ '[1-9]'
        AND coalesce(s.open ~ '^\d{1,9}(\.\d+)?$', true)
        AND coalesce(s.high ~ '^\d{1,9}(\.\d+)?$', true)
        AND coalesce(s.low ~ '^\d{1,9}(\.\d+)?$', true)
        AND coalesce(s.volume ~ '^\d{1,18}(\.0+)?$', true)
        AND coalesce(s.period = 'D', true)
    ) IS NOT TRUE
    AND p.good IS NOT TRUE
UNION ALL
SELECT e.file, e.line, e.column_name, e.value, e.message, e.remedy
FROM extra_problems('staged_prices') AS e;

COMMENT ON VIEW price_problems IS 'Errors in single rows of staged_prices after repair: file, line, column, value, broken rule, remedy. Prices in US dollars.';
