CREATE VIEW group_entries AS
SELECT
    g.id AS group_id,
    g.name AS universe,
    g.type AS universe_category,
    g.environment,
    CASE WHEN g.type = 'ETF_CATEGORY' OR g.name = 'all_etfs' THEN 'etf_universe' ELSE 'stock_universe' END AS type,
    CASE g.type
        WHEN 'THEME' THEN 'themes'
        WHEN 'SECTOR' THEN 'sectors'
        WHEN 'ETF' THEN 'etf_holdings'
        WHEN 'UNIVERSE' THEN 'universes'
        ELSE lower(g.type)
    END AS name,
    m.symbols::jsonb AS symbols,
    -- json, cast once: building jsonb out of large jsonb copies it again and again.
    json_build_object(
        'symbols', m.symbols,
        'count', m.members,
        'last_updated', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'metadata', json_build_object('type', g.type, 'description', g.description)
    )::jsonb AS content,
    jsonb_build_object('group_id', g.id, 'description', g.description) AS universe_metadata
FROM definition_groups AS g
CROSS JOIN LATERAL (
    SELECT
        count(*) AS members,
        coalesce(
            json_agg(x.symbol ORDER BY (x.metadata ->> 'rank')::integer, x.weight DESC NULLS LAST, x.symbol COLLATE "C"),
            '[]'
        ) AS symbols
    FROM group_memberships AS x
    WHERE x.group_id = g.id
) AS m
WHERE NOT coalesce(g.metadata ? 'retired_at', false);

COMMENT ON VIEW group_entries IS 'Desired rows of cache_entries, one per group that is not retired.';
