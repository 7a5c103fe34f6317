CREATE TABLE event_channels (
    event text NOT NULL,
    channel text NOT NULL,
    PRIMARY KEY (event, channel)
);

COMMENT ON TABLE event_channels IS 'Redis Pub/Sub channels each event is published to, possibly several. An event without a row is kept in the outbox and in the stream, and published to no channel.';
