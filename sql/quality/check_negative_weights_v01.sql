CREATE VIEW check_negative_weights AS
SELECT g.environment, m.symbol AS subject, format('%s percent of %s %s', m.weight, g.type, g.name) AS detail
FROM group_memberships AS m
JOIN definition_groups AS g ON g.id = m.group_id
WHERE m.weight < 0;

COMMENT ON VIEW check_negative_weights IS 'Memberships with a weight below zero.';
