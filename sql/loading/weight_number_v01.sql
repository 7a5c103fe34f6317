CREATE OR REPLACE FUNCTION weight_number(
    p_weight text
)
RETURNS numeric
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT CASE WHEN p_weight ~ '^-?\d*\.?\d+([eE][-+]?\d{1,2})?$' THEN p_weight::numeric END
$$;

COMMENT ON FUNCTION weight_number(text) IS 'Returns a weight as cleaned_holdings writes it as a number, percent of the fund; NULL if it is none.';
