CREATE OR REPLACE FUNCTION abbreviate_list(
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

COMMENT ON FUNCTION abbreviate_list(text[], integer) IS 'Returns the first p_most items of a list as text, followed by the number of the others: A, B and 3 more.';
