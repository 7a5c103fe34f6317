CREATE VIEW check_multi_sector_stocks AS
WITH multiple AS MATERIALIZED (
    SELECT g.environment, m.symbol
    FROM definition_groups AS g
    JOIN group_memberships AS m ON m.group_id = g.id
    WHERE g.type = 'SECTOR'
    GROUP BY g.environment, m.symbol
    HAVING count(*) > 1
)
SELECT g.environment, m.symbol AS subject, 'in ' || string_agg(g.name, ', ' ORDER BY g.name) AS detail
FROM multiple AS x
JOIN definition_groups AS g ON g.type = 'SECTOR' AND g.environment = x.environment
JOIN group_memberships AS m ON m.group_id = g.id AND m.symbol = x.symbol
GROUP BY g.environment, m.symbol;

COMMENT ON VIEW check_multi_sector_stocks IS 'Stocks in more than one sector, with those sectors.';
