CREATE VIEW desired_legacy AS
SELECT l.group_type, l.group_name, s.symbol, NULL::numeric AS weight,
    jsonb_build_object('rule', 'cache_entries row ' || l.entry_id)
        || CASE WHEN l.group_type IN ('MARKET_LEADERS', 'SECTOR_LEADERS')
            THEN jsonb_build_object('rank', row_number() OVER (PARTITION BY l.entry_id ORDER BY s.place)) ELSE '{}' END AS metadata
FROM legacy_universes AS l
CROSS JOIN LATERAL listed_symbols(l.value) AS s
WHERE l.environment = environment_in_use();

COMMENT ON VIEW desired_legacy IS 'Desired members of the universes of old cache_entries rows.';
