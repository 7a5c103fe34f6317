INSERT INTO event_channels (event, channel)
VALUES
    ('cache_sync_triggered', 'tickstock:cache:sync_triggered'),
    ('cache_sync_progress', 'tickstock:cache:sync_progress'),
    ('cache_sync_completed', 'tickstock:cache:sync_complete'),
    ('cache_sync_completed', 'cache_updates'),
    ('universe_updated', 'tickstock:universe:updated'),
    ('universe_updated', 'universe_updates'),
    ('ipo_assigned', 'tickstock:cache:ipo_assignment'),
    ('delisting_cleanup', 'tickstock:cache:delisting_cleanup'),
    ('alert', 'admin_notifications'),
    ('sync_failed', 'admin_notifications')
ON CONFLICT DO NOTHING;
