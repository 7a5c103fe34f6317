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
 * Records that exactly these events have arrived, and returns how many were waiting until now. Called by the relay on
 * the connection that holds lock_relay(), after the sink has answered: whoever lost that lock can mark nothing.
 * An event that is already marked keeps its time.
 * SECURITY DEFINER, since a relay sets this mark and may change nothing else of an event.
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
COMMENT ON FUNCTION mark_events_published(bigint[]) IS 'Sets published_at of exactly these events. Returns how many had been waiting.';
