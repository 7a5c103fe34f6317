CREATE OR REPLACE FUNCTION holdings_date(
    p_text text
)
RETURNS date
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /*
     * In 09/24/2025 the first number is the month, as US issuers write it, unless it exceeds 12; in 24.09.2025 it is the day.
     * Months are those of the English, German and Italian downloads.
     */
    SELECT CASE WHEN is_iso_date(d.iso) THEN make_date(d.year, d.month, d.day) END
    FROM regexp_replace(lower(btrim(p_text, E' \t\u00a0')), '[t ]\d{1,2}:\d{2}.*$', '') AS x (text)
    CROSS JOIN LATERAL (
        SELECT
            regexp_match(x.text, '^((?:19|20)\d\d)([-/.]?)(\d{1,2})\2(\d{1,2})$') AS iso,
            regexp_match(x.text, '^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)$') AS digits,
            regexp_match(x.text, '^([^\d\s.,/-]{3,10})\.? +(\d{1,2}),? *(\d{4}|\d\d)$') AS month_first,
            regexp_match(x.text, '^(\d{1,2})[-/. ]+([^\d\s.,/-]{3,10})[-/., ]*(\d{4}|\d\d)$') AS day_first
    ) AS m
    CROSS JOIN LATERAL (
        -- 2025111 may be 11 January or 1 November.
        SELECT m.iso[1] AS year, m.iso[3] AS month, m.iso[4] AS day WHERE m.iso IS NOT NULL AND (m.iso[2] <> '' OR length(x.text) = 8)
        UNION ALL
        SELECT m.digits[4], m.digits[1], m.digits[3] WHERE m.digits[2] <> '.' AND m.digits[1]::integer <= 12
        UNION ALL
        SELECT m.digits[4], m.digits[3], m.digits[1] WHERE m.digits[2] = '.' OR m.digits[1]::integer > 12
        UNION ALL
        SELECT coalesce(m.month_first[3], m.day_first[3]), min(n.number)::text, coalesce(m.month_first[2], m.day_first[1])
        FROM unnest('{january,february,march,april,may,june,july,august,september,october,november,december,
            januar,februar,märz,april,mai,juni,juli,august,september,oktober,november,dezember,
            gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,novembre,dicembre}'::text[])
            WITH ORDINALITY AS o (name, position)
        CROSS JOIN LATERAL (SELECT (o.position - 1) % 12 + 1) AS n (number)
        WHERE o.name LIKE replace(coalesce(m.month_first[1], m.day_first[2]), 'mrz', 'mär') || '%'
        HAVING count(DISTINCT n.number) = 1
    ) AS p
    CROSS JOIN LATERAL (
        SELECT y.year, p.month::integer AS month, p.day::integer AS day,
            format('%s-%s-%s', y.year, lpad(p.month, 2, '0'), lpad(p.day, 2, '0')) AS iso
        FROM (SELECT p.year::integer + CASE WHEN length(p.year) = 2 THEN 2000 ELSE 0 END) AS y (year)
    ) AS d
$$;

COMMENT ON FUNCTION holdings_date(text) IS 'Parses the date of a holdings file: 2025-11-18, 20251118, Nov 18, 2025, November 18, 2025, 18-Nov-2025, 18-Nov-25, 18/Nov/2025, 18.11.2025 or 11/18/2025. NULL if it is none of these or not an existing date.';
