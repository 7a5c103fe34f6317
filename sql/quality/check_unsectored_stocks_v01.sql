CREATE VIEW check_unsectored_stocks AS
SELECT e.environment, s.symbol AS subject, format('active %s, in no SECTOR universe', s.type) AS detail
FROM (SELECT DISTINCT g.environment FROM definition_groups AS g) AS e
CROSS JOIN active_stocks AS s
WHERE NOT EXISTS (
    SELECT
    FROM definition_groups AS g
    JOIN group_memberships AS m ON m.group_id = g.id
    WHERE g.type = 'SECTOR' AND g.environment = e.environment AND m.symbol = s.symbol
);

COMMENT ON VIEW check_unsectored_stocks IS 'Active stocks in no SECTOR universe; stocks without a statement belong in the sector unknown.';
