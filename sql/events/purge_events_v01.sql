CREATE OR REPLACE FUNCTION @api@.purge_events()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Deletes events published longer ago than settings.event_retention_days. Keeps the row before the oldest waiting event, or the
 * newest row if none waits, so that prev_seq of the next messages stays correct.
 * SECURITY DEFINER: an operator may delete events that are past retention, and no others.
 */
DECLARE
    v_oldest_waiting bigint := (SELECT min(e.seq) FROM universe_events AS e WHERE e.published_at IS NULL);
    v_keep_from bigint := (
        SELECT max(e.seq) FROM universe_events AS e WHERE v_oldest_waiting IS NULL OR e.seq < v_oldest_waiting
    );
    v_days numeric := (SELECT s.value FROM settings AS s WHERE s.name = 'event_retention_days');
    v_rows bigint;
BEGIN
    DELETE FROM universe_events AS e
    WHERE e.seq < v_keep_from
        AND e.published_at < clock_timestamp() - v_days * interval '1 day';
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END;
$$;

REVOKE ALL ON FUNCTION @api@.purge_events() FROM PUBLIC;
COMMENT ON FUNCTION @api@.purge_events() IS 'Deletes events that were published more than settings.event_retention_days ago and returns their number. The chain of prev_seq stays consistent.';
