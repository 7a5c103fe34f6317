CREATE MATERIALIZED VIEW @api@.sector_leaders AS
SELECT sector, rank, symbol, market_cap FROM sector_ranking;

-- While a guard or append keeps a stock in its old sector, it is in two.
CREATE UNIQUE INDEX sector_leaders_symbol ON @api@.sector_leaders (symbol, sector);
CREATE INDEX sector_leaders_rank ON @api@.sector_leaders (sector, rank);

COMMENT ON MATERIALIZED VIEW @api@.sector_leaders IS 'The largest stocks of each sector by market cap in US dollars, rank 1 first, as of the last refresh that changed them.';
