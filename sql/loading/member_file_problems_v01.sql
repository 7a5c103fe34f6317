CREATE VIEW member_file_problems AS
SELECT f.file, NULL::bigint AS line, NULL AS column_name, NULL AS value, 'no constituent after the header' AS message,
    'An empty list is never loaded: to empty a universe, remove its file and load with --force.' AS remedy
FROM staged_files AS f
WHERE f.status = 'pending' AND f.rows = 0
UNION ALL
SELECT d.file, d.line, 'symbol', d.symbol, format('the symbol stands on line %s already', d.first_line),
    'Keep one line per symbol.'
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
WHERE f.status = 'pending' AND 'weight' = ANY (f.columns) AND f.weights < f.rows AND m.weight IS NULL
UNION ALL
SELECT f.file, NULL, 'weight', round(f.weight_sum, 4)::text, format('the weights sum to more than %s percent', x.value),
    'Weights are percent of the fund. The limit is the row load_max_weight_sum of settings.'
FROM staged_files AS f
JOIN settings AS x ON x.name = 'load_max_weight_sum' AND f.weight_sum > x.value
WHERE f.status = 'pending';

COMMENT ON VIEW member_file_problems IS 'What is wrong with whole files of staged_members: no rows, repeated symbols, missing weights, too large a sum of weights.';
