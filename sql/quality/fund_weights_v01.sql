CREATE VIEW fund_weights AS
SELECT g.environment, g.name, w.weight_sum, w.weighted, l.low, l.maximum, coalesce((g.metadata ->> 'foreign_percent')::numeric, 0) AS foreign_percent
FROM definition_groups AS g
JOIN (
    SELECT m.group_id, sum(m.weight) AS weight_sum, count(*) AS weighted
    FROM group_memberships AS m
    WHERE m.weight IS NOT NULL
    GROUP BY m.group_id
) AS w ON w.group_id = g.id
CROSS JOIN LATERAL weight_limits(g.type, g.name) AS l
WHERE g.type = 'ETF';

COMMENT ON VIEW fund_weights IS 'Sum of the weights of every ETF that has any, and how many constituents have one.';
COMMENT ON COLUMN fund_weights.weight_sum IS 'Percent of the fund.';
