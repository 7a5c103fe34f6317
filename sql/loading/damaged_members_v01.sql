CREATE VIEW damaged_members AS
SELECT m.file, m.line, 'symbol' AS column_name, m.symbol AS value, 'a spreadsheet program has turned the symbol into a date or number' AS message,
    'Export the file again and format the column as text before you save it.' AS remedy
FROM staged_members AS m
JOIN staged_files AS f ON f.file = m.file AND f.status = 'pending'
LEFT JOIN symbols AS y ON y.symbol = m.symbol
WHERE m.symbol ~* spreadsheet_damage() AND y.symbol IS NULL;

COMMENT ON VIEW damaged_members IS 'Rows of staged_members whose symbol a spreadsheet program has rewritten: file, line, column, value, message, remedy.';
