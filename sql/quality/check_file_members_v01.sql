CREATE VIEW check_file_members AS
SELECT g.environment, g.name AS subject,
    format('its file states %s rows: %s are members, %s are withheld', g.metadata ->> 'rows', m.members, w.withheld) AS detail
FROM definition_groups AS g
CROSS JOIN LATERAL (SELECT count(*) AS members FROM group_memberships AS m WHERE m.group_id = g.id) AS m
CROSS JOIN LATERAL (SELECT count(*) AS withheld FROM withheld_members AS w WHERE w.group_id = g.id) AS w
WHERE g.metadata ? 'rows' AND NOT g.metadata ? 'retired_at' AND m.members + w.withheld <> (g.metadata ->> 'rows')::bigint
UNION ALL
SELECT r.environment, r.group_name,
    format('%s is active and stated by its file, but no member', abbreviate_list(array_agg(r.symbol ORDER BY r.symbol COLLATE "C"), 5))
FROM desired_returns AS r
GROUP BY r.environment, r.group_type, r.group_name;

COMMENT ON VIEW check_file_members IS 'Universes whose members are not those that their file states, less the rows of withheld_members.';
