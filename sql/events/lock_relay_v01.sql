CREATE OR REPLACE FUNCTION lock_relay()
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Only one relay per schema is active; the lock ends with the session. Keepalives let the server notice within a minute that
 * the machine of a relay is gone (the operating system's default is two hours), so that a standby can take over. Marks need not
 * wait for the disk: one lost in a crash only repeats a message.
 * Lock: session advisory lock, one per schema.
 */
BEGIN
    PERFORM set_config('synchronous_commit', 'off', false);
    PERFORM set_config('tcp_keepalives_idle', '15', false);
    PERFORM set_config('tcp_keepalives_interval', '5', false);
    PERFORM set_config('tcp_keepalives_count', '3', false);
    RETURN pg_try_advisory_lock(lock_key('relay'));
END;
$$;

COMMENT ON FUNCTION lock_relay() IS 'Tries to become the active relay for this session: returns true if the lock was acquired, false while another session holds it. Also sets TCP keepalives and synchronous_commit for the session.';
