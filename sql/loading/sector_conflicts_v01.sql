CREATE VIEW sector_conflicts AS
SELECT d.file, d.line, 'symbol' AS column_name, d.symbol AS value,
    format('the symbol already appears on line %s of %s', d.first_line, f.name) AS message,
    'Keep one line per symbol in all files.' AS remedy
FROM (
    SELECT s.file, s.line, s.symbol, row_number() OVER earlier AS n,
        first_value(s.file) OVER earlier AS first_file, first_value(s.line) OVER earlier AS first_line
    FROM staged_sectors AS s
    WINDOW earlier AS (PARTITION BY s.symbol ORDER BY s.file, s.line)
) AS d
JOIN staged_files AS f ON f.file = d.first_file
WHERE d.n > 1
UNION ALL
SELECT s.file, s.line, 'symbol', s.symbol, format('the symbol already appears on line %s of %s, loaded before', o.line, o.file),
    'Take it out of one of the files. If the other file is gone, a full load of the whole directory with --force forgets it.'
FROM staged_sectors AS s
JOIN sector_overrides AS o ON o.symbol = s.symbol
JOIN staged_files AS f ON f.file = s.file
WHERE o.file <> f.name AND NOT EXISTS (SELECT FROM staged_files AS x WHERE x.name = o.file AND x.status = 'pending');

COMMENT ON VIEW sector_conflicts IS 'Rows of staged_sectors whose symbol an earlier row states, or another file that is not being loaded now.';
