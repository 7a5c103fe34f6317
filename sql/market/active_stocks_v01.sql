CREATE VIEW active_stocks AS
SELECT s.symbol, s.type, s.primary_exchange, s.market_cap, s.weighted_shares_outstanding, s.list_date, s.sector, s.sic_code
FROM symbols AS s
-- ARRAY is evaluated once per statement; a join would change the plans of all queries on this view.
WHERE s.active AND s.type = ANY (ARRAY(SELECT t.type FROM stock_types AS t));

COMMENT ON VIEW active_stocks IS 'Active symbols whose type is in stock_types. Columns as in symbols: market_cap in US dollars.';
