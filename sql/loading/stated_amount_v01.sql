CREATE OR REPLACE FUNCTION stated_amount(
    p_text text,
    p_decimal_comma boolean DEFAULT false
)
RETURNS numeric
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /* Thousands are separated in threes or not at all: 1,23 is no number with a decimal point. */
    SELECT CASE
        WHEN d.digits ~ '^-?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?(e[-+]?\d{1,2})?$' AND d.digits ~ '\d' THEN replace(d.digits, ',', '')::numeric
        WHEN d.digits ~ '^\([\d,.]+\)$' THEN -stated_amount(btrim(d.digits, '()'))
    END
    FROM translate(lower(p_text), U&'$ \00A0', '') AS x (text)
    CROSS JOIN LATERAL (SELECT CASE WHEN p_decimal_comma THEN translate(x.text, '.,', ',.') ELSE x.text END) AS d (digits)
$$;

COMMENT ON FUNCTION stated_amount(text, boolean) IS 'Returns an amount as issuers write it as a number: $1,234.50, (1,234.50) for a negative one, and with p_decimal_comma 1.234,50. NULL if it is none.';
