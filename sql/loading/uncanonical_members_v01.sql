CREATE VIEW uncanonical_members AS
SELECT m.file, m.line, m.symbol, m.weight
FROM staged_members AS m
WHERE m.symbol IS NULL OR m.symbol !~ ticker_pattern() OR length(m.symbol) > (SELECT symbol_limit())
    OR m.weight !~ '^\d{1,2}(\.\d+)?$';

COMMENT ON VIEW uncanonical_members IS 'Rows of staged_members that need repair or are wrong: cheap patterns that nearly every row passes.';
