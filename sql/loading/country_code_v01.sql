CREATE OR REPLACE FUNCTION country_code(
    p_country text
)
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce((SELECT c.code FROM countries AS c WHERE x.name = ANY (c.names) OR lower(c.code) = x.name LIMIT 1), x.name)
    FROM lower(btrim(p_country)) AS x (name)
$$;

COMMENT ON FUNCTION country_code(text) IS 'Returns the ISO 3166-1 alpha-2 code of a country however it is spelled (see countries); in lower case what is unknown there.';
