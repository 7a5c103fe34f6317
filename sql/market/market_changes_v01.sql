CREATE TABLE market_changes (
    kind text NOT NULL CHECK (kind IN ('price', 'symbol', 'fund', 'all')),
    symbol text,
    date date
);

COMMENT ON TABLE market_changes IS 'Marks of what changed since the last full refresh: one row per statement and symbol, written by triggers in the transaction of the change. Without a row here a refresh has nothing to do. Deliberately without a key: importers must not block one another here.';
COMMENT ON COLUMN market_changes.kind IS 'price: ohlcv_daily. symbol: symbols. fund: constituents of a sector fund. all: everything has to be recomputed, after a changed rule for example; symbol is NULL.';
COMMENT ON COLUMN market_changes.date IS 'Of a price: the earliest date that the statement touched.';
