CREATE OR REPLACE FUNCTION withhold_delisted(
    p_symbols text[],
    p_groups bigint[]
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    /* Universes of the rules are computed anew; the members of all others are stated by somebody else. */
    INSERT INTO withheld_members (group_id, symbol, line, weight, metadata, reason, stated, since)
    SELECT m.group_id, m.symbol, (m.metadata ->> 'line')::bigint, m.weight, m.metadata, 'inactive',
        jsonb_strip_nulls(jsonb_build_object('symbol', m.symbol, 'weight', m.weight::text, 'sector', m.metadata -> 'sector')), now()
    FROM group_memberships AS m
    JOIN definition_groups AS g ON g.id = m.group_id
    WHERE m.group_id = ANY (p_groups) AND m.symbol IN (SELECT unnest(p_symbols)) AND g.metadata ->> 'source' IS DISTINCT FROM 'rules'
$$;

COMMENT ON FUNCTION withhold_delisted(text[], bigint[]) IS 'Keeps the memberships of inactive symbols in universes that no rule computes in withheld_members, before they are removed.';
