CREATE VIEW empty_groups AS
SELECT g.environment, g.type, g.name,
    CASE WHEN g.metadata ? 'file' THEN 'no member, loaded from ' || (g.metadata ->> 'file') ELSE 'no member' END AS detail
FROM definition_groups AS g
WHERE NOT coalesce(g.metadata ? 'retired_at', false)
    AND NOT EXISTS (SELECT FROM group_memberships AS m WHERE m.group_id = g.id);

COMMENT ON VIEW empty_groups IS 'Universes without members, those that are retired left out.';
