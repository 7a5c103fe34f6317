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
 * Asks for a refresh and announces it; whoever works off the jobs (universes serve) is woken by the NOTIFY of the event. There
 * is one at a time: while a run is going, whoever started it, or a job of this environment waits, the answer is that one's
 * id. A load is no such run: the job waits for its end.
 * Lock: a transaction advisory lock, so that of two callers the second sees the first one's job.
 */
DECLARE
    v_other record;
BEGIN
    PERFORM check_mode(p_mode, '{full,market_cap,sectors,themes,ipos,delistings}');
    PERFORM pg_advisory_xact_lock(hashtextextended('pg-universes jobs in ' || api_schema(), 0));
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
        RETURN QUERY SELECT false, v_other.id, v_other.mode, 'a refresh is already going: ' || v_other.what;
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

COMMENT ON FUNCTION @api@.request_refresh(text, boolean, boolean, boolean, text, text) IS 'Asks for a refresh, to be run by universes serve, and publishes cache_sync_triggered. accepted is false while another is going or waiting; job_id and message then name that one. Raises UV002 (unknown mode).';
