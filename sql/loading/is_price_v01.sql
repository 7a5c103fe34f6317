CREATE OR REPLACE FUNCTION is_price(
    p_text text
)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT p_text ~ '^\d{1,9}(\.\d+)?([eE]-\d{1,2})?$'
$$;

COMMENT ON FUNCTION is_price(text) IS 'Returns true if a text is a price in US dollars: a decimal number, not negative. NULL for NULL.';
