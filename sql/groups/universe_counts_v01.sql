CREATE VIEW universe_counts AS
SELECT
    c.type,
    count(*)::integer AS universes,
    sum(c.members)::integer AS members,
    string_agg(format('%s (%s)', c.name, c.members), ', ' ORDER BY c.place) FILTER (WHERE c.place <= 3) AS largest
FROM (
    SELECT g.type, g.name, m.members, row_number() OVER (PARTITION BY g.type ORDER BY m.members DESC, g.name) AS place
    FROM definition_groups AS g
    CROSS JOIN LATERAL (SELECT count(*) AS members FROM group_memberships AS x WHERE x.group_id = g.id) AS m
    WHERE NOT coalesce(g.metadata ? 'retired_at', false) AND g.environment = environment_in_use()
) AS c
GROUP BY c.type
ORDER BY c.type;

COMMENT ON VIEW universe_counts IS 'Number of universes and memberships per type, with the three largest universes and their sizes. Retired universes are left out.';
