CREATE VIEW member_file_problems AS
SELECT f.file, p.line, p.column_name, p.value, p.message, p.remedy
FROM staged_files AS f
LEFT JOIN LATERAL (
    SELECT
        count(*) AS rows,
        count(DISTINCT m.symbol COLLATE "C") AS symbols,
        count(m.weight) AS weights,
        sum(m.weight::numeric) AS weight_sum
    FROM staged_members AS m
    WHERE m.file = f.file
) AS s ON true
CROSS JOIN LATERAL (
    SELECT NULL::bigint AS line, NULL AS column_name, NULL AS value, 'no constituent after the header' AS message,
        'An empty list is never loaded: to empty a universe, remove its file and load with --force.' AS remedy
    WHERE s.rows = 0
    UNION ALL
    SELECT d.line, 'symbol', d.symbol, format('the symbol stands on line %s already', d.first_line),
        'Keep one line per symbol.'
    FROM (
        SELECT m.symbol, max(m.line) AS line, min(m.line) AS first_line
        FROM staged_members AS m
        WHERE m.file = f.file
        GROUP BY m.symbol
        HAVING count(*) > 1
    ) AS d
    WHERE s.symbols < s.rows
    UNION ALL
    SELECT min(m.line), 'weight', NULL, 'the weight is missing',
        'Give every line a weight, or leave the whole column out.'
    FROM staged_members AS m
    WHERE m.file = f.file AND m.weight IS NULL AND 'weight' = ANY (f.columns) AND s.weights < s.rows
    HAVING count(*) > 0
    UNION ALL
    SELECT NULL, 'weight', round(s.weight_sum, 4)::text, format('the weights sum to more than %s percent', x.value),
        'Weights are percent of the fund. The limit is the row load_max_weight_sum of settings.'
    FROM settings AS x
    WHERE x.name = 'load_max_weight_sum' AND s.weight_sum > x.value
) AS p
WHERE f.status = 'pending';

COMMENT ON VIEW member_file_problems IS 'What is wrong with whole files of staged_members: no rows, repeated symbols, missing weights, too large a sum of weights.';
