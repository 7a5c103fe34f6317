CREATE OR REPLACE FUNCTION price_date(
    p_text text
)
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /* Midnight is that of the day, whatever the zone. Another time in UTC before 4 o'clock is of the day before in New York. */
    SELECT CASE
        WHEN p_text ~ '^(19|20)\d{6}$' THEN format('%s-%s-%s', substr(p_text, 1, 4), substr(p_text, 5, 2), substr(p_text, 7, 2))
        WHEN t.parts IS NULL THEN p_text
        WHEN t.parts[2] = '00:00' OR t.parts[4] LIKE '-%' OR t.parts[4] IS NULL
            OR t.parts[4] ~* '^(z|\+00:?00)$' AND t.parts[2] >= '04:00' THEN t.parts[1]
        ELSE p_text
    END
    FROM regexp_match(p_text, '^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$') AS t (parts)
$$;

COMMENT ON FUNCTION price_date(text) IS 'Returns the day of a price as YYYY-MM-DD: of 20260820, 2026-08-20 00:00:00-04:00 or 2026-08-20T00:00:00.000Z. Any other text is returned as it is.';
