CREATE OR REPLACE FUNCTION running_change()
RETURNS TABLE (
    pid integer,
    application text,
    since timestamptz,
    run_id uuid,
    step text
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* The advisory lock identifies the session; a run writes its id and current step into application_name. */
    SELECT a.pid, a.application_name, a.xact_start, m.parts[2]::uuid, m.parts[1]
    FROM pg_locks AS l
    JOIN pg_stat_activity AS a ON a.pid = l.pid
    LEFT JOIN LATERAL regexp_match(a.application_name, '^pg-universes (\w+) ([0-9a-f]{32})$') AS m (parts) ON true
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = (SELECT lock_key('memberships'))
$$;

COMMENT ON FUNCTION running_change() IS 'Returns the session that is changing memberships now: process id, application_name, start of its transaction, and for a refresh its run id and current step. No row: nothing is running. Without the rights of pg_read_all_stats only the process id of another role''s session is visible.';
