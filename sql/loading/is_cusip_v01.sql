CREATE OR REPLACE FUNCTION is_cusip(
    p_text text
)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /* The ninth character is a check digit: values of the others, every second one doubled, as sums of their digits. */
    SELECT p_text ~ '^[0-9A-Z*@#]{8}\d$' AND right(p_text, 1)::integer = (
        SELECT (10 - sum(v.value / 10 + v.value % 10) % 10) % 10
        FROM generate_series(1, 8) AS i
        CROSS JOIN LATERAL (
            SELECT (strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#', substr(p_text, i, 1)) - 1) * (2 - i % 2) AS value
        ) AS v
    )
$$;

COMMENT ON FUNCTION is_cusip(text) IS 'Returns true for a CUSIP of nine characters with a valid check digit.';
