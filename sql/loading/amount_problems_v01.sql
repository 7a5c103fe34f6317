CREATE VIEW amount_problems AS
SELECT m.file, m.line, 'market_value' AS column_name, m.market_value AS value, 'not an amount of money' AS message,
    'The weights are computed from the market values of all rows: correct it, or download the file again.' AS remedy
FROM staged_files AS f
JOIN issuer_formats AS i ON i.name = f.format AND i.weight_unit = 'market_value'
JOIN staged_members AS m ON m.file = f.file
WHERE f.status = 'pending' AND m.market_value IS NOT NULL AND stated_amount(m.market_value, i.decimal_comma) IS NULL
UNION ALL
SELECT f.file, NULL, 'market_value', sum(stated_amount(m.market_value, i.decimal_comma))::text, 'the market values do not sum to more than 0',
    'The weights are computed from them: download the file again.'
FROM staged_files AS f
JOIN issuer_formats AS i ON i.name = f.format AND i.weight_unit = 'market_value'
JOIN staged_members AS m ON m.file = f.file
WHERE f.status = 'pending'
GROUP BY f.file
HAVING coalesce(sum(stated_amount(m.market_value, i.decimal_comma)), 0) <= 0;

COMMENT ON VIEW amount_problems IS 'Market values of staged issuer files that weights cannot be computed from: file, line, column, value, message, remedy.';
