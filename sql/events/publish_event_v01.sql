CREATE OR REPLACE FUNCTION publish_event(
    p_event text,
    p_payload jsonb,
    p_run_id uuid DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Writes one event to the outbox and hints the relay; both happen when the transaction commits, or not at all.
 * Returns the seq. PostgreSQL merges equal notifications, so a transaction sends one however many events it writes.
 * Lock: lock_events(), held until the transaction ends.
 * SECURITY DEFINER, since events are written by these functions alone: an operator may neither reorder nor rewrite the outbox.
 */
DECLARE
    v_seq bigint;
BEGIN
    PERFORM lock_events();
    INSERT INTO universe_events (event, payload, run_id)
    VALUES (p_event, p_payload, p_run_id)
    RETURNING seq INTO v_seq;
    PERFORM pg_notify('universe_events', '');
    RETURN v_seq;
END;
$$;

REVOKE ALL ON FUNCTION publish_event(text, jsonb, uuid) FROM PUBLIC;
COMMENT ON FUNCTION publish_event(text, jsonb, uuid) IS 'Writes one event to the outbox, which the relay publishes after the commit, and returns its seq. p_run_id: id of the run or load that caused it. Waits for other writers of events.';
