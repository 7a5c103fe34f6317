CREATE VIEW price_duplicates AS
SELECT p.file, p.line, 'date' AS column_name, p.symbol || ' ' || p.date AS value,
    format('this symbol and date already appear on line %s of %s', p.first_line, f.name) AS message,
    'Keep one line per symbol and date in all files of a load.' AS remedy
FROM (
    SELECT s.symbol, s.date, s.file, s.line,
        first_value(s.file) OVER earlier AS first_file, first_value(s.line) OVER earlier AS first_line,
        row_number() OVER earlier AS n
    FROM (SELECT symbol, date FROM staged_prices GROUP BY symbol, date HAVING count(*) > 1) AS d
    JOIN staged_prices AS s ON s.symbol = d.symbol AND s.date = d.date
    WINDOW earlier AS (PARTITION BY s.symbol, s.date ORDER BY s.file, s.line)
) AS p
JOIN staged_files AS f ON f.file = p.first_file
WHERE p.n > 1;

COMMENT ON VIEW price_duplicates IS 'Rows of staged_prices whose symbol and date an earlier row states.';
