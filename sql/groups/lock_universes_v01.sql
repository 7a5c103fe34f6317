CREATE OR REPLACE FUNCTION lock_universes(
    p_what text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Makes the caller the only one that changes memberships in this schema until its transaction ends. A second caller is
 * told, with SQLSTATE UV001, not queued. application_name shows who holds it in pg_stat_activity.
 */
DECLARE
    v_key bigint := hashtextextended('pg-universes memberships in ' || current_schema(), 0);
    v_holder text;
BEGIN
    IF pg_try_advisory_xact_lock(v_key) THEN
        RETURN;
    END IF;
    SELECT format('process %s, %s, since %s', a.pid, a.application_name, a.xact_start)
    INTO v_holder
    FROM pg_locks AS l
    JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = v_key;
    RAISE EXCEPTION USING
        ERRCODE = 'UV001',
        MESSAGE = format('%s cannot start: another refresh or load is running', p_what),
        DETAIL = coalesce('Running: ' || v_holder, 'It has just ended.'),
        HINT = 'Try again when it has finished; nothing was changed.';
END;
$$;

COMMENT ON FUNCTION lock_universes(text) IS 'Takes the advisory lock of all membership changes until the end of the transaction. p_what names the caller in the message. Raises UV001 when another session holds it.';
