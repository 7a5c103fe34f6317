CREATE VIEW price_duplicates AS
SELECT d.file, d.line, 'date' AS column_name, d.symbol || ' ' || d.date AS value,
    format('this symbol and date stand already on line %s of %s', d.first_line, f.name) AS message,
    'Keep one line per symbol and date in all files of a load.' AS remedy
FROM (
    SELECT p.symbol, p.date, max(p.file) AS file, max(p.line) AS line, min(p.file) AS first_file, min(p.line) AS first_line
    FROM staged_prices AS p
    GROUP BY p.symbol, p.date
    HAVING count(*) > 1
) AS d
JOIN staged_files AS f ON f.file = d.first_file;

COMMENT ON VIEW price_duplicates IS 'Rows of staged_prices whose symbol and date an earlier row states.';
