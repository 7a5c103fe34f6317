CREATE TABLE market_changes (
    kind text NOT NULL CHECK (kind IN ('price', 'symbol', 'fund', 'rule')),
    symbol text,
    date date
);

COMMENT ON TABLE market_changes IS 'What changed since the last full refresh: one row per statement and symbol, written by triggers in the transaction of the change. A refresh without a row here has nothing to do. No key on purpose: importers must never wait for one another here.';
COMMENT ON COLUMN market_changes.kind IS 'price: ohlcv_daily. symbol: symbols. fund: constituents of a sector fund. rule: a rule table, symbol is NULL and everything is recomputed.';
COMMENT ON COLUMN market_changes.date IS 'Of a price: the earliest date that the statement touched.';
