CREATE VIEW symbol_duplicates AS
SELECT d.file, d.line, 'symbol' AS column_name, d.symbol AS value,
    format('the symbol already appears on line %s of %s', d.first_line, f.name) AS message,
    'Keep one line per symbol in all files of a load.' AS remedy
FROM (
    SELECT s.symbol, s.file, s.line,
        first_value(s.file) OVER earlier AS first_file, first_value(s.line) OVER earlier AS first_line,
        row_number() OVER earlier AS n
    FROM staged_symbols AS s
    WINDOW earlier AS (PARTITION BY s.symbol ORDER BY s.file, s.line)
) AS d
JOIN staged_files AS f ON f.file = d.first_file
WHERE d.n > 1;

COMMENT ON VIEW symbol_duplicates IS 'Rows of staged_symbols whose symbol an earlier row states.';
