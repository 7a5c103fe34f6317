CREATE OR REPLACE FUNCTION report_universes(
    p_environment text DEFAULT 'DEFAULT',
    p_days integer DEFAULT 30
)
RETURNS TABLE (
    type text,
    name text,
    description text,
    members bigint,
    last_change timestamptz,
    known_since timestamptz,
    added bigint,
    removed bigint,
    as_of text,
    weight_sum numeric,
    file text
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    WITH limits AS (
        SELECT statement_timestamp() - make_interval(days => p_days) AS since
    ), member AS (
        SELECT m.group_id, count(*) AS members, sum(m.weight) AS weight_sum
        FROM group_memberships AS m
        GROUP BY m.group_id
    ), moment AS (
        -- Rows opened and closed per change: few rows even if the history is long.
        SELECT h.group_id, h.valid_from, count(*) AS opened, max(h.valid_to) AS last_closed,
            count(*) FILTER (WHERE h.close_reason = 'reweighted' AND h.valid_to >= l.since) AS reweighted,
            count(*) FILTER (WHERE h.close_reason <> 'reweighted' AND h.valid_to >= l.since) AS removed
        FROM membership_history AS h
        CROSS JOIN limits AS l
        GROUP BY h.group_id, h.valid_from
    ), change AS (
        -- A new weight closes a row and opens the next: neither added nor removed. The first fill does not count as added.
        SELECT c.group_id, min(c.valid_from) AS known_since, greatest(max(c.valid_from), max(c.last_closed)) AS last_change,
            coalesce(sum(c.opened) FILTER (WHERE c.valid_from >= l.since), 0) - sum(c.reweighted)
                - CASE WHEN min(c.valid_from) >= l.since THEN (array_agg(c.opened ORDER BY c.valid_from))[1] ELSE 0 END AS added,
            sum(c.removed) AS removed
        FROM moment AS c
        CROSS JOIN limits AS l
        GROUP BY c.group_id, l.since
    )
    SELECT g.type, g.name, g.description, coalesce(m.members, 0), c.last_change, c.known_since,
        coalesce(c.added, 0)::bigint, coalesce(c.removed, 0)::bigint,
        g.metadata ->> 'as_of', m.weight_sum, g.metadata ->> 'file'
    FROM definition_groups AS g
    LEFT JOIN member AS m ON m.group_id = g.id
    LEFT JOIN change AS c ON c.group_id = g.id
    WHERE g.environment = p_environment AND NOT coalesce(g.metadata ? 'retired_at', false)
    ORDER BY g.type COLLATE "C", g.name COLLATE "C"
$$;

COMMENT ON FUNCTION report_universes(text, integer) IS 'Returns size and last change of every universe that is not retired. last_change: last addition, removal or change of weight. added, removed: symbols in the last p_days days, without the first fill of a universe. as_of: date of the holdings file, ISO 8601. weight_sum: percent.';
