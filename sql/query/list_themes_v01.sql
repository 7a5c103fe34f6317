CREATE OR REPLACE FUNCTION list_themes(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
SET jit = off
AS $$
    -- A theme whose rule has gone, or that a file states, has no rule.
    SELECT jsonb_build_object(
        'environment', p_environment,
        'total', count(*),
        'themes', coalesce(jsonb_agg(jsonb_build_object('name', g.name, 'title', g.description,
            'count', (SELECT count(*) FROM group_memberships AS m WHERE m.group_id = g.id),
            'source', g.metadata ->> 'source', 'retired', coalesce(g.metadata ? 'retired_at', false),
            'rule', to_jsonb(t) - '{name,title,has_conditions}'::text[],
            'last_rebalance', r.rebalance || jsonb_build_object('at', (r.rebalance ->> 'at')::timestamptz)) ORDER BY g.name COLLATE "C"), '[]'))
    FROM definition_groups AS g
    CROSS JOIN LATERAL (SELECT g.metadata -> 'last_rebalance' AS rebalance) AS r
    LEFT JOIN theme_rules AS t ON t.name = g.name
    WHERE g.type = 'THEME' AND g.environment = p_environment
$$;

COMMENT ON FUNCTION list_themes(text) IS 'Returns the themes as JSON: name, title, count (members), source, rule (the row of theme_rules; null: none) and last_rebalance (time, run and counts of the last change by the rule).';
