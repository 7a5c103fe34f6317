CREATE OR REPLACE FUNCTION describe_all(
    p_at timestamptz DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
SET jit = off
AS $$
/* Sizes per type, start of history, and the last runs, in one document. */
BEGIN
    PERFORM assert_known(p_at, p_environment);
    RETURN (
        WITH member AS MATERIALIZED (
            SELECT m.group_id, m.symbol::text AS symbol FROM group_memberships AS m WHERE p_at IS NULL
            UNION ALL
            SELECT h.group_id, h.symbol
            FROM membership_history AS h
            WHERE p_at IS NOT NULL AND h.valid_from <= p_at AND (h.valid_to IS NULL OR h.valid_to > p_at)
        ), history AS (
            SELECT h.group_id, count(*) AS stretches, min(h.valid_from) AS since,
                greatest(max(h.valid_from), max(h.valid_to) FILTER (WHERE h.valid_to <= coalesce(p_at, 'infinity'))) AS last_change
            FROM membership_history AS h
            WHERE p_at IS NULL OR h.valid_from <= p_at
            GROUP BY h.group_id
        ), universe AS (
            SELECT g.id, g.type, g.name, coalesce(m.members, 0) AS members, h.stretches, h.since, h.last_change
            FROM definition_groups AS g
            LEFT JOIN (SELECT x.group_id, count(*) AS members FROM member AS x GROUP BY x.group_id) AS m ON m.group_id = g.id
            LEFT JOIN history AS h ON h.group_id = g.id
            WHERE g.environment = p_environment
                AND CASE WHEN p_at IS NULL THEN NOT coalesce(g.metadata ? 'retired_at', false) ELSE h.group_id IS NOT NULL END
        ), type AS (
            SELECT u.type, count(*) AS universes, sum(u.members) AS members, max(u.last_change) AS last_change,
                (array_agg(u.name ORDER BY u.members DESC, u.name COLLATE "C"))[1] AS largest, max(u.members) AS largest_members
            FROM universe AS u
            GROUP BY u.type
        ), run AS (
            SELECT DISTINCT ON (r.kind, CASE r.kind WHEN 'load' THEN r.mode END) r.*
            FROM recorded_runs AS r
            WHERE r.environment = p_environment AND (p_at IS NULL OR r.finished_at <= p_at)
            ORDER BY r.kind, CASE r.kind WHEN 'load' THEN r.mode END, r.started_at DESC
        )
        SELECT jsonb_build_object(
            'environment', p_environment, 'at', p_at,
            'types', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.type COLLATE "C"), '[]') FROM type AS t),
            'universes', (SELECT count(*) FROM universe),
            'memberships', (SELECT coalesce(sum(u.members), 0) FROM universe AS u),
            'symbols', (SELECT count(DISTINCT m.symbol) FROM member AS m JOIN universe AS u ON u.id = m.group_id),
            'history', (SELECT jsonb_build_object('since', min(u.since), 'last_change', max(u.last_change),
                'rows', coalesce(sum(u.stretches), 0)) FROM universe AS u),
            'last', (SELECT coalesce(jsonb_agg(to_jsonb(r) - 'environment' ORDER BY r.started_at DESC), '[]') FROM run AS r))
    );
END;
$$;

COMMENT ON FUNCTION describe_all(timestamptz, text) IS 'Returns the totals of an environment as JSON: universes, memberships and symbols in total and per type, start of history, and the last run and load of each kind. p_at: a past time; NULL: now. Raises UV003 if nothing is known of that time or environment.';
