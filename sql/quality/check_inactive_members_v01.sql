CREATE VIEW check_inactive_members AS
SELECT g.environment, m.symbol AS subject, 'inactive, in ' || abbreviate_list(array_agg(g.type || ' ' || g.name ORDER BY g.type, g.name), 5) AS detail
FROM symbols AS s
JOIN group_memberships AS m ON m.symbol = s.symbol
JOIN definition_groups AS g ON g.id = m.group_id
WHERE NOT s.active
GROUP BY g.environment, m.symbol;

COMMENT ON VIEW check_inactive_members IS 'Members that are inactive in symbols, with their universes.';
