CREATE OR REPLACE FUNCTION job_events(
    p_job_id uuid,
    p_after bigint DEFAULT 0
)
RETURNS TABLE (
    seq bigint,
    event text,
    payload jsonb
)
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * triggered and progress are events of the outbox; completed and failed are the run itself, so the end is returned even if its
 * event was purged, read before, or never written (a run of the command line). Its seq is that of the job's last event, or
 * p_after if none is left.
 * VOLATILE, so that sync_runs is read after the lock: a session that was running just before and is not now has written its
 * row.
 */
DECLARE
    v_running boolean := EXISTS (SELECT FROM running_change() AS r WHERE r.run_id = p_job_id);
BEGIN
    RETURN QUERY
    SELECT x.seq, x.event, x.payload
    FROM (
        SELECT e.seq, CASE e.event WHEN 'cache_sync_triggered' THEN 'triggered' ELSE 'progress' END AS event, e.payload, false AS last
        FROM universe_events AS e
        WHERE e.run_id = p_job_id AND e.seq > p_after AND e.event IN ('cache_sync_triggered', 'cache_sync_progress')
            AND e.payload ->> 'status' IN ('queued', 'running')
        UNION ALL
        SELECT greatest(p_after, (
                SELECT max(e.seq)
                FROM universe_events AS e
                WHERE e.run_id = p_job_id
                    AND e.event IN ('cache_sync_triggered', 'cache_sync_progress', 'cache_sync_completed', 'sync_failed')
            )), r.status, run_summary(r), true
        FROM sync_runs AS r
        WHERE r.id = p_job_id
    ) AS x
    ORDER BY x.last, x.seq;

    IF NOT FOUND AND NOT v_running AND NOT EXISTS (SELECT FROM sync_jobs AS j WHERE j.id = p_job_id) THEN
        PERFORM raise_unknown_job(p_job_id);
    END IF;
END;
$$;

COMMENT ON FUNCTION job_events(uuid, bigint) IS 'Returns the events of a job with seq above p_after, in order: triggered, progress per step, and completed or failed once it is done. Raises UV003 for an unknown id.';
