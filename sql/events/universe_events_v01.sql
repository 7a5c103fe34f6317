CREATE TABLE universe_events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz,
    run_id uuid
) WITH (fillfactor = 50);

CREATE INDEX universe_events_unpublished ON universe_events (seq) WHERE published_at IS NULL;

-- Progress events of one run (job_events): a handful per run.
CREATE INDEX universe_events_progress ON universe_events (run_id, seq)
WHERE event IN ('cache_sync_triggered', 'cache_sync_progress', 'cache_sync_completed', 'sync_failed');

COMMENT ON TABLE universe_events IS 'Outbox: events written in the transaction of the change that they report. The relay publishes them in order of seq. Write with publish_event() only: it keeps order of seq equal to order of commit.';
COMMENT ON COLUMN universe_events.seq IS 'Order of the events, and of the commits that wrote them. Numbers may be missing (a rolled back transaction); prev_seq in the message tells a subscriber what came before.';
COMMENT ON COLUMN universe_events.event IS 'Kind of event; event_channels says which Redis channels it goes to.';
COMMENT ON COLUMN universe_events.published_at IS 'Time at which the relay received the acknowledgement of the event. Set it to NULL to have the event published once more.';
COMMENT ON COLUMN universe_events.run_id IS 'The row of sync_runs or load_runs that caused the event.';
