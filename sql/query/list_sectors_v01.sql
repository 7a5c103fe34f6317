CREATE OR REPLACE FUNCTION list_sectors(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
    SELECT jsonb_build_object(
        'environment', p_environment,
        'total', count(*),
        'sectors', coalesce(jsonb_agg(jsonb_build_object('name', r.sector, 'title', r.title, 'count', coalesce(g.members, 0),
            'percent', r.percent, 'market_cap', r.market_cap, 'market_cap_percent', r.market_cap_percent, 'sources', r.sources)
            ORDER BY r.place), '[]'),
        'coverage', (SELECT to_jsonb(c) - '{measure,title}'::text[] FROM report_coverage(p_environment) AS c WHERE c.measure = 'sector'))
    FROM (SELECT x.*, row_number() OVER () AS place FROM report_sectors(p_environment) AS x) AS r
    LEFT JOIN (
        SELECT d.name, count(*) AS members
        FROM definition_groups AS d
        JOIN group_memberships AS m ON m.group_id = d.id
        WHERE d.type = 'SECTOR' AND d.environment = p_environment
        GROUP BY d.name
    ) AS g ON g.name = r.sector
$$;

COMMENT ON FUNCTION list_sectors(text) IS 'Returns the sectors as JSON: name, title, count (members), and of the active stocks the percentage, market cap (US dollars) and sources (see report_sectors); coverage: number of active stocks with a known sector, and the largest without one.';
