CREATE TABLE uncapped_stocks (
    symbol text PRIMARY KEY,
    reason text NOT NULL CHECK (reason IN ('no shares', 'no price', 'no shares and no price')),
    since timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE uncapped_stocks IS 'Active stocks whose market cap cannot be computed, because symbols has no share count or ohlcv_daily no close. They keep the market cap that the import gave them.';
