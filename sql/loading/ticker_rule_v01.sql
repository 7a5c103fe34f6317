CREATE OR REPLACE FUNCTION ticker_rule()
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT format('A symbol has letters, digits, dot, caret, slash and hyphen, at most %s of them.', symbol_limit())
$$;

COMMENT ON FUNCTION ticker_rule() IS 'Returns the sentence that describes a valid ticker symbol: ticker_pattern() and symbol_limit() in words.';
