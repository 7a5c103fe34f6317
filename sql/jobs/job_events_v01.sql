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
 * What a watcher of a job is told: triggered and progress are the events of the outbox, completed or failed is the run itself.
 * The end is therefore there for everybody, whether its event has been purged, was read before, or was never written (a
 * run of the command line). Its seq is that of the job's last event, p_after when none is left.
 * Volatile, so that the run is looked for after its lock: who was running a moment ago and is not now has left a row.
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
        PERFORM no_such_job(p_job_id);
    END IF;
END;
$$;

COMMENT ON FUNCTION job_events(uuid, bigint) IS 'What a job tells its watchers after p_after, in order: triggered, progress by step, and, once it is done, completed or failed, in every case. Raises UV003 for an unknown id.';
