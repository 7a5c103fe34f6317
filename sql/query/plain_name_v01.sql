CREATE OR REPLACE FUNCTION plain_name(
    p_name text
)
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT btrim(regexp_replace(lower(p_name), '[^[:alnum:]]+', ' ', 'g'))
$$;

COMMENT ON FUNCTION plain_name(text) IS 'A name as it is compared when a person asks for it: lower case, with one blank for everything between letters and digits. Information Technology and information_technology are the same, BRK/B and BRK.B, too.';
