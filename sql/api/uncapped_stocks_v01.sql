CREATE VIEW @api@.uncapped_stocks AS
SELECT symbol, reason, since
FROM uncapped_stocks;

COMMENT ON VIEW @api@.uncapped_stocks IS 'Active stocks whose market cap cannot be computed, because symbols has no share count or ohlcv_daily no close, and since when. They keep the market cap that the import gave them.';
