CREATE OR REPLACE FUNCTION normalize_name(
    p_name text
)
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT btrim(regexp_replace(lower(p_name), '[^[:alnum:]]+', ' ', 'g'))
$$;

COMMENT ON FUNCTION normalize_name(text) IS 'Normalizes a name for comparison: lower case, one blank for everything between letters and digits. Information Technology equals information_technology, BRK/B equals BRK.B.';
