CREATE TABLE market_cap_bands (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    title text NOT NULL,
    min_market_cap bigint NOT NULL UNIQUE CHECK (min_market_cap >= 0)
);

COMMENT ON TABLE market_cap_bands IS 'Market-cap bands. A stock is in the band with the highest lower bound its market cap reaches, so bands cannot overlap.';
COMMENT ON COLUMN market_cap_bands.min_market_cap IS 'Lower bound in US dollars, inclusive. The upper bound is the next band''s lower bound, exclusive.';
