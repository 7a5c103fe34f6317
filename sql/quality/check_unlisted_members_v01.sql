CREATE VIEW check_unlisted_members AS
WITH unlisted AS MATERIALIZED (
    SELECT m.symbol
    FROM (SELECT DISTINCT x.symbol FROM group_memberships AS x) AS m
    LEFT JOIN symbols AS s ON s.symbol = m.symbol
    WHERE s.symbol IS NULL AND EXISTS (SELECT FROM symbols)
)
SELECT g.environment, m.symbol AS subject, 'in ' || abbreviate_list(array_agg(g.type || ' ' || g.name ORDER BY g.type, g.name), 5) AS detail
FROM unlisted AS u
JOIN group_memberships AS m ON m.symbol = u.symbol
JOIN definition_groups AS g ON g.id = m.group_id
GROUP BY g.environment, m.symbol;

COMMENT ON VIEW check_unlisted_members IS 'Members that are missing in symbols, with their universes; none while symbols is empty.';
