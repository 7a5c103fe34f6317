CREATE OR REPLACE FUNCTION stock_universes(
    p_symbol text,
    p_at timestamptz DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (
    member boolean,
    type text,
    name text,
    title text,
    rank integer,
    weight numeric,
    since timestamptz,
    until timestamptz,
    reason text,
    file text,
    line bigint,
    run text,
    run_id uuid,
    end_reason text,
    market_cap bigint,
    metadata jsonb
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
    WITH stretch AS (
        SELECT g.id, e.*
        FROM definition_groups AS g
        CROSS JOIN LATERAL explain_membership(p_symbol, g.name, g.type, p_environment) AS e
        WHERE g.environment = p_environment
            AND EXISTS (SELECT FROM membership_history AS h WHERE h.group_id = g.id AND h.symbol = p_symbol)
    ), present AS (
        SELECT m.group_id, m.weight, (m.metadata ->> 'rank')::integer AS rank, m.metadata
        FROM group_memberships AS m
        WHERE p_at IS NULL AND m.symbol = p_symbol
        UNION ALL
        -- Ranks have no history.
        SELECT h.group_id, h.weight, NULL, h.metadata
        FROM definition_groups AS g
        JOIN membership_history AS h ON h.group_id = g.id AND h.symbol = p_symbol
        WHERE p_at IS NOT NULL AND h.valid_from <= p_at AND (h.valid_to IS NULL OR h.valid_to > p_at)
    )
    SELECT true, g.type, g.name, g.description, p.rank, p.weight, s.since, NULL::timestamptz, membership_reason(p.metadata),
        -- As of that time: the line may differ from that when the member was added.
        f.file, (p.metadata ->> 'line')::bigint, s.run, s.run_id, NULL::text, s.market_cap, p.metadata
    FROM present AS p
    JOIN definition_groups AS g ON g.id = p.group_id AND g.environment = p_environment
    LEFT JOIN stretch AS s ON s.id = p.group_id AND (s.until IS NULL OR s.until > p_at) AND (p_at IS NULL OR s.since <= p_at)
    LEFT JOIN LATERAL (SELECT u.file FROM universe_file(g.id, p_at) AS u WHERE p.metadata ? 'line') AS f ON true
    UNION ALL
    SELECT false, g.type, g.name, g.description, NULL, s.weight, s.since, s.until, s.reason,
        s.file, s.line, s.run, s.run_id, s.end_reason, s.market_cap, NULL
    FROM stretch AS s
    JOIN definition_groups AS g ON g.id = s.id
    WHERE s.until <= coalesce(p_at, 'infinity')
    ORDER BY 1 DESC, 8 DESC NULLS FIRST, 2, 6 DESC NULLS LAST, 3
$$;

COMMENT ON FUNCTION stock_universes(text, timestamptz, text) IS 'Returns the universes of a symbol now (p_at NULL) or at a past time: current memberships first (member), then past periods, latest first. rank: only for now. weight: percent. market_cap: US dollars at the start of the period. reason, file, line, run: why it was added; end_reason: why it was removed.';
