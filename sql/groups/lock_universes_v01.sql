CREATE OR REPLACE FUNCTION lock_universes(
    p_what text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Only one session per schema changes memberships at a time. A second caller gets UV001 instead of waiting; running_change()
 * shows who holds the lock.
 */
BEGIN
    IF pg_try_advisory_xact_lock(lock_key('memberships')) THEN
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

COMMENT ON FUNCTION lock_universes(text) IS 'Takes the advisory lock on membership changes until the end of the transaction. p_what: name of the caller in the error message. Raises UV001 if another session holds the lock; it never waits.';
