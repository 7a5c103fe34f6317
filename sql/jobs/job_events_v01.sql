CREATE OR REPLACE FUNCTION job_events(
    p_job_id uuid,
    p_after bigint DEFAULT 0
)
RETURNS TABLE (
    seq bigint,
    event text,
    payload jsonb
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT e.seq, e.event, e.payload
    FROM universe_events AS e
    WHERE e.run_id = p_job_id AND e.seq > p_after
        AND e.event IN ('cache_sync_triggered', 'cache_sync_progress', 'cache_sync_completed', 'sync_failed')
    ORDER BY e.seq
$$;

COMMENT ON FUNCTION job_events(uuid, bigint) IS 'What a job has announced after p_after, in order: triggered, progress by step, and its end.';
