CREATE OR REPLACE FUNCTION run_summary(
    p_run sync_runs
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
    SELECT to_jsonb(p_run) - '{id,changes,steps,alerts,environment}'::text[] || jsonb_build_object(
        'job_id', p_run.id,
        'percent', CASE WHEN p_run.status = 'completed' THEN 100 END,
        'duration_seconds', round(extract(epoch FROM p_run.finished_at - p_run.started_at), 3),
        'universes_updated', (SELECT count(*) FROM jsonb_array_elements(p_run.changes) AS c WHERE NOT (c ->> 'held')::boolean),
        'universes_held', (SELECT count(*) FROM jsonb_array_elements(p_run.changes) AS c WHERE (c ->> 'held')::boolean),
        'alerts', jsonb_array_length(p_run.alerts),
        'error', p_run.error - 'context')
$$;

COMMENT ON FUNCTION run_summary(sync_runs) IS 'Returns a run as one JSON object: its parameters, status, times (UTC), total_changes, numbers of universes updated and held, number of alerts, and the error without its PL/pgSQL context.';
