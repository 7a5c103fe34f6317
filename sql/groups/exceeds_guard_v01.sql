CREATE OR REPLACE FUNCTION exceeds_guard(
    p_group_type text,
    p_before bigint,
    p_added bigint,
    p_removed bigint
)
RETURNS boolean
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT p_removed > 0 AND (
        (p_before + p_added - p_removed = 0 AND NOT g.may_empty)
        OR (p_before >= g.min_members AND p_removed * 100.0 / p_before > g.max_removed_percent)
    )
    FROM membership_guards AS g
    WHERE g.group_type IN (p_group_type, '*')
    ORDER BY g.group_type = '*'
    LIMIT 1
$$;

COMMENT ON FUNCTION exceeds_guard(text, bigint, bigint, bigint) IS 'Returns true if membership_guards hold a change back: a group of type p_group_type with p_before members that gains p_added and loses p_removed.';
