CREATE OR REPLACE FUNCTION publish_events(
    p_events jsonb,
    p_run_id uuid DEFAULT NULL
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * publish_event() for many events in one statement. p_events is an array of {"event": text, "payload": object}; seq follows the
 * order of the array.
 * Lock: lock_events(), held until the transaction ends; not taken if there is nothing to write.
 * SECURITY DEFINER: events are written by these functions only; an operator may neither reorder nor rewrite the outbox.
 */
DECLARE
    v_rows integer;
BEGIN
    IF coalesce(jsonb_array_length(p_events), 0) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM lock_events();
    INSERT INTO universe_events (event, payload, run_id)
    SELECT item.value ->> 'event', item.value -> 'payload', p_run_id
    FROM jsonb_array_elements(p_events) WITH ORDINALITY AS item (value, position)
    ORDER BY item.position;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM pg_notify('universe_events', '');
    RETURN v_rows;
END;
$$;

REVOKE ALL ON FUNCTION publish_events(jsonb, uuid) FROM PUBLIC;
COMMENT ON FUNCTION publish_events(jsonb, uuid) IS 'Writes an array of {event, payload} to the outbox in order and returns the number written. p_run_id: id of the run or load that caused them. Waits for other writers of events.';
