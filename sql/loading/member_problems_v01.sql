CREATE VIEW member_problems AS
SELECT m.file, m.line, p.column_name, p.value, p.message, p.remedy
FROM uncanonical_members AS m
-- The shares of a currency hedged fund may be worth more than the fund: 102.60 beside short forwards.
CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT greatest(x.maximum, 110)
        FROM staged_files AS f
        CROSS JOIN LATERAL weight_limits(f.group_type, f.group_name) AS x
        WHERE f.file = m.file AND f.format IS NOT NULL AND m.weight ~ '^\d{3}'), 100)
) AS l (maximum)
CROSS JOIN LATERAL (
    SELECT 'symbol' AS column_name, m.symbol AS value, 'the symbol is empty' AS message,
        'Delete the line, or fill in the symbol.' AS remedy
    WHERE coalesce(m.symbol, '') = ''
    UNION ALL
    SELECT 'symbol', m.symbol, 'not a ticker symbol',
        ticker_rule()
    WHERE m.symbol <> '' AND (m.symbol !~ ticker_pattern() OR length(m.symbol) > symbol_limit())
    UNION ALL
    SELECT 'weight', m.weight, 'the weight is not a number from 0 to 100',
        'Weights are percent of the fund: 6.5 or 6.5% for 6.5 percent.'
    WHERE m.weight IS NOT NULL
        AND CASE WHEN m.weight ~ '^\d*\.?\d+([eE][-+]?\d{1,2})?$' THEN m.weight::numeric > l.maximum ELSE true END
) AS p
UNION ALL
SELECT e.file, e.line, e.column_name, e.value, e.message, e.remedy
FROM extra_problems('staged_members') AS e;

COMMENT ON VIEW member_problems IS 'Errors in single rows of staged_members after repair: file, line, column, value, broken rule, remedy.';
