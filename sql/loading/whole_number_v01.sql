CREATE OR REPLACE FUNCTION whole_number(
    p_text text
)
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT CASE
        WHEN p_text ~ '^\d{1,18}\.0*$' THEN split_part(p_text, '.', 1)
        WHEN p_text ~* '^\d(\.\d+)?e\+?\d\d?$' AND p_text::numeric < 1e18 AND p_text::numeric = trunc(p_text::numeric)
            THEN trunc(p_text::numeric)::text
        ELSE p_text
    END
$$;

COMMENT ON FUNCTION whole_number(text) IS 'Returns the digits of a whole number that a program wrote as a decimal: 3571.0, 3000000000000.00, 2.65677E+12. Any other text is returned as it is.';
