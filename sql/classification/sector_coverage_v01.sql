CREATE VIEW sector_coverage AS
SELECT
    g.environment,
    coalesce(m.metadata ->> 'source', 'none') AS source,
    coalesce(x.title, 'No source says anything: the sector unknown') AS title,
    count(*) AS stocks,
    round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY g.environment), 2) AS percent
FROM definition_groups AS g
JOIN group_memberships AS m ON m.group_id = g.id
LEFT JOIN sector_sources AS x ON x.source = m.metadata ->> 'source'
WHERE g.type = 'SECTOR'
GROUP BY g.environment, 2, x.title, x.position
ORDER BY g.environment, x.position;

COMMENT ON VIEW sector_coverage IS 'Number of stocks whose sector each source of sector_sources decided, and their percentage of all stocks; none: the stocks in the sector unknown.';
