CREATE VIEW check_orphan_memberships AS
SELECT NULL::text AS environment, m.symbol AS subject, format('member of group %s, which does not exist', m.group_id) AS detail
FROM group_memberships AS m
WHERE NOT EXISTS (SELECT FROM definition_groups AS g WHERE g.id = m.group_id);

COMMENT ON VIEW check_orphan_memberships IS 'Memberships whose group does not exist. Possible only if the foreign key is missing or was bypassed.';
