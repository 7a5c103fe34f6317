CREATE OR REPLACE FUNCTION overview_running(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
    /*
     * The refresh or load that holds the lock, else the job that waits for it. The lock is read now, tables as of the start of
     * the statement: a run that has just ended may be shown once more.
     */
    WITH going AS MATERIALIZED (
        SELECT c.run_id, c.application, c.since, c.step
        FROM running_change() AS c
        LIMIT 1
    )
    SELECT x.what
    FROM (
        SELECT 1 AS place, jsonb_build_object('job_id', g.run_id, 'status', 'running', 'step', g.step, 'since', g.since,
            'mode', j.mode, 'triggered_by', j.requested_by, 'application', CASE WHEN g.run_id IS NULL THEN g.application END) AS what
        FROM going AS g
        LEFT JOIN sync_jobs AS j ON j.id = g.run_id
        WHERE NOT EXISTS (SELECT FROM sync_runs AS r WHERE r.id = g.run_id)
        UNION ALL
        SELECT 2, w.what
        FROM (
            SELECT jsonb_build_object('job_id', j.id, 'status', 'queued', 'step', NULL, 'since', j.requested_at,
                'mode', j.mode, 'triggered_by', j.requested_by, 'application', NULL) AS what
            FROM waiting_jobs AS j
            WHERE j.environment = p_environment
            ORDER BY j.requested_at
            LIMIT 1
        ) AS w
    ) AS x
    -- A load has no id: the job waiting for its end is more informative.
    ORDER BY x.what ->> 'job_id' IS NULL, x.place
    LIMIT 1
$$;

COMMENT ON FUNCTION overview_running(text) IS 'Returns the running refresh or load, else the waiting job, as JSON; NULL if there is none: job_id, status (running, queued), step, since, mode, triggered_by. job_id is NULL for a load and for a session of another role, of which only the application is known.';
