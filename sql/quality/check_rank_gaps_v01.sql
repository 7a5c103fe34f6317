CREATE VIEW check_rank_gaps AS
SELECT r.environment, r.name AS subject,
    format('%s members have %s different ranks, from %s to %s', sum(r.members), count(r.rank), min(r.rank), max(r.rank)) AS detail
FROM (
    SELECT g.id, g.environment, g.name, (m.metadata ->> 'rank')::integer AS rank, count(*) AS members
    FROM definition_groups AS g
    JOIN group_memberships AS m ON m.group_id = g.id
    WHERE g.type IN ('MARKET_LEADERS', 'SECTOR_LEADERS')
    GROUP BY g.id, g.environment, g.name, 4
) AS r
GROUP BY r.id, r.environment, r.name
HAVING (count(r.rank), min(r.rank), max(r.rank)) IS DISTINCT FROM (sum(r.members), 1, sum(r.members));

COMMENT ON VIEW check_rank_gaps IS 'Rankings whose members do not have the ranks 1 to n, each once.';
