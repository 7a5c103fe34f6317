CREATE VIEW member_file_problems AS
SELECT d.file, d.line, 'symbol' AS column_name, d.symbol AS value, format('the symbol already appears on line %s', d.first_line) AS message,
    'Keep one line per symbol.' AS remedy
FROM (
    SELECT m.file, m.line, m.symbol, min(m.line) OVER same AS first_line, row_number() OVER same AS n
    FROM staged_files AS f
    JOIN staged_members AS m ON m.file = f.file
    WHERE f.status = 'pending' AND f.symbols < f.rows
    WINDOW same AS (PARTITION BY m.file, m.symbol ORDER BY m.line)
) AS d
WHERE d.n > 1
UNION ALL
SELECT m.file, m.line, 'weight', NULL, 'the weight is missing', 'Give every line a weight, or leave the whole column out.'
FROM staged_files AS f
JOIN staged_members AS m ON m.file = f.file
WHERE f.status = 'pending' AND 'weight' = ANY (f.columns) AND f.weights < f.rows AND m.weight IS NULL;

COMMENT ON VIEW member_file_problems IS 'Errors of whole files of staged_members: repeated symbols, missing weights.';
