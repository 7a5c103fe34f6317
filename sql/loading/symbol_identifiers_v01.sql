CREATE VIEW symbol_identifiers AS
SELECT s.symbol, s.active, i.kind, i.identifier
FROM symbols AS s
CROSS JOIN LATERAL (
    VALUES ('cusip', coalesce(s.cusip, CASE WHEN s.isin ~ '^(US|CA)' THEN substr(s.isin, 3, 9) END)),
        ('isin', s.isin), ('figi', s.figi)
) AS i (kind, identifier)
WHERE i.identifier IS NOT NULL;

COMMENT ON VIEW symbol_identifiers IS 'Identifiers of the symbols, one row each. kind: cusip (that in an ISIN of the United States or Canada included), isin, figi.';
