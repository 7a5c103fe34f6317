CREATE MATERIALIZED VIEW @api@.market_leaders AS
SELECT rank, symbol, market_cap FROM market_ranking;

CREATE UNIQUE INDEX market_leaders_symbol ON @api@.market_leaders (symbol);
CREATE INDEX market_leaders_rank ON @api@.market_leaders (rank);

COMMENT ON MATERIALIZED VIEW @api@.market_leaders IS 'The largest stocks by market cap in US dollars, rank 1 first, as of the last refresh that changed them.';
