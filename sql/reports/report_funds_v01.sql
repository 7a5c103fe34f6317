CREATE OR REPLACE FUNCTION report_funds(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (fund text, description text, members bigint, as_of text, weight_sum numeric, top_weight numeric, holdings jsonb)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT g.name, g.description, m.members, g.metadata ->> 'as_of', m.weight_sum, h.weight, coalesce(h.holdings, '[]')
    FROM definition_groups AS g
    CROSS JOIN LATERAL (
        SELECT count(*) AS members, sum(x.weight) AS weight_sum
        FROM group_memberships AS x
        WHERE x.group_id = g.id
    ) AS m
    CROSS JOIN LATERAL (
        SELECT sum(t.weight) AS weight, jsonb_agg(jsonb_build_object('rank', t.rank, 'symbol', t.symbol,
            'name', t.name, 'weight', t.weight, 'market_cap', t.market_cap) ORDER BY t.rank) AS holdings
        FROM fund_top_holdings AS t
        WHERE t.fund = g.name AND t.environment = g.environment
    ) AS h
    WHERE g.type = 'ETF' AND g.environment = p_environment AND NOT coalesce(g.metadata ? 'retired_at', false)
    ORDER BY g.name COLLATE "C"
$$;

COMMENT ON FUNCTION report_funds(text) IS 'Returns every fund with its ten heaviest members, an array of {rank, symbol, name, weight, market_cap}. as_of: date of the holdings file, ISO 8601. weight_sum: of all members; top_weight: of the ten; percent of the fund.';
