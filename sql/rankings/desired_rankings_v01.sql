CREATE VIEW desired_rankings AS
SELECT 'MARKET_LEADERS' AS group_type, z.name AS group_name, r.symbol, NULL::numeric AS weight,
    jsonb_build_object('rank', r.rank) AS metadata
FROM market_ranking AS r
JOIN ranking_sizes AS z ON z.kind = 'market' AND r.rank <= z.size
UNION ALL
SELECT 'SECTOR_LEADERS', z.name || '_' || r.sector, r.symbol, NULL, jsonb_build_object('rank', r.rank)
FROM sector_ranking AS r
JOIN ranking_sizes AS z ON z.kind = 'sector' AND r.rank <= z.size;

COMMENT ON VIEW desired_rankings IS 'Desired members of the MARKET_LEADERS and SECTOR_LEADERS groups, with rank.';
