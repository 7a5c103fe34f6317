CREATE OR REPLACE FUNCTION ticker_pattern()
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /* A constant: the planner folds it, so symbol ~ ticker_pattern() costs what the literal would. */
    SELECT '^[A-Z0-9][A-Z0-9.^/-]*$'
$$;

COMMENT ON FUNCTION ticker_pattern() IS 'Returns the regular expression that a ticker symbol matches: upper-case letters, digits, dot, caret, slash and hyphen.';
