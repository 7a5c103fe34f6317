CREATE OR REPLACE FUNCTION overview_universes(
    p_environment text DEFAULT 'DEFAULT',
    p_most integer DEFAULT 200
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
    WITH member AS (
        SELECT m.group_id, count(*) AS members
        FROM group_memberships AS m
        GROUP BY m.group_id
    ), universe AS (
        SELECT g.type, g.name, g.description AS title, coalesce(m.members, 0) AS members,
            row_number() OVER (PARTITION BY g.type ORDER BY coalesce(m.members, 0) DESC, g.name COLLATE "C") AS place
        FROM definition_groups AS g
        LEFT JOIN member AS m ON m.group_id = g.id
        WHERE g.environment = p_environment AND NOT coalesce(g.metadata ? 'retired_at', false)
    ), type AS (
        SELECT u.type, count(*) AS count, sum(u.members) AS members, count(*) FILTER (WHERE u.members = 0) AS empty,
            jsonb_agg(jsonb_build_object('name', u.name, 'title', u.title, 'members', u.members) ORDER BY u.place)
                FILTER (WHERE u.place <= p_most) AS universes
        FROM universe AS u
        GROUP BY u.type
    )
    SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.members DESC, t.type COLLATE "C"), '[]') FROM type AS t
$$;

COMMENT ON FUNCTION overview_universes(text, integer) IS 'Returns the universes that are not retired as a JSON array of types, the one with most memberships first: type, count, members, empty (universes without members), universes (the p_most largest: name, title, members).';
