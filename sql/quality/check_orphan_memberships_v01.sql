CREATE VIEW check_orphan_memberships AS
SELECT NULL::text AS environment, m.symbol AS subject, format('member of group %s, which does not exist', m.group_id) AS detail
FROM group_memberships AS m
WHERE NOT EXISTS (SELECT FROM definition_groups AS g WHERE g.id = m.group_id);

COMMENT ON VIEW check_orphan_memberships IS 'Memberships of a group that does not exist: found by their symbol, but by no universe. They can come about only where the foreign key is missing or was bypassed.';
