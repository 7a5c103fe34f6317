CREATE OR REPLACE FUNCTION open_reason(
    p_reason text,
    p_group_id bigint,
    p_symbol text
)
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT CASE
        WHEN p_reason = 'returned' AND NOT EXISTS (
            SELECT FROM membership_history AS h WHERE h.group_id = p_group_id AND h.symbol = p_symbol
        ) THEN 'admitted'
        ELSE p_reason
    END
$$;

COMMENT ON FUNCTION open_reason(text, bigint, text) IS 'Returns the open_reason of a new membership: p_reason, but admitted instead of returned for a symbol that never was a member of the group.';
