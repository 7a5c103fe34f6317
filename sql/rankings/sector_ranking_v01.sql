CREATE VIEW sector_ranking AS
SELECT r.sector, r.rank, r.symbol, r.market_cap
FROM (
    SELECT g.name AS sector, s.symbol, s.market_cap,
        row_number() OVER (PARTITION BY g.id ORDER BY s.market_cap DESC, s.symbol COLLATE "C")::integer AS rank
    FROM definition_groups AS g
    JOIN group_memberships AS m ON m.group_id = g.id
    JOIN symbols AS s ON s.symbol = m.symbol
    WHERE g.type = 'SECTOR' AND g.name <> 'unknown' AND g.environment = environment_in_use()
        AND s.active AND s.type IN ('CS', 'ADRC') AND s.market_cap > 0
) AS r
WHERE r.rank <= (SELECT max(size) FROM ranking_sizes WHERE kind = 'sector');

COMMENT ON VIEW sector_ranking IS 'The largest active stocks of each sector by market cap in US dollars, as many as the largest sector ranking needs; ties in byte order of the symbol.';
