CREATE OR REPLACE FUNCTION run_history(
    p_limit integer DEFAULT 20,
    p_offset integer DEFAULT 0,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT jsonb_build_object(
        'total', (SELECT count(*) FROM sync_runs AS r WHERE r.environment = p_environment),
        'limit', p_limit,
        'offset', p_offset,
        'runs', (
            SELECT coalesce(jsonb_agg(run_summary(p.run) ORDER BY (p.run).started_at DESC, (p.run).id), '[]')
            FROM (
                SELECT r AS run
                FROM sync_runs AS r
                WHERE r.environment = p_environment
                ORDER BY r.started_at DESC, r.id
                LIMIT p_limit OFFSET p_offset
            ) AS p
        ))
$$;

COMMENT ON FUNCTION run_history(integer, integer, text) IS 'Returns the runs of an environment, latest first, as {total, limit, offset, runs}.';
