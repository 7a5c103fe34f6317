CREATE OR REPLACE FUNCTION lock_relay()
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Of several relays one works: true for the session that may publish, false while another one does. The lock goes
 * with the session. Two settings of the session follow from its work: probing a silent client lets the server notice
 * within a minute that the machine of a relay is gone (the default of the operating system is two hours), so that a
 * standby can take over; and a mark need not wait for the disk, since one lost in a crash only repeats a message.
 * Lock: session advisory lock, one per schema.
 */
BEGIN
    PERFORM set_config('synchronous_commit', 'off', false);
    PERFORM set_config('tcp_keepalives_idle', '15', false);
    PERFORM set_config('tcp_keepalives_interval', '5', false);
    PERFORM set_config('tcp_keepalives_count', '3', false);
    RETURN pg_try_advisory_lock(hashtextextended('pg-universes relay in ' || api_schema(), 0));
END;
$$;

COMMENT ON FUNCTION lock_relay() IS 'Claims the one place of a working relay for this session; false while another relay has it.';
