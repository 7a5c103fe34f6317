CREATE OR REPLACE FUNCTION constituents_at(
    p_group_id bigint,
    p_at timestamptz DEFAULT NULL
)
RETURNS TABLE (
    place bigint,
    symbol text,
    name text,
    weight numeric,
    rank integer,
    market_cap bigint,
    sector text,
    since timestamptz,
    reason text
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    WITH member AS (
        SELECT m.symbol::text AS symbol, m.weight, (m.metadata ->> 'rank')::integer AS rank, s.market_cap, m.metadata
        FROM group_memberships AS m
        LEFT JOIN symbols AS s ON s.symbol = m.symbol
        WHERE p_at IS NULL AND m.group_id = p_group_id
        UNION ALL
        -- Ranks have no history.
        SELECT h.symbol, h.weight, NULL, h.market_cap, h.metadata
        FROM history_at(p_group_id, p_at) AS h
        WHERE p_at IS NOT NULL
    ), stretch AS (
        -- A new weight closes a row of history and opens the next: such rows are one stretch of membership.
        SELECT x.symbol, max(x.valid_from) FILTER (WHERE x.begins) AS since
        FROM (
            SELECT h.symbol, h.valid_from,
                lag(h.valid_to) OVER (PARTITION BY h.symbol ORDER BY h.valid_from) IS DISTINCT FROM h.valid_from AS begins
            FROM membership_history AS h
            WHERE h.group_id = p_group_id AND (p_at IS NULL OR h.valid_from <= p_at)
        ) AS x
        GROUP BY x.symbol
    ), sector_group AS (
        SELECT g.id, g.name
        FROM definition_groups AS g
        WHERE g.type = 'SECTOR' AND g.environment = (SELECT x.environment FROM definition_groups AS x WHERE x.id = p_group_id)
    ), sector AS (
        SELECT m.symbol, g.name AS sector
        FROM sector_group AS g
        JOIN group_memberships AS m ON m.group_id = g.id
        WHERE p_at IS NULL
        UNION ALL
        SELECT h.symbol, g.name
        FROM sector_group AS g
        JOIN membership_history AS h ON h.group_id = g.id AND h.valid_from <= p_at AND (h.valid_to IS NULL OR h.valid_to > p_at)
        WHERE p_at IS NOT NULL
    )
    SELECT row_number() OVER w, m.symbol, s.name, m.weight, m.rank, m.market_cap, c.sector, t.since, membership_reason(m.metadata)
    FROM member AS m
    LEFT JOIN symbols AS s ON s.symbol = m.symbol
    LEFT JOIN stretch AS t ON t.symbol = m.symbol
    LEFT JOIN sector AS c ON c.symbol = m.symbol
    WINDOW w AS (ORDER BY m.rank, m.weight DESC NULLS LAST, m.market_cap DESC NULLS LAST, m.symbol COLLATE "C")
    ORDER BY 1
$$;

COMMENT ON FUNCTION constituents_at(bigint, timestamptz) IS 'Returns the members of a universe now (p_at NULL) or at a past time, ordered by rank, then weight (percent), then market cap (US dollars; for a past time as recorded with the membership). since: start of the current period of membership. reason: rule, line or rank as recorded then. Raises UV003 for a time before its history.';
