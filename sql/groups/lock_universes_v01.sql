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
 * told, with SQLSTATE UV001, not queued; running_change() says who holds it.
 */
BEGIN
    IF pg_try_advisory_xact_lock(hashtextextended('pg-universes memberships in ' || api_schema(), 0)) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'UV001',
        MESSAGE = format('%s cannot start: another refresh or load is running', p_what),
        DETAIL = coalesce((SELECT format('Running: process %s, %s, since %s', r.pid, r.application, r.since) FROM running_change() AS r),
            'It has just ended.'),
        HINT = 'Try again when it has finished; nothing was changed.';
END;
$$;

COMMENT ON FUNCTION lock_universes(text) IS 'Takes the advisory lock of all membership changes until the end of the transaction. p_what names the caller in the message. Raises UV001 when another session holds it.';
