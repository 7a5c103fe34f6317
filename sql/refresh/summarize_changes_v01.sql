CREATE OR REPLACE FUNCTION summarize_changes(
    p_changes group_change[]
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /*
     * A group may change in several steps of a run: additions and removals that cancel out are dropped. Changes made in one
     * step and changes held in another are two objects, so that neither hides the other.
     */
    WITH moved AS (
        SELECT c.group_id, c.members_before, c.held, c.updated, c.added, c.removed, c.ordinality
        FROM unnest(p_changes) WITH ORDINALITY AS c
    ), symbol_moves AS (
        SELECT group_id, held, symbol, sum(step) AS net
        FROM (
            SELECT group_id, held, unnest(added) AS symbol, 1 AS step FROM moved
            UNION ALL
            SELECT group_id, held, unnest(removed), -1 FROM moved
        ) AS moves
        GROUP BY group_id, held, symbol
    ), net AS (
        SELECT
            group_id,
            held,
            coalesce(json_agg(symbol ORDER BY symbol COLLATE "C") FILTER (WHERE net > 0), '[]') AS added,
            coalesce(json_agg(symbol ORDER BY symbol COLLATE "C") FILTER (WHERE net < 0), '[]') AS removed
        FROM symbol_moves
        GROUP BY group_id, held
    ), grouped AS (
        SELECT
            group_id,
            held,
            (array_agg(members_before ORDER BY ordinality))[1] AS members_before,
            sum(updated)::bigint AS updated
        FROM moved
        GROUP BY group_id, held
    )
    -- json, cast once: building jsonb out of large jsonb copies them again and again.
    SELECT coalesce(json_agg(json_build_object(
        'group_id', d.group_id, 'type', g.type, 'name', g.name, 'held', d.held,
        'count', (SELECT count(*) FROM group_memberships AS m WHERE m.group_id = d.group_id),
        'members_before', d.members_before, 'updated', d.updated,
        'added', coalesce(n.added, '[]'), 'removed', coalesce(n.removed, '[]')
    ) ORDER BY g.type, g.name, d.held)::jsonb, '[]')
    FROM grouped AS d
    LEFT JOIN net AS n ON n.group_id = d.group_id AND n.held = d.held
    JOIN definition_groups AS g ON g.id = d.group_id
$$;

COMMENT ON FUNCTION summarize_changes(group_change[]) IS 'Merges the changes of all steps into one JSON object per changed group (two if a guard held back a part): type, name, count, members_before, added, removed, updated, held.';
