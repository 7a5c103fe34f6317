CREATE OR REPLACE FUNCTION @api@.request_refresh(
    p_mode text DEFAULT 'full',
    p_append boolean DEFAULT false,
    p_dry_run boolean DEFAULT false,
    p_force boolean DEFAULT false,
    p_environment text DEFAULT 'DEFAULT',
    p_requested_by text DEFAULT session_user
)
RETURNS TABLE (
    accepted boolean,
    job_id uuid,
    mode text,
    message text
)
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Queues a refresh and announces it; the NOTIFY of the event wakes the worker (universes serve). One at a time: while a run is
 * running, whoever started it, or a job of this environment waits, that one is returned instead. A running load does not count:
 * the job waits for its end.
 * Lock: a transaction advisory lock, so that of two callers the second sees the first one's job.
 */
DECLARE
    v_other record;
BEGIN
    PERFORM assert_mode(p_mode, ARRAY(SELECT m.mode FROM refresh_modes AS m WHERE m.is_requestable ORDER BY m.position));
    PERFORM pg_advisory_xact_lock(lock_key('jobs'));
    SELECT x.id, x.mode, x.what INTO v_other
    FROM (
        SELECT j.id, j.mode, format('requested by %s at %s', j.requested_by, date_trunc('second', j.requested_at)) AS what, 1 AS place
        FROM waiting_jobs AS j
        WHERE j.environment = p_environment
        UNION ALL
        SELECT r.run_id, j.mode, concat('now at ' || r.step, ', since ' || date_trunc('second', r.since)), 2
        FROM running_change() AS r
        LEFT JOIN sync_jobs AS j ON j.id = r.run_id
        WHERE r.run_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync_runs AS d WHERE d.id = r.run_id)
    ) AS x
    ORDER BY x.place
    LIMIT 1;
    IF FOUND THEN
        RETURN QUERY SELECT false, v_other.id, v_other.mode, 'a refresh is already running: ' || v_other.what;
        RETURN;
    END IF;

    INSERT INTO sync_jobs (mode, append, dry_run, force, environment, requested_by)
    VALUES (p_mode, p_append, p_dry_run, p_force, p_environment, p_requested_by)
    RETURNING sync_jobs.id INTO job_id;
    PERFORM publish_event('cache_sync_triggered', jsonb_build_object('job_id', job_id, 'status', 'queued', 'mode', p_mode,
        'append', p_append, 'dry_run', p_dry_run, 'force', p_force, 'environment', p_environment, 'triggered_by', p_requested_by,
        'steps', run_steps(p_mode)), job_id);
    RETURN QUERY SELECT true, job_id, p_mode, CASE WHEN p_dry_run THEN 'dry run' ELSE 'refresh' END || ' accepted';
END;
$$;

COMMENT ON FUNCTION @api@.request_refresh(text, boolean, boolean, boolean, text, text) IS 'Queues a refresh, which universes serve runs, and publishes cache_sync_triggered. Where another one is running or waiting, accepted is false and job_id and message name that one. Raises UV002 for an unknown mode.
p_mode: full, market_cap, sectors, themes, ipos or delistings.
p_append: add and update only; nothing leaves a universe but delisted symbols.
p_dry_run: roll the run back after reporting what it would change.
p_force: recompute everything and override membership_guards.
p_environment: environment of the universes.
p_requested_by: recorded with the job.';
