CREATE OR REPLACE FUNCTION check_problem(
    p_relation text
)
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT CASE
        WHEN r.relation IS NULL THEN format('there is no view of this name in schema %s', api_schema())
        WHEN m.columns IS NOT NULL THEN 'the view lacks: ' || m.columns
    END
    FROM (SELECT to_regclass(quote_ident(p_relation)) AS relation) AS r
    CROSS JOIN LATERAL (
        SELECT string_agg(w.name, ', ') AS columns
        FROM unnest('{environment, subject, detail}'::text[]) AS w (name)
        WHERE NOT EXISTS (
            SELECT FROM pg_attribute AS a WHERE a.attrelid = r.relation AND a.attname = w.name AND a.attnum > 0
        )
    ) AS m
$$;

COMMENT ON FUNCTION check_problem(text) IS 'Returns why a relation cannot serve as a check: it does not exist, or lacks columns. NULL: it can.';
