CREATE OR REPLACE FUNCTION relationship_events(
    p_after bigint,
    OUT run_completed boolean,
    OUT types text[],
    OUT names text[]
)
RETURNS record
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
/* The plan has to walk the index: with a backlog that ANALYZE has not seen yet, PostgreSQL would otherwise read all events. */
BEGIN
    SELECT coalesce(bool_or(e.event = 'cache_sync_completed'), false),
        array_agg(e.payload ->> 'type') FILTER (WHERE e.event = 'universe_updated'),
        array_agg(e.payload ->> 'universe') FILTER (WHERE e.event = 'universe_updated')
    INTO run_completed, types, names
    FROM universe_events AS e
    WHERE e.seq > p_after AND e.event IN ('cache_sync_completed', 'universe_updated');
END;
$$;

COMMENT ON FUNCTION relationship_events(bigint) IS 'Returns whether a run was completed after the event p_after, and the types and names of the universes updated since.';
