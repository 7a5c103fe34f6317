CREATE OR REPLACE FUNCTION is_iso_date(
    p_text text
)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /* Counts the days of the month because a cast of 2026-02-30 would raise an error. */
    SELECT CASE
        WHEN p_text !~ '^(1[789]|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$' THEN false
        ELSE substr(p_text, 9, 2)::integer <= extract(
            day FROM make_date(substr(p_text, 1, 4)::integer, substr(p_text, 6, 2)::integer, 1) + interval '1 month - 1 day')
    END
$$;

COMMENT ON FUNCTION is_iso_date(text) IS 'Returns true if a text is an existing date from 1700 to 2099 in the form YYYY-MM-DD. NULL for NULL.';
