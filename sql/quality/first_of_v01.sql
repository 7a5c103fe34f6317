CREATE OR REPLACE FUNCTION first_of(
    p_items text[],
    p_most integer
)
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT array_to_string(p_items[1:p_most], ', ')
        || CASE WHEN cardinality(p_items) > p_most THEN format(' and %s more', cardinality(p_items) - p_most) ELSE '' END
$$;

COMMENT ON FUNCTION first_of(text[], integer) IS 'The first p_most items of a list as text, and how many more there are: A, B and 3 more.';
