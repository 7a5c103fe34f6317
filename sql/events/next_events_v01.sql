CREATE OR REPLACE FUNCTION next_events(
    p_limit integer DEFAULT 1000,
    p_after bigint DEFAULT 0
)
RETURNS TABLE (
    seq bigint,
    event text,
    channels text[],
    message text
)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
/*
 * The oldest p_limit unpublished events above p_after in order of seq, with the Redis channels of each (possibly none) and the
 * message to publish. Writes and locks nothing: lock_relay() excludes a second relay. prev_seq is the previous row of the
 * table, published or not, 0 for the first: the previous row of the batch if the numbers are consecutive, else one index
 * lookup.
 * The plan has to walk the index of unpublished events and stop at the limit: after a sudden backlog that ANALYZE has not seen
 * yet, PostgreSQL would otherwise sort all of it for every batch.
 */
BEGIN
    RETURN QUERY
    WITH batch AS (
        SELECT e.*
        FROM universe_events AS e
        WHERE e.published_at IS NULL AND e.seq > p_after
        ORDER BY e.seq
        LIMIT p_limit
    ), chain AS (
        SELECT b.*, lag(b.seq) OVER (ORDER BY b.seq) AS seq_before
        FROM batch AS b
    )
    SELECT
        e.seq,
        e.event,
        route.channels,
        concat(
            '{"event": ', to_json(e.event),
            ', "timestamp": "', to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            '", "source": "daily_cache_sync_job", "version": "1.0", "seq": ', e.seq,
            ', "prev_seq": ', CASE
                WHEN e.seq_before = e.seq - 1 THEN e.seq_before
                ELSE coalesce((SELECT max(p.seq) FROM universe_events AS p WHERE p.seq < e.seq), 0)
            END,
            ', "payload": ', e.payload, '}'
        )
    FROM chain AS e
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(c.channel ORDER BY c.channel COLLATE "C"), '{}') AS channels
        FROM event_channels AS c
        WHERE c.event = e.event
    ) AS route
    ORDER BY e.seq;
END;
$$;

COMMENT ON FUNCTION next_events(integer, bigint) IS 'Returns the oldest p_limit unpublished events with seq above p_after, in order of seq: their Redis channels and the JSON message to publish. Neither locks nor marks them.';
