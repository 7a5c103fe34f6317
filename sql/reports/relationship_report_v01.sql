CREATE OR REPLACE FUNCTION @api@.relationship_report(
    p_environment text DEFAULT 'DEFAULT',
    p_detail boolean DEFAULT false
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET work_mem = '32MB'
SET jit = off
AS $$
    /*
     * validate_relationships raises UV003 for an unknown environment, so that a misspelled name does not look empty. Without
     * jit: the planner overestimates the functions, and compiling would take longer than the report.
     */
    WITH total AS (
        SELECT t.* FROM report_totals(p_environment) AS t
    ), universe AS (
        SELECT u.* FROM report_universes(p_environment) AS u
    ), sector AS (
        SELECT x.* FROM report_sectors(p_environment) AS x
    ), type AS (
        SELECT u.type, count(*) AS universes, sum(u.members) AS members, count(*) FILTER (WHERE u.members = 0) AS empty,
            max(u.last_change) AS last_change, sum(u.added) AS added, sum(u.removed) AS removed,
            (array_agg(u.name ORDER BY u.members DESC, u.name COLLATE "C"))[1] AS largest, max(u.members) AS largest_members
        FROM universe AS u
        GROUP BY u.type
    ), source AS (
        SELECT e.key AS source, coalesce(o.title, 'No source says anything') AS title, o.position,
            sum(e.value::bigint) AS stocks, round(100.0 * sum(e.value::bigint) / nullif(t.stocks, 0), 2) AS percent
        FROM sector AS x
        CROSS JOIN LATERAL jsonb_each_text(x.sources) AS e
        CROSS JOIN total AS t
        LEFT JOIN sector_sources AS o ON o.source = e.key
        GROUP BY e.key, o.title, o.position, t.stocks
    ), document AS (
        SELECT jsonb_build_object(
            'environment', p_environment,
            'database', current_database(),
            'schema', api_schema(),
            'server_version', split_part(current_setting('server_version'), ' ', 1),
            'generated_at', statement_timestamp(),
            'detail', p_detail,
            'totals', (SELECT to_jsonb(t) FROM total AS t),
            'sectors', (SELECT jsonb_agg(to_jsonb(x)) FROM sector AS x),
            'sector_sources', (SELECT jsonb_agg(to_jsonb(x) - 'position' ORDER BY x.position NULLS LAST, x.source) FROM source AS x),
            'coverage', (SELECT jsonb_agg(to_jsonb(x)) FROM report_coverage(p_environment) AS x),
            'types', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.type COLLATE "C") FROM type AS x),
            'integrity', (SELECT jsonb_agg(to_jsonb(x)) FROM validate_relationships(p_environment) AS x),
            'alerts', (SELECT jsonb_agg(to_jsonb(x)) FROM report_alerts(p_environment) AS x),
            'runs', (SELECT jsonb_agg(to_jsonb(x)) FROM report_runs(p_environment) AS x),
            'loads', (SELECT jsonb_agg(to_jsonb(x)) FROM report_loads(p_environment) AS x),
            'universes', CASE WHEN p_detail THEN (SELECT jsonb_agg(to_jsonb(x)) FROM universe AS x) END,
            'funds', CASE WHEN p_detail THEN (SELECT jsonb_agg(to_jsonb(x)) FROM report_funds(p_environment) AS x) END
        ) AS parts
    )
    -- Empty lists stay; members of the detailed report are omitted otherwise.
    SELECT jsonb_object_agg(e.key, coalesce(nullif(e.value, 'null'), '[]'))
    FROM document AS d
    CROSS JOIN LATERAL jsonb_each(d.parts) AS e
    WHERE p_detail OR e.key NOT IN ('universes', 'funds')
$$;

COMMENT ON FUNCTION @api@.relationship_report(text, boolean) IS 'Returns the report on all universes as one document: totals, sectors, sector_sources, coverage, types, integrity, alerts, runs and loads (the last ten of each). Percentages are percent, market caps US dollars, durations milliseconds. Raises UV003 for an environment that has never been used.
p_environment: environment of the universes.
p_detail: add universes and funds.';
