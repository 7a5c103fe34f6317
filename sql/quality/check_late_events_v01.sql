CREATE VIEW check_late_events AS
SELECT NULL::text AS environment, 'event ' || e.seq AS subject,
    format('%s, waiting for %s minutes, limit %s', e.event, round(extract(EPOCH FROM now() - e.created_at) / 60), l.value) AS detail
FROM universe_events AS e
JOIN settings AS l ON l.name = 'alert_event_lag_minutes'
WHERE e.published_at IS NULL AND e.created_at < now() - l.value * interval '1 minute';

COMMENT ON VIEW check_late_events IS 'Events that the relay has not published within settings.alert_event_lag_minutes.';
