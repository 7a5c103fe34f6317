CREATE OR REPLACE FUNCTION load_history(
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
        'total', (SELECT count(*) FROM load_runs AS l WHERE l.environment = p_environment),
        'limit', p_limit,
        'offset', p_offset,
        'loads', (
            SELECT coalesce(jsonb_agg(load_summary(p.load) ORDER BY (p.load).started_at DESC, (p.load).id), '[]')
            FROM (
                SELECT l AS load
                FROM load_runs AS l
                WHERE l.environment = p_environment
                ORDER BY l.started_at DESC, l.id
                LIMIT p_limit OFFSET p_offset
            ) AS p
        ))
$$;

COMMENT ON FUNCTION load_history(integer, integer, text) IS 'Returns the loads of an environment, dry runs included, latest first, as {total, limit, offset, loads}.';
