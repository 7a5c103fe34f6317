CREATE MATERIALIZED VIEW @api@.market_cap_buckets AS
SELECT symbol, band, market_cap FROM stock_bands;

CREATE UNIQUE INDEX market_cap_buckets_symbol ON @api@.market_cap_buckets (symbol);
CREATE INDEX market_cap_buckets_band ON @api@.market_cap_buckets (band, market_cap DESC);

COMMENT ON MATERIALIZED VIEW @api@.market_cap_buckets IS 'Market-cap band of every active stock, as of the last refresh that changed it. market_cap in US dollars.';
