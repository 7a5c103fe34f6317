CREATE VIEW desired_returns AS
SELECT g.environment, g.type AS group_type, g.name AS group_name, w.group_id, w.symbol, w.weight, w.metadata
FROM withheld_members AS w
JOIN definition_groups AS g ON g.id = w.group_id AND NOT coalesce(g.metadata, '{}') ? 'retired_at'
JOIN symbols AS s ON s.symbol = w.symbol AND s.active
WHERE w.reason = 'inactive' AND NOT EXISTS (SELECT FROM group_memberships AS m WHERE m.group_id = w.group_id AND m.symbol = w.symbol);

COMMENT ON VIEW desired_returns IS 'Rows of withheld_members whose symbol is active again. weight: percent of the fund.';
