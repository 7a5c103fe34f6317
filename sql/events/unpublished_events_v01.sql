CREATE VIEW @api@.unpublished_events AS
SELECT
    count(*) AS events,
    min(e.created_at) AS oldest_created_at,
    coalesce(extract(EPOCH FROM clock_timestamp() - min(e.created_at)), 0)::numeric(12, 3) AS seconds_waiting
FROM universe_events AS e
WHERE e.published_at IS NULL;

COMMENT ON VIEW @api@.unpublished_events IS 'Number of unpublished events, and creation time and age in seconds of the oldest. One row: zeros if there are none.';
