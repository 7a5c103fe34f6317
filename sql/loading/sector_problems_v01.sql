CREATE VIEW sector_problems AS
SELECT s.file, s.line, p.column_name, p.value, p.message, p.remedy
FROM staged_sectors AS s
CROSS JOIN LATERAL (
    SELECT 'symbol' AS column_name, s.symbol AS value, 'the symbol is empty' AS message,
        'Delete the line, or fill in the symbol.' AS remedy
    WHERE coalesce(s.symbol, '') = ''
    UNION ALL
    SELECT 'symbol', s.symbol, 'not a ticker symbol',
        ticker_rule()
    WHERE s.symbol <> '' AND (s.symbol !~ ticker_pattern() OR length(s.symbol) > symbol_limit())
    UNION ALL
    SELECT 'sector', s.sector, CASE WHEN coalesce(s.sector, '') = '' THEN 'the sector is empty' ELSE 'not the name of a sector' END,
        (SELECT string_agg(t.title, ', ' ORDER BY t.gics_code) FROM sectors AS t WHERE t.name <> 'unknown')
            || ', or a name of the table vendor_sectors.'
    WHERE NOT EXISTS (SELECT FROM sector_names AS n WHERE n.stated = lower(s.sector))
) AS p
UNION ALL
SELECT e.file, e.line, e.column_name, e.value, e.message, e.remedy
FROM extra_problems('staged_sectors') AS e;

COMMENT ON VIEW sector_problems IS 'Errors in single rows of staged_sectors after repair: file, line, column, value, broken rule, remedy.';
