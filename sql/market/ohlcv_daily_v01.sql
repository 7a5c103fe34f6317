CREATE TABLE @api@.ohlcv_daily (
    symbol text NOT NULL,
    date date NOT NULL,
    open numeric(18, 6),
    high numeric(18, 6),
    low numeric(18, 6),
    close numeric(18, 6),
    volume bigint,
    PRIMARY KEY (symbol, date)
);

CREATE INDEX IF NOT EXISTS universes_prices_date ON @api@.ohlcv_daily (date);

COMMENT ON TABLE @api@.ohlcv_daily IS 'Daily prices as the upstream import writes them, in US dollars per share. The primary key leads to a symbol''s latest close.';
