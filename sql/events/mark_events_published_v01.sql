CREATE OR REPLACE FUNCTION mark_events_published(
    p_seqs bigint[]
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Called by the relay on the connection that holds lock_relay(), after the sink has acknowledged the events: a session that
 * lost the lock cannot mark anything. An event that is already marked keeps its time.
 * SECURITY DEFINER: a relay may set this mark and change nothing else of an event.
 */
DECLARE
    v_rows integer;
BEGIN
    UPDATE universe_events AS e
    SET published_at = clock_timestamp()
    WHERE e.seq = ANY (p_seqs) AND e.published_at IS NULL;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END;
$$;

REVOKE ALL ON FUNCTION mark_events_published(bigint[]) FROM PUBLIC;
COMMENT ON FUNCTION mark_events_published(bigint[]) IS 'Sets published_at of the events p_seqs and returns how many were unpublished until now.';
