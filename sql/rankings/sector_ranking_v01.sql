CREATE VIEW sector_ranking AS
SELECT g.name AS sector, r.symbol, r.market_cap,
    row_number() OVER (PARTITION BY g.id ORDER BY r.market_cap DESC, r.symbol COLLATE "C")::integer AS rank
FROM definition_groups AS g
CROSS JOIN LATERAL (
    -- Walks the stocks from the largest down until the sector's share of the list is full.
    SELECT s.symbol, s.market_cap
    FROM active_stocks AS s
    JOIN group_memberships AS m ON m.group_id = g.id AND m.symbol = s.symbol
    WHERE s.market_cap > 0
    ORDER BY s.market_cap DESC, s.symbol COLLATE "C"
    LIMIT (SELECT max(size) FROM ranking_sizes WHERE kind = 'sector')
) AS r
WHERE g.type = 'SECTOR' AND g.name <> 'unknown' AND g.environment = environment_in_use()
    AND EXISTS (SELECT FROM group_memberships AS x WHERE x.group_id = g.id);

COMMENT ON VIEW sector_ranking IS 'Largest active stocks of each sector by market cap (US dollars), as many as the largest sector ranking needs; ties in byte order of the symbol.';
