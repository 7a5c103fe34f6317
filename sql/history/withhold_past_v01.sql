CREATE OR REPLACE FUNCTION withhold_past(
    p_groups bigint[],
    p_moment timestamptz
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    /* The rows that a file taken back has left over do not belong to the members of p_moment. */
    DELETE FROM withheld_members AS w WHERE w.group_id = ANY (p_groups);
    INSERT INTO withheld_members (group_id, symbol, line, weight, metadata, reason, stated, since)
    SELECT h.group_id, h.symbol, (h.metadata ->> 'line')::bigint, h.weight, h.metadata, 'inactive', jsonb_strip_nulls(jsonb_build_object(
        'symbol', h.symbol, 'weight', h.weight::text, 'sector', h.metadata -> 'sector')), now()
    FROM membership_history AS h
    JOIN definition_groups AS g ON g.id = h.group_id AND g.metadata ->> 'source' IS DISTINCT FROM 'rules'
    JOIN symbols AS s ON s.symbol = h.symbol AND NOT s.active
    WHERE h.group_id = ANY (p_groups) AND h.valid_from <= p_moment AND (h.valid_to > p_moment) IS NOT FALSE
$$;

COMMENT ON FUNCTION withhold_past(bigint[], timestamptz) IS 'Sets withheld_members of universes that a rollback has changed to their members at p_moment that are inactive now.';
